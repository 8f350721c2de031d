package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of packed weights, unpacked by vector instructions, against the program's own. */
class RowUnpackerTest {

  @ParameterizedTest
  @CsvSource({
    "INT8, FLOAT32, 64, false, 2, 48",
    "INT8, BFLOAT16, 64, false, 1, 384",
    "FP8, FLOAT32, 64, false, 1, 80",
    "FP8, BFLOAT16, 64, false, 3, 448",
    "INT4, FLOAT32, 32, false, 2, 96",
    "INT4, BFLOAT16, 64, false, 1, 320",
    "NF4, FLOAT32, 64, false, 1, 64",
    "NF4, BFLOAT16, 64, false, 2, 320",
    "NF4, BFLOAT16, 64, true, 2, 384",
    "NF4, FLOAT32, 128, true, 1, 384"
  })
  void numbersAreThoseOfTheProgramToTheBit(
      Precision precision, Precision type, int group, boolean twice, int threads, int columns)
      throws Exception {
    LoadOptions options =
        new LoadOptions(precision, type, AttentionVariant.SDPA, "cpu", group, twice);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    try (PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
        RowThreads shared = new RowThreads(threads);
        Arena arena = Arena.ofShared()) {
      RowProductsTest.put(program, "w", new SplittableRandom(11), columns);
      PackedWeight weight = program.weight("w");
      assertThat(RowUnpacker.takes(weight.form())).isTrue();
      int first = 3;
      int rows = 101;
      int bytes = type.bits() / 8;
      MemorySegment there = arena.allocate((long) bytes * rows * columns);
      RowUnpacker.unpack(weight, first, rows, shared, there, type);
      float[] expected = program.unpack("w");
      float[] scales = program.scales("w");
      for (int i = 0; i < rows * columns; i++) {
        float found =
            type == Precision.FLOAT32
                ? there.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i)
                : Float.intBitsToFloat(
                    there.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << Short.SIZE);
        // the scale of 8 bits is left to the product
        float scale = precision.bits() == 8 ? scales[first + i / columns] : 1;
        assertThat(found * scale).isEqualTo(expected[first * columns + i]);
      }
    }
  }

  @Test
  void blocksThatCrossRowsAreLeftToTheProgram() {
    LoadOptions options =
        new LoadOptions(Precision.NF4, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", 64, false);
    assertThat(RowUnpacker.takes(PackedForm.of(new long[] {64, 96}, options))).isFalse();
    assertThat(RowUnpacker.takes(PackedForm.of(new long[] {64, 128}, options))).isTrue();
    assertThat(RowUnpacker.takes(PackedForm.bfloat16(64, 128))).isFalse();
  }

  /** A prompt in one go, whose weights are unpacked here, and token by token in the program. */
  @ParameterizedTest
  @CsvSource({
    "INT8, FLOAT32, false",
    "FP8, FLOAT32, false",
    "NF4, FLOAT32, false",
    "INT4, FLOAT32, false",
    "INT8, BFLOAT16, false",
    "INT8, BFLOAT16, true",
    "NF4, BFLOAT16, false",
    "NF4, BFLOAT16, true"
  })
  void aPromptMeansTheSameWhoeverUnpacks(Precision precision, Precision type, boolean wide)
      throws Exception {
    LoadOptions options = new LoadOptions(precision, type, AttentionVariant.SDPA, "cpu", 64, true);
    Prompt prompt = new Prompt(new int[] {1, 5, 9, 100, 120, 37, 12, 55, 90, 41, 7, 61}, List.of());
    BundledModelTest.with(
        options,
        model -> {
          PixtralProgram program = model.program();
          program.useWideProducts(wide);
          assertThat(program.worksBeside(prompt.tokenIds().length)).isTrue();
          assertThat(program.worksBeside(1)).isFalse();
          float[][] logits = model.logits(prompt, new Cancellation());
          program.makeRows(RowWay.PYTORCH);
          for (int i = 0; i < prompt.tokenIds().length; i++) {
            float[] one = program.stepLogits(prompt.tokenIds()[i], i);
            double tolerance = type == Precision.FLOAT32 ? 1e-3 : 0.1 * Golden.deviation(logits[i]);
            assertThat(Golden.largestDifference(one, logits[i])).isLessThan(tolerance);
          }
          program.forget();
        });
  }
}
