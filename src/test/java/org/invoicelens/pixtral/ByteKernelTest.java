package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with activations in eight bits, against the same sums of whole numbers in Java. */
class ByteKernelTest {

  private static Stream<Arguments> cases() {
    return Stream.of(32, 64)
        .filter(ByteMachineCode::takes)
        .flatMap(bytes ->
            Stream.of(
                Arguments.of(bytes, Precision.INT8, 64, false, 2, 32, 384),
                Arguments.of(bytes, Precision.INT8, 64, false, 1, 9, 5184),
                Arguments.of(bytes, Precision.INT8, 64, false, 1, 33, 512),
                Arguments.of(bytes, Precision.INT4, 64, false, 2, 31, 5248),
                Arguments.of(bytes, Precision.INT4, 64, false, 2, 40, 768),
                Arguments.of(bytes, Precision.INT4, 256, false, 1, 1, 5376),
                Arguments.of(bytes, Precision.NF4, 64, true, 1, 7, 5376),
                Arguments.of(bytes, Precision.NF4, 128, false, 2, 64, 640),
                Arguments.of(bytes, Precision.NF4, 64, true, 3, 130, 192)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsAreThoseOfWholeNumbersAndTheirScales(
      int vectorBytes,
      Precision precision,
      int group,
      boolean twice,
      int threads,
      int tokens,
      int columns)
      throws Exception {
    for (Precision type : List.of(Precision.BFLOAT16, Precision.FLOAT32)) {
      float[] input = MatrixProductsTest.input(tokens, columns);
      multiply(vectorBytes, options(precision, group, twice), type, threads, columns, input);
    }
  }

  /** A group of zeros, one that is too small for a scale, outliers, and what is not finite. */
  @ParameterizedTest
  @CsvSource({"32, INT8", "64, INT8", "32, NF4", "64, INT4"})
  void noNumberIsTooSmallOrTooLarge(int vectorBytes, Precision precision) throws Exception {
    assumeTrue(ByteMachineCode.takes(vectorBytes));
    int columns = 3 * ByteGroups.LEAST;
    float[] input = new float[5 * columns];
    for (int i = 0; i < columns; i++) {
      input[i] = i < ByteGroups.LEAST ? 0 : i < 2 * ByteGroups.LEAST ? 1e-38f : -0f;
      input[columns + i] = i == 70 ? 1e36f : 1;
      input[2 * columns + i] = i == 5 ? Float.POSITIVE_INFINITY : 1;
      input[3 * columns + i] = i == 100 ? Float.NaN : 1;
      input[4 * columns + i] = i % 2 == 0 ? -2 : 2;
    }
    multiply(vectorBytes, options(precision, 64, false), Precision.FLOAT32, 1, columns, input);
  }

  private static LoadOptions options(Precision precision, int group, boolean twice) {
    return new LoadOptions(
        precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", group, twice);
  }

  private static void multiply(
      int vectorBytes, LoadOptions options, Precision type, int threads, int columns, float[] input)
      throws Exception {
    ByteGroups groups = ByteGroups.of(List.of(PackedForm.of(new long[] {2, columns}, options)));
    float[] rounded = rounded(input, groups.values());
    MatrixProductsTest.multiply(
        ByteKernel.of(groups, ByteMachineCode.of(groups, vectorBytes).orElseThrow(), type),
        type,
        options,
        threads,
        columns,
        input,
        (program, weight) ->
            new MatrixProductsTest.Expected(
                rounded, multiplied(program, weight, groups.values()), 0));
  }

  /** Activations as they are multiplied. */
  private static float[] rounded(float[] input, int group) {
    float[] rounded = new float[input.length];
    for (int first = 0; first < input.length; first += group) {
      float most = 0;
      for (int i = first; i < first + group; i++) {
        most = Math.max(most, Math.abs(input[i]));
      }
      for (int i = first; i < first + group; i++) {
        float whole = (float) Math.rint(input[i] * (127 / most));
        rounded[i] = Float.isInfinite(most) ? Float.NaN : most < 1e-30f ? 0 : whole * (most / 127);
      }
    }
    return rounded;
  }

  /** Numbers of a weight as they are multiplied. */
  private static float[] multiplied(PixtralProgram program, String name, int group) {
    PackedWeight weight = program.weight(name);
    PackedForm form = weight.form();
    float[] numbers = program.unpack(name);
    if (form.precision() == Precision.INT8) {
      return numbers;
    }
    boolean normal = form.precision() == Precision.NF4;
    float[] values = (normal ? CodeBook.normalFloat() : CodeBook.integers()).values();
    int columns = (int) form.columns();
    float[] scales = new float[weight.scalesOfRow()];
    float one = normal ? 127 : 18;
    for (int first = 0; first < numbers.length; first += group) {
      weight.scales(first / columns, scales);
      float most = 0;
      for (int i = first; i < first + group; i++) {
        most = Math.max(most, Math.abs(scales[i % columns / (int) form.group()]));
      }
      for (int i = first; i < first + group; i++) {
        float scale = scales[i % columns / (int) form.group()];
        // the program has rounded it to bfloat16
        float value = scale == 0 ? 0 : nearest(values, numbers[i] / scale);
        double whole = most == 0 ? 0 : Math.rint(value * one * (scale * (1 / most)));
        numbers[i] = (float) (whole / one * most);
      }
    }
    return numbers;
  }

  private static float nearest(float[] values, float number) {
    float nearest = values[0];
    for (float value : values) {
      nearest = Math.abs(value - number) < Math.abs(nearest - number) ? value : nearest;
    }
    return nearest;
  }

  @ParameterizedTest
  @CsvSource({"INT8", "NF4", "INT4"})
  void aPromptMeansNearlyTheSame(Precision precision) throws Exception {
    assumeTrue(Stream.of(32, 64).anyMatch(ByteMachineCode::takes));
    Prompt prompt = prompt();
    float[][] exact = MatrixProductsTest.exact(precision, prompt);
    float[][] unpacked = MatrixProductsTest.exact(Precision.FLOAT32, prompt);
    BundledModelTest.with(
        options(precision, 64, true),
        model -> {
          float[][] before = model.logits(prompt, new Cancellation());
          model.quantizeActivations(true);
          assertThat(model.quantizesActivations()).isTrue();
          float[][] rounded = model.logits(prompt, new Cancellation());
          assertThat(MatrixProductsTest.error(rounded, before)).isPositive();
          // bfloat16 loses a third of it at least, weights of four bits lose six times as much
          double lost = MatrixProductsTest.error(rounded, exact);
          assertThat(lost).isLessThan(3 * MatrixProductsTest.error(before, exact));
          assertThat(lost * (precision.bits() == 4 ? 6 : 0))
              .isLessThan(MatrixProductsTest.error(exact, unpacked));
          model.quantizeActivations(false);
          assertThat(model.quantizesActivations()).isFalse();
          assertThat(model.logits(prompt, new Cancellation())).isDeepEqualTo(before);
        });
  }

  @ParameterizedTest
  @CsvSource({"FP8", "BFLOAT16"})
  void otherWeightsAreMultipliedAsBefore(Precision precision) throws Exception {
    Prompt prompt = prompt();
    BundledModelTest.with(
        options(precision, 64, true),
        model -> {
          float[][] before = model.logits(prompt, new Cancellation());
          model.quantizeActivations(true);
          assertThat(model.quantizesActivations()).isFalse();
          assertThat(model.logits(prompt, new Cancellation())).isDeepEqualTo(before);
        });
  }

  private static Prompt prompt() {
    return new Prompt(new SplittableRandom(5).ints(45, 1, 120).toArray(), List.of());
  }
}
