package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of many tokens in machine code, against those of the unpacked weight. */
class MatrixProductsTest {

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Cases for each code that this processor can run, by type and width of vectors. */
  static Stream<Arguments> ofEachCode(BiFunction<Precision, Integer, Stream<Arguments>> cases) {
    return Stream.of(Precision.BFLOAT16, Precision.FLOAT32)
        .flatMap(type ->
            Stream.of(32, 64)
                .filter(bytes -> MatrixMachineCode.takes(type, bytes))
                .flatMap(bytes -> cases.apply(type, bytes)));
  }

  private static Stream<Arguments> cases() {
    return ofEachCode((type, bytes) ->
        Stream.of(
            Arguments.of(type, bytes, Precision.BFLOAT16, false, 2, 1, 128),
            Arguments.of(type, bytes, Precision.BFLOAT16, false, 1, 77, 2816),
            Arguments.of(type, bytes, Precision.INT8, false, 2, 32, 384),
            Arguments.of(type, bytes, Precision.FP8, false, 2, 9, 192),
            Arguments.of(type, bytes, Precision.INT4, false, 1, 31, 2624),
            Arguments.of(type, bytes, Precision.NF4, false, 2, 64, 320),
            Arguments.of(type, bytes, Precision.NF4, true, 3, 130, 5184)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsAreThoseOfTheUnpackedWeightsBesideEachOther(
      Precision type,
      int vectorBytes,
      Precision precision,
      boolean twice,
      int threads,
      int tokens,
      int columns)
      throws Exception {
    boolean rounded = precision.bits() == 4 && type == Precision.FLOAT32;
    float[] input = input(tokens, columns);
    multiply(
        new NumberKernel(
            MatrixMachineCode.of(type, vectorBytes, MatrixMachineCode.ROW).orElseThrow()),
        type,
        new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, twice),
        threads,
        columns,
        input,
        (program, weight) ->
            // of a weight of 4 bits that only the program rounds to bfloat16
            new Expected(input, numbers(program, weight), rounded ? 1.0 / 512 : 0));
  }

  /**
   * What is to be multiplied.
   *
   * @param input {@code [tokens][columns]}
   * @param numbers {@code [rows][columns]}
   * @param error of a product
   */
  record Expected(float[] input, float[] numbers, double error) {}

  /** Multiplies two weights, and compares with products in float64. */
  static void multiply(
      MatrixKernel kernel,
      Precision type,
      LoadOptions options,
      int threads,
      int columns,
      float[] input,
      BiFunction<PixtralProgram, String, Expected> expected)
      throws Exception {
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    int tokens = input.length / columns;
    try (PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
        RowThreads shared = new RowThreads(threads);
        MatrixProducts matrix = new MatrixProducts(shared, kernel);
        Arena arena = Arena.ofShared()) {
      List<String> names = List.of("a", "b");
      for (String name : names) {
        RowProductsTest.put(program, name, new SplittableRandom(name.hashCode()), columns);
      }
      List<PackedWeight> weights = names.stream().map(program::weight).toList();
      assertThat(weights).allMatch(weight -> matrix.takes(weight.form()));
      int rows = (int) weights.getFirst().form().rows();
      int all = rows * names.size();
      MemorySegment there = arena.allocate(2L * tokens * all + 2, 64);
      there.set(SHORT, 2L * tokens * all, (short) 4711);
      MemorySegment panels = arena.allocate(matrix.panelBytes(tokens, columns), 64);
      matrix.multiply(memory(arena, input, type), tokens, weights, panels, there);
      assertThat(there.get(SHORT, 2L * tokens * all)).isEqualTo((short) 4711);
      for (int name = 0; name < names.size(); name++) {
        Expected those = expected.apply(program, names.get(name));
        for (int token = 0; token < tokens; token++) {
          for (int row = 0; row < rows; row++) {
            double sum = 0;
            double size = 1e-30;
            for (int i = 0; i < columns; i++) {
              double product =
                  (double) those.numbers[row * columns + i] * those.input[token * columns + i];
              sum += product;
              size += Math.abs(product);
            }
            long place = (long) token * all + (long) name * rows + row;
            float found = Float.intBitsToFloat(there.getAtIndex(SHORT, place) << Short.SIZE);
            if (Double.isNaN(sum)) {
              assertThat(found).isNaN();
            } else {
              // a product is rounded to bfloat16, and its sum is one in float32
              assertThat((double) found)
                  .isCloseTo(sum, within(Math.abs(sum) / 256 + size * (1e-6 + those.error)));
            }
          }
        }
      }
    }
  }

  static float[] numbers(PixtralProgram program, String name) {
    PackedWeight weight = program.weight(name);
    if (weight.form().precision().isQuantized()) {
      return program.unpack(name);
    }
    float[] numbers = new float[(int) (weight.form().rows() * weight.form().columns())];
    new NativeNumbers(weight.codes(), true).read(0, numbers.length, numbers);
    return numbers;
  }

  private static MemorySegment memory(Arena arena, float[] numbers, Precision type) {
    MemorySegment memory = arena.allocate((long) numbers.length * type.bits() / 8, 64);
    for (int i = 0; i < numbers.length; i++) {
      if (type == Precision.FLOAT32) {
        memory.setAtIndex(FLOAT, i, numbers[i]);
      } else {
        memory.setAtIndex(SHORT, i, (short) (Float.floatToIntBits(numbers[i]) >> Short.SIZE));
      }
    }
    return memory;
  }

  /** Numbers of bfloat16. */
  static float[] input(int tokens, int columns) {
    SplittableRandom random = new SplittableRandom(31);
    float[] input = new float[tokens * columns];
    for (int i = 0; i < input.length; i++) {
      input[i] = Bfloat16.round((float) random.nextGaussian());
    }
    return input;
  }

  /** A prompt whose products, and with SDPA attention, are made here, and in the program. */
  @ParameterizedTest
  @CsvSource({"NONE, false", "INT8, false", "FP8, false", "NF4, false", "INT4, false", "NF4, true"})
  void aPromptMeansTheSame(String form, boolean wide) throws Exception {
    Precision precision = form.equals("NONE") ? Precision.BFLOAT16 : Precision.valueOf(form);
    Precision type = wide ? Precision.FLOAT32 : Precision.BFLOAT16;
    assumeTrue(MatrixMachineCode.vectorBytes(type).isPresent());
    LoadOptions options =
        new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, true);
    int[] ids = new SplittableRandom(5).ints(45, 1, 120).toArray();
    Prompt prompt = new Prompt(ids, List.of());
    float[][] exact =
        exact(precision == Precision.BFLOAT16 ? Precision.FLOAT32 : precision, prompt);
    BundledModelTest.with(
        options,
        model -> {
          PixtralProgram program = model.program();
          program.useWideProducts(wide);
          float[][] inProgram = model.logits(prompt, new Cancellation());
          assertThat(program.useMatrix()).isTrue();
          for (AttentionVariant attention : AttentionVariant.values()) {
            program.useAttention(attention);
            float[][] logits = model.logits(prompt, new Cancellation());
            // each layer rounds to bfloat16, here and there: all have to be as near to what is
            // exact
            assertThat(error(logits, exact))
                .as("%s", attention)
                .isLessThan(1.2 * error(inProgram, exact));
          }
        });
  }

  static float[][] exact(Precision precision, Prompt prompt) throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.SDPA, "cpu", 64, true);
    List<float[][]> found = new ArrayList<>();
    BundledModelTest.with(options, model -> found.add(model.logits(prompt, new Cancellation())));
    return found.getFirst();
  }

  /** The root of the mean square of differences. */
  static double error(float[][] logits, float[][] exact) {
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      for (int j = 0; j < exact[i].length; j++) {
        sum += Math.pow(logits[i][j] - exact[i][j], 2);
      }
    }
    return Math.sqrt(sum / exact.length / exact[0].length);
  }
}
