package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows packed in Java against the same rows packed by the program. */
class RowPackerTest {

  private static final int ROWS = 64;
  private static final int COLUMNS = 192;

  @ParameterizedTest
  @CsvSource({
    "INT8, 6, 0",
    "INT8, 15, 32",
    "NF4, 6, 0",
    "NF4, 5, 16",
    "NF4, 15, 0",
    "INT4, 6, 32",
    "INT4, 15, 0"
  })
  void codesAndScalesAreThoseOfTheProgram(Precision precision, int type, int headRows)
      throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.EAGER, "cpu", 64, false);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    long[] shape = {ROWS, COLUMNS};
    ByteBuffer raw = values(type);
    assertThat(RowPacker.takes(PackedForm.of(shape, options))).isTrue();
    // "cpu:0" is the processor too, but another device, whose weights the program packs
    LoadOptions elsewhere =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.EAGER, "cpu:0", 64, false);
    try (PixtralProgram here = PixtralProgram.load(config, options, PackedMemory.anonymous());
        PixtralProgram there = PixtralProgram.load(config, elsewhere, PackedMemory.anonymous())) {
      for (PixtralProgram program : new PixtralProgram[] {here, there}) {
        program.begin("w", shape, true);
        program.rows("w", raw, type, 0, ROWS, shape, headRows, true);
        program.finish("w", true);
      }
      assertThat(there.weight("w")).isNull();
      assertThat(here.fetch("w")).isEqualTo(there.fetch("w"));
      assertThat(here.fetch("w.scale")).isEqualTo(there.fetch("w.scale"));
    }
  }

  /** Rows of every size, zeros, values on thresholds and in the middle of two steps. */
  private static ByteBuffer values(int type) {
    SplittableRandom random = new SplittableRandom(3);
    float[] thresholds = CodeBook.normalFloat().thresholds();
    int width = type == 6 ? 4 : 2;
    ByteBuffer raw =
        ByteBuffer.allocateDirect(width * ROWS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
      int row = i / COLUMNS;
      float value =
          switch (row % 8) {
            case 0 -> 0;
            case 1 -> i % 64 == 0 ? 1 : thresholds[i % thresholds.length];
            case 2 -> i % 64 == 0 ? -1 : Math.nextUp(thresholds[i % thresholds.length]);
            case 3 -> i % 64 == 0 ? 7 : (i % 15 - 7) + 0.5f;
            case 4 -> i % 64 == 0 ? 127 : (i % 200 - 100) + 0.5f;
            case 5 -> (float) (1e-4 * random.nextGaussian());
            default -> (float) random.nextGaussian();
          };
      switch (type) {
        case 6 -> raw.putFloat(value);
        case 5 -> raw.putShort(Float.floatToFloat16(value));
        default -> raw.putShort((short) (Float.floatToIntBits(value) >>> 16));
      }
    }
    return raw.flip();
  }
}
