package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The output layer with a copy in eight bits, against the layer itself. */
class ScreenedHeadTest {

  private static final int TOKENS = 3000;

  @BeforeEach
  void machineCodeIsPossible() {
    assumeTrue(
        RowProducts.arePossible()
            && RowMachineCode.takes(ScreenedHead.form(PackedForm.bfloat16(1, 256)), 32));
  }

  /** Rows of every length, some of them all but the same, one all 0. */
  private static PackedWeight weight(Arena arena, int columns) {
    SplittableRandom random = new SplittableRandom(41);
    PackedForm form = PackedForm.bfloat16(TOKENS, columns);
    MemorySegment codes = arena.allocate(form.bytes(), 64);
    for (int row = 0; row < TOKENS; row++) {
      double size = row == 7 ? 0 : Math.pow(10, row % 5 - 2);
      boolean twin = row % 10 == 9;
      for (int i = 0; i < columns; i++) {
        long at = (long) row * columns + i;
        short number =
            twin
                ? codes.getAtIndex(ValueLayout.JAVA_SHORT, at - columns * 5L)
                : (short) (Float.floatToIntBits((float) (size * random.nextGaussian())) >> 16);
        boolean other = twin && random.nextInt(20) == 0;
        codes.setAtIndex(ValueLayout.JAVA_SHORT, at, (short) (other ? number + 1 : number));
      }
    }
    return new PackedWeight(form, Map.of("", codes));
  }

  private static float[] input(long seed, int columns) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] input = new float[columns];
    for (int i = 0; i < columns; i++) {
      double size = i % 40 == 3 ? 60 : Math.pow(10, i % 6 - 4);
      input[i] = Bfloat16.round((float) (size * random.nextGaussian()));
    }
    return input;
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 1280})
  void theLikeliestTokenIsTheLayersOwnAndNoLogitIsFartherOffThanItsBound(int columns) {
    try (Arena arena = Arena.ofShared();
        RowThreads threads = new RowThreads(2);
        RowProducts products = new RowProducts(threads)) {
      PackedWeight weight = weight(arena, columns);
      products.useMachineCode(true);
      try (ScreenedHead head = ScreenedHead.of(weight, products, threads)) {
        int[] all = new int[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
          all[i] = i;
        }
        int asked = 0;
        for (int seed = 0; seed < 20; seed++) {
          float[] input = input(seed, columns);
          float[] own = products.project(input, weight, all);
          Logits logits = head.logits(input);
          float[] near = logits.values().clone();
          float[] errors = logits.errors();
          for (int token = 0; token < TOKENS; token++) {
            assertThat(Math.abs(near[token] - own[token])).isLessThanOrEqualTo(errors[token]);
          }
          int likeliest = Logits.exact(own).likeliest();
          assertThat(logits.likeliest()).isEqualTo(likeliest);
          assertThat(logits.values()[likeliest]).isEqualTo(own[likeliest]);
          for (int token = 0; token < TOKENS; token++) {
            asked += logits.values()[token] != near[token] ? 1 : 0;
          }
        }
        assertThat(asked).isPositive().isLessThan(20 * TOKENS / 10);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "NF4"})
  void aModelWritesTheSameWithACopyOfItsOutputLayer(Precision precision) throws Exception {
    LoadOptions options =
        new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, true);
    Prompt prompt = new Prompt(new int[] {1, 5, 9, 100, 120, 37}, List.of());
    GenerationOptions generation = new GenerationOptions(24, 0, 1, 0, true);
    BundledModelTest.with(
        options,
        model -> {
          long before = model.memory();
          int[] without = answer(model, prompt, generation);
          model.program().screenHead(before);
          assertThat(model.memory()).isGreaterThan(before);
          assertThat(answer(model, prompt, generation)).isEqualTo(without);
          // machine code, vectors, and PyTorch's own
          assertThat(model.chooseRows().orElseThrow().durations()).hasSize(RowWay.values().length);
          for (RowWay way : new RowWay[] {RowWay.VECTORS, RowWay.MACHINE_CODE}) {
            model.program().makeRows(way);
            assertThat(answer(model, prompt, generation)).hasSize(without.length);
          }
        });
  }

  private static int[] answer(PixtralModel model, Prompt prompt, GenerationOptions generation)
      throws Exception {
    return model.generate(prompt, generation, TokenListener.NONE, new Cancellation()).tokenIds();
  }

  @Test
  void anInputThatIsNotFiniteShows() {
    try (Arena arena = Arena.ofShared();
        RowThreads threads = new RowThreads(1);
        RowProducts products = new RowProducts(threads)) {
      products.useMachineCode(true);
      try (ScreenedHead head = ScreenedHead.of(weight(arena, 256), products, threads)) {
        float[] input = input(1, 256);
        input[17] = Float.NaN;
        assertThat(head.logits(input).likeliest()).isEqualTo(TokenChoice.NOT_FINITE);
        assertThat(head.logits(input).largest()).isNaN();
      }
    }
  }

  @Test
  void onlyWhatMayBeAsLargeIsMadeExact() {
    float[] exact = {1, 5, 4.9f, -3, 2};
    AtomicInteger asked = new AtomicInteger();
    float[] near = {1.1f, 4.8f, 5.1f, -2.9f, 2};
    Logits logits =
        Logits.near(
            near,
            new float[] {0.3f, 0.3f, 0.3f, 0.3f, 0.3f},
            tokens -> {
              asked.addAndGet(tokens.length);
              float[] found = new float[tokens.length];
              for (int i = 0; i < found.length; i++) {
                found[i] = exact[tokens[i]];
              }
              return found;
            });
    assertThat(logits.likeliest()).isEqualTo(1);
    assertThat(asked).hasValue(2);
    assertThat(logits.largest()).isEqualTo(5);
    assertThat(logits.refine(1.9f)).isTrue();
    assertThat(logits.refine(1.9f)).isFalse();
    assertThat(asked).hasValue(3);
    assertThat(logits.values()).containsExactly(1.1f, 5, 4.9f, -2.9f, 2);
  }

  @Test
  void logitsThatAreExactHaveNothingToRefine() {
    Logits logits = Logits.exact(new float[] {1, 3, 2});
    assertThat(logits.refine(0)).isFalse();
    assertThat(logits.likeliest()).isEqualTo(1);
    assertThat(List.of(Logits.exact(new float[] {1, Float.NaN}).likeliest()))
        .containsExactly(TokenChoice.NOT_FINITE);
  }
}
