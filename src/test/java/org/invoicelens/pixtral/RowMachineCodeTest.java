package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products in machine code, against those of the unpacked weight. */
class RowMachineCodeTest {

  private static final int ROWS = 130;

  @BeforeEach
  void machineCodeIsPossible() {
    assumeTrue(MachineCode.isPossible() && RowMachineCode.vectorBytes() >= 32);
  }

  private static Stream<Arguments> forms() {
    return Stream.of(32, 64)
        .filter(bytes -> bytes <= RowMachineCode.vectorBytes())
        .flatMap(bytes ->
            Stream.of(
                Arguments.of(bytes, Precision.FP8, 64, false, 128),
                Arguments.of(bytes, Precision.FP8, 64, false, 1152),
                Arguments.of(bytes, Precision.INT8, 64, false, 128),
                Arguments.of(bytes, Precision.INT8, 64, false, 640),
                Arguments.of(bytes, Precision.INT4, 64, false, 128),
                Arguments.of(bytes, Precision.INT4, 64, false, 1152),
                Arguments.of(bytes, Precision.INT4, 128, false, 384),
                Arguments.of(bytes, Precision.INT4, 512, false, 1024),
                Arguments.of(bytes, Precision.NF4, 64, false, 384),
                Arguments.of(bytes, Precision.NF4, 64, true, 640),
                Arguments.of(bytes, Precision.NF4, 256, true, 512)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aProductIsThatOfTheUnpackedWeight(
      int vectorBytes, Precision precision, int group, boolean twice, int columns)
      throws Exception {
    float[] input = input(columns);
    try (PixtralProgram program = program(precision, group, twice, columns)) {
      PackedWeight weight = program.weight("w");
      assertThat(RowMachineCode.takes(weight.form(), vectorBytes)).isTrue();
      float[] products = new float[ROWS + 2];
      try (RowMachineCode code = RowMachineCode.of(weight.form(), vectorBytes).orElseThrow()) {
        RowInput arranged = code.arrange(input);
        code.multiply(weight, 0, 64, arranged, products, 1);
        code.multiply(weight, 64, 65, arranged, products, 65);
        code.multiply(weight, 65, ROWS, arranged, products, 66);
        if (!twice) {
          // scales that are codes are decoded less exactly together than alone
          rowsAreTheSameAlone(code, weight, arranged, products);
        }
      }
      assertThat(products[0]).isZero();
      assertThat(products[ROWS + 1]).isZero();
      float[] weights = program.unpack("w");
      for (int row = 0; row < ROWS; row++) {
        double expected = 0;
        double error = 1e-12;
        for (int i = 0; i < columns; i++) {
          float number = weights[row * columns + i];
          double product = (double) number * input[i];
          expected += product;
          error += 1e-6 * Math.abs(product);
          if (precision != Precision.FP8) {
            error += Math.abs(number) * largest(input, i, 2 * vectorBytes, 0) / (1 << 15);
          }
          if (precision == Precision.NF4) {
            error += Math.abs(input[i]) * largest(weights, i, group, row * columns) / 16_382;
          }
        }
        assertThat((double) products[1 + row]).isCloseTo(expected, within(error));
      }
    }
  }

  /** The loop over several rows and that over one must add up in the same order. */
  private static void rowsAreTheSameAlone(
      RowMachineCode code, PackedWeight weight, RowInput input, float[] products) {
    float[] alone = new float[1];
    for (int row = 0; row < ROWS; row++) {
      code.multiply(weight, row, row + 1, input, alone, 0);
      assertThat(alone[0]).isEqualTo(products[1 + row]);
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 128", "32, 1152", "64, 128", "64, 1152"})
  void aProductWithNumbersOfBfloat16IsExactButForItsSum(int vectorBytes, int columns) {
    PackedForm form = PackedForm.bfloat16(ROWS, columns);
    assumeTrue(vectorBytes <= RowMachineCode.vectorBytes());
    assumeTrue(RowMachineCode.takes(form, vectorBytes));
    SplittableRandom random = new SplittableRandom(23);
    float[] weights = new float[ROWS * columns];
    float[] input = input(columns);
    float[] products = new float[ROWS + 1];
    try (Arena arena = Arena.ofConfined();
        RowMachineCode code = RowMachineCode.of(form, vectorBytes).orElseThrow()) {
      MemorySegment codes = arena.allocate(form.bytes(), 64);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = Bfloat16.round((float) random.nextGaussian());
        codes.setAtIndex(
            ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits(weights[i]) >>> Short.SIZE));
      }
      PackedWeight weight = new PackedWeight(form, Map.of("", codes));
      code.multiply(weight, 0, ROWS, code.arrange(input), products, 1);
      rowsAreTheSameAlone(code, weight, code.arrange(input), products);
    }
    for (int row = 0; row < ROWS; row++) {
      double expected = 0;
      double size = 0;
      for (int i = 0; i < columns; i++) {
        double product = (double) weights[row * columns + i] * input[i];
        expected += product;
        size += Math.abs(product);
      }
      assertThat((double) products[1 + row]).isCloseTo(expected, within(1e-5 * size));
    }
  }

  /** A program with one weight, {@code w}. */
  private static PixtralProgram program(Precision precision, int group, boolean twice, int columns)
      throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", group, twice);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
    RowProductsTest.put(program, "w", new SplittableRandom(21), columns);
    return program;
  }

  /** The largest magnitude in the block of a number. */
  private static double largest(float[] numbers, int number, int block, int first) {
    double largest = 0;
    for (int i = number / block * block; i < (number / block + 1) * block; i++) {
      largest = Math.max(largest, Math.abs(numbers[first + i]));
    }
    return largest;
  }

  /** Numbers of bfloat16, of every size, some blocks all 0, a few of them much larger. */
  private static float[] input(int columns) {
    SplittableRandom random = new SplittableRandom(22);
    float[] input = new float[columns];
    for (int i = 0; i < columns; i++) {
      double size = Math.pow(10, i / 64 % 7 - 3) * (i % 50 == 7 ? 40 : 1);
      float value = (float) (i / 64 == 1 ? 0 : size * random.nextGaussian());
      input[i] = Float.intBitsToFloat(Float.floatToIntBits(value) & 0xffff0000);
    }
    return input;
  }

  @Test
  void codesOfWholeNumbersAreExactWhereTheInputIs() throws Exception {
    try (PixtralProgram program = program(Precision.INT4, 64, false, 256)) {
      PackedWeight weight = program.weight("w");
      float[] weights = program.unpack("w");
      try (RowMachineCode code =
          RowMachineCode.of(weight.form(), RowMachineCode.vectorBytes()).orElseThrow()) {
        for (int column = 0; column < 256; column++) {
          float[] one = new float[256];
          one[column] = -1;
          float[] products = new float[ROWS];
          code.multiply(weight, 0, ROWS, code.arrange(one), products, 0);
          for (int row = 0; row < ROWS; row++) {
            assertThat(products[row]).isEqualTo(-weights[row * 256 + column] + 0f);
          }
        }
      }
    }
  }

  @Test
  void theLargestNumbersDoNotOverflowAndWhatIsNotFiniteShows() throws Exception {
    try (PixtralProgram program = program(Precision.NF4, 64, false, 128)) {
      PackedWeight weight = program.weight("w");
      // every code 15, which stands for 1
      weight.codes().fill((byte) 0xff);
      try (RowMachineCode code =
          RowMachineCode.of(weight.form(), RowMachineCode.vectorBytes()).orElseThrow()) {
        float[] largest = new float[128];
        Arrays.fill(largest, Math.nextDown(2f));
        float[] products = new float[ROWS];
        code.multiply(weight, 0, ROWS, code.arrange(largest), products, 0);
        float[] scales = program.scales("w");
        for (int row = 0; row < ROWS; row++) {
          float expected = 128 * (scales[2 * row] + scales[2 * row + 1]);
          assertThat(products[row]).isCloseTo(expected, within(1e-5f * expected + 1e-12f));
        }
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
          largest[100] = bad;
          code.multiply(weight, 0, ROWS, code.arrange(largest), products, 0);
          for (int row = 0; row < ROWS; row++) {
            assertThat(products[row]).isNaN();
          }
        }
      }
    }
  }

  @Test
  void formsThatDoNotFillBlocksAreLeftToOthers() {
    assertThat(takes(Precision.INT4, 64, 96)).isFalse();
    assertThat(takes(Precision.INT4, 32, 128)).isFalse();
    assertThat(takes(Precision.INT4, 192, 384)).isFalse();
    assertThat(takes(Precision.INT4, 4096, 8192)).isFalse();
    assertThat(takes(Precision.FP8, 192, 192)).isFalse();
    assertThat(takes(Precision.FLOAT32, 128, 128)).isFalse();
    assertThat(takes(Precision.INT8, 200, 200)).isFalse();
    assertThat(takes(Precision.INT4, 64, 128)).isTrue();
  }

  private static boolean takes(Precision precision, long group, long columns) {
    PackedForm form = new PackedForm(precision, 4, columns, group, false);
    return RowMachineCode.takes(form, 64) && RowMachineCode.takes(form, 32);
  }
}
