package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of one row, made by vector instructions, against the program's own. */
class RowProductsTest {

  private static final int ROWS = 130;

  @ParameterizedTest
  @CsvSource({
    "FP8, 64, false, 2, 384",
    "FP8, 64, false, 1, 448",
    "INT4, 64, false, 3, 384",
    "INT4, 64, false, 2, 448",
    "INT4, 128, false, 1, 384",
    "NF4, 64, false, 2, 384",
    "NF4, 64, true, 3, 320",
    "NF4, 128, true, 1, 384"
  })
  void aProductIsThatOfTheUnpackedWeight(
      Precision precision, int group, boolean twice, int threads, int columns) throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", group, twice);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    SplittableRandom random = new SplittableRandom(7);
    float[] input = input(random, columns);
    try (PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
        RowThreads shared = new RowThreads(threads)) {
      for (String name : List.of("a", "b")) {
        put(program, name, random, columns);
      }
      float[] together =
          new RowProducts(shared).project(input, List.of(program.weight("a"), program.weight("b")));
      assertThat(together).hasSize(2 * ROWS);
      same(together, 0, program.unpack("a"), input);
      same(together, ROWS, program.unpack("b"), input);
      assertThat(
              Golden.largestDifference(
                  Arrays.copyOf(together, ROWS), program.project(input, 1, "a")))
          .isLessThan(1e-3);
    }
  }

  private static float[] input(SplittableRandom random, int columns) {
    float[] input = new float[columns];
    for (int i = 0; i < columns; i++) {
      input[i] = (float) random.nextGaussian();
    }
    return input;
  }

  static void put(PixtralProgram program, String name, SplittableRandom random, int columns)
      throws Exception {
    ByteBuffer raw = ByteBuffer.allocateDirect(4 * ROWS * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * columns; i++) {
      // a row of zeros, one of tiny numbers, and rows of every size
      int row = i / columns;
      double size = row == 3 ? 0 : row == 4 ? 1e-6 : 0.01 * (1 + row);
      raw.putFloat((float) (size * random.nextGaussian()));
    }
    long[] shape = {ROWS, columns};
    program.begin(name, shape, true);
    program.rows(name, raw.flip(), 6, 0, ROWS, shape, 0, true);
    program.finish(name, true);
  }

  private static void same(float[] products, int first, float[] weights, float[] input) {
    for (int row = 0; row < ROWS; row++) {
      double expected = 0;
      double size = 1e-12;
      for (int i = 0; i < input.length; i++) {
        double product = (double) weights[row * input.length + i] * input[i];
        expected += product;
        size += Math.abs(product);
      }
      assertThat((double) products[first + row]).isCloseTo(expected, within(1e-5 * size));
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 1, false", "192, 2, false", "448, 3, false", "128, 1, true", "384, 2, true"})
  void aProductWithAWeightInBfloat16IsExactButForItsSums(
      int columns, int threads, boolean machineCode) throws Exception {
    LoadOptions options =
        new LoadOptions(
            Precision.BFLOAT16, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, false);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    SplittableRandom random = new SplittableRandom(9);
    float[] input = input(random, columns);
    try (PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
        RowThreads shared = new RowThreads(threads)) {
      ByteBuffer raw = ByteBuffer.allocateDirect(2 * ROWS * columns).order(ByteOrder.LITTLE_ENDIAN);
      float[] weights = new float[ROWS * columns];
      for (int i = 0; i < weights.length; i++) {
        int upper = Float.floatToIntBits((float) random.nextGaussian()) >>> Short.SIZE;
        weights[i] = Float.intBitsToFloat(upper << Short.SIZE);
        raw.putShort((short) upper);
      }
      long[] shape = {ROWS, columns};
      program.begin("w", shape, true);
      program.rows("w", raw.flip(), Checkpoint.BFLOAT16, 0, ROWS, shape, 0, true);
      program.finish("w", true);
      try (RowProducts products = new RowProducts(shared)) {
        products.useMachineCode(machineCode);
        PackedWeight weight = program.weight("w");
        assertThat(products.hasMachineCode(weight.form()))
            .isEqualTo(machineCode && RowMachineCode.takes(weight.form(), 32));
        same(products.project(input, List.of(weight)), 0, weights, input);
      }
    }
  }

  /** Every one of the 256 codes, the subnormal and the largest among them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyCodeOfFp8HasItsValue(boolean machineCode) throws Exception {
    LoadOptions options =
        new LoadOptions(Precision.FP8, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", 64, false);
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    try (PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
        RowThreads alone = new RowThreads(1);
        RowProducts products = new RowProducts(alone)) {
      products.useMachineCode(machineCode);
      // each code alone in a row of zeros: row 0 ends in 1s, so that rows are padded by zeros
      ByteBuffer raw = ByteBuffer.allocateDirect(4 * 128 * 128).order(ByteOrder.LITTLE_ENDIAN);
      for (int row = 0; row < 128; row++) {
        raw.putFloat(4 * row * 128, 448f);
        int exponent = row >> 3;
        float fraction = row & 7;
        float value =
            exponent == 0 ? fraction / 8 * 0x1p-6f : Math.scalb(1 + fraction / 8, exponent - 7);
        raw.putFloat(4 * (row * 128 + row % 127 + 1), row == 127 ? 448f : -value);
      }
      long[] shape = {128, 128};
      program.begin("w", shape, true);
      program.rows("w", raw, 6, 0, 128, shape, 0, true);
      program.finish("w", true);
      float[] unpacked = program.unpack("w");
      assertThat(products.hasMachineCode(program.weight("w").form()))
          .isEqualTo(machineCode && RowMachineCode.takes(program.weight("w").form(), 32));
      for (int row = 0; row < 128; row++) {
        float[] one = new float[128];
        one[row % 127 + 1] = 1;
        assertThat(products.project(one, List.of(program.weight("w")))[row])
            .isEqualTo(unpacked[row * 128 + row % 127 + 1]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP8", "NF4", "INT4"})
  void anAnswerIsTheSameBothWays(Precision precision) throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", 64, true);
    BundledModelTest.with(
        options,
        model -> {
          assertThat(model.program().usesRowProducts()).isTrue();
          Prompt prompt = new Prompt(new int[] {1, 5, 9, 100, 120, 37, 12, 55, 90, 41}, List.of());
          int[] inside = ReferenceTest.greedy(model, prompt);
          model.program().makeRows(RowWay.PYTORCH);
          assertThat(ReferenceTest.greedy(model, prompt)).isEqualTo(inside);
        });
  }

  /** Layers and output layer in bfloat16: logits differ by no more than rounding them would. */
  @Test
  void aModelInBfloat16SaysTheSameBothWays() throws Exception {
    LoadOptions options =
        new LoadOptions(
            Precision.BFLOAT16, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, false);
    int[] tokens = {1, 5, 9, 100, 120, 37};
    BundledModelTest.with(
        options,
        model -> {
          PixtralProgram program = model.program();
          assertThat(program.usesRowProducts()).isTrue();
          List<float[]> beside = steps(program, tokens);
          program.makeRows(RowWay.PYTORCH);
          assertThat(program.usesRowProducts()).isFalse();
          List<float[]> within = steps(program, tokens);
          for (int i = 0; i < tokens.length; i++) {
            double size = Golden.deviation(within.get(i));
            assertThat(Golden.largestDifference(beside.get(i), within.get(i)))
                .isLessThan(0.1 * size);
          }
        });
  }

  private static List<float[]> steps(PixtralProgram program, int[] tokens) {
    List<float[]> logits = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      // room for keys and values is made anew as it grows
      program.reserve(3 * (i / 3 + 1));
      logits.add(program.stepLogits(tokens[i], i));
    }
    program.forget();
    return logits;
  }

  @ParameterizedTest
  @CsvSource({"NF4, FLOAT32", "NF4, BFLOAT16", "INT8, BFLOAT16"})
  void theWayThatATrialChoosesIsUsedFromThenOn(Precision precision, Precision type)
      throws Exception {
    LoadOptions options = new LoadOptions(precision, type, AttentionVariant.SDPA, "cpu", 64, true);
    BundledModelTest.with(
        options,
        model -> {
          RowTrial trial = model.chooseRows().orElseThrow();
          assertThat(trial.durations()).containsKeys(RowWay.VECTORS, RowWay.PYTORCH);
          assertThat(trial.durations().containsKey(RowWay.MACHINE_CODE))
              .isEqualTo(type == Precision.BFLOAT16 && MachineCode.isPossible());
          assertThat(trial.durations().values()).allMatch(Duration::isPositive);
          assertThat(model.program().usesRowProducts()).isEqualTo(trial.choice() != RowWay.PYTORCH);
          model.program().makeRows(RowWay.PYTORCH);
          assertThat(model.chooseRows()).as("nothing to choose").isEmpty();
          assertThat(model.program().usesRowProducts()).isFalse();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "MACHINE_CODE, 10, VECTORS, 10, MACHINE_CODE",
    "MACHINE_CODE, 12, VECTORS, 10, MACHINE_CODE",
    "MACHINE_CODE, 13, VECTORS, 10, VECTORS",
    "VECTORS, 12, PYTORCH, 10, VECTORS",
    "MACHINE_CODE, 20, PYTORCH, 10, PYTORCH"
  })
  void aWayIsLeftOnlyForOneThatIsClearlyFaster(
      RowWay first, long took, RowWay second, long otherTook, RowWay chosen) {
    RowTrial trial =
        new RowTrial(Map.of(first, Duration.ofMillis(took), second, Duration.ofMillis(otherTook)));
    assertThat(trial.choice()).isEqualTo(chosen);
  }

  @Test
  void weightsThatDoNotFillABlockAreLeftToTheProgram() {
    LoadOptions options =
        new LoadOptions(Precision.NF4, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", 64, false);
    assertThat(RowKernel.takes(PackedForm.of(new long[] {64, 96}, options))).isFalse();
    assertThat(RowKernel.takes(PackedForm.of(new long[] {64, 128}, options))).isTrue();
  }
}
