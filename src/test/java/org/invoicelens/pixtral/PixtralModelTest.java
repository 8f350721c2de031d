package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prompts in, answers out: what ends them and what is refused. */
class PixtralModelTest {

  private static PixtralModel model;
  private static Prompt prompt;

  @BeforeAll
  static void load() throws Exception {
    model = Golden.load("hf", Golden.float32());
    prompt = Golden.prompt("one_image");
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void anAnswerEndsAtTheEndToken() throws Exception {
    // a prompt whose answer ends by itself is searched, so that the test knows it is not cut
    for (int seed = 0; seed < 200; seed++) {
      GenerationResult result = sample(seed, false);
      if (result.finishReason() == GenerationResult.FinishReason.STOP) {
        int[] tokens = result.tokenIds();
        assertThat(tokens[tokens.length - 1]).isEqualTo(2);
        assertThat(tokens).containsOnlyOnce(2);
        GenerationResult further = sample(seed, true);
        assertThat(further.tokenIds()).hasSize(60).startsWith(tokens);
        assertThat(further.finishReason()).isEqualTo(GenerationResult.FinishReason.LENGTH);
        return;
      }
    }
    throw new AssertionError("no answer ended by itself");
  }

  private static GenerationResult sample(int seed, boolean ignoreEos) throws Exception {
    return generate(prompt, new GenerationOptions(60, 3, 1, seed, ignoreEos));
  }

  @Test
  void equalSeedsGiveEqualAnswers() throws Exception {
    GenerationOptions one = new GenerationOptions(20, 1.5, 0.95, 1, true);
    GenerationOptions other = new GenerationOptions(20, 1.5, 0.95, 2, true);
    assertThat(generate(prompt, one).tokenIds()).isEqualTo(generate(prompt, one).tokenIds());
    assertThat(generate(prompt, one).tokenIds()).isNotEqualTo(generate(prompt, other).tokenIds());
  }

  @Test
  void theListenerHearsOfEveryToken() throws Exception {
    List<Integer> heard = new ArrayList<>();
    GenerationResult result =
        model.generate(
            prompt, GenerationOptions.greedy(12), (id, text) -> heard.add(id), new Cancellation());
    assertThat(heard).containsExactlyElementsOf(boxed(result.tokenIds()));
    assertThat(result.promptTokenIds()).isEqualTo(prompt.tokenIds());
    assertThat(result.timings().promptTokens()).isEqualTo(prompt.tokenIds().length);
    assertThat(result.timings().decodedTokens()).isEqualTo(11);
    assertThat(result.timings().image()).isPositive();
    assertThat(result.timings().prefill()).isPositive();
    assertThat(result.timings().decode()).isPositive();
    assertThat(result.memory()).isEqualTo(model.memory());
  }

  /** Longer than the room made at first, so that keys and values move to a larger one. */
  @Test
  void longAnswersAreThoseOfOnePass() throws Exception {
    GenerationResult result = generate(prompt, new GenerationOptions(700, 0, 1, 0, true));
    int[] all = java.util.Arrays.copyOf(prompt.tokenIds(), prompt.tokenIds().length + 699);
    System.arraycopy(result.tokenIds(), 0, all, prompt.tokenIds().length, 699);
    float[][] logits = model.logits(new Prompt(all, prompt.images()), new Cancellation());
    for (int i = 0; i < 700; i++) {
      float[] row = logits[prompt.tokenIds().length - 1 + i];
      float best = Float.NEGATIVE_INFINITY;
      for (float logit : row) {
        best = Math.max(best, logit);
      }
      assertThat(row[result.tokenIds()[i]]).isGreaterThan(best - 1e-3f);
    }
  }

  @Test
  void anAnswerStopsWithinOneTokenWhenCancelled() throws Exception {
    Cancellation cancellation = new Cancellation();
    List<Integer> heard = new ArrayList<>();
    assertThatThrownBy(() ->
            model.generate(
                prompt,
                new GenerationOptions(1000, 0, 1, 0, true),
                (id, text) -> {
                  heard.add(id);
                  if (heard.size() == 3) {
                    cancellation.cancel();
                  }
                },
                cancellation))
        .isInstanceOf(CancelledException.class);
    assertThat(heard).hasSize(3);
    assertThat(ReferenceTest.greedy(model, prompt)).hasSize(32);
  }

  @Test
  void badPromptsAreRefusedAndTheModelStaysUsable() throws Exception {
    int[] before = ReferenceTest.greedy(model, prompt);
    refused(InferenceException.Reason.EMPTY_PROMPT, new Prompt(new int[0], List.of()), 1);
    refused(InferenceException.Reason.UNKNOWN_TOKEN, new Prompt(new int[] {1, 512}, List.of()), 1);
    refused(InferenceException.Reason.UNKNOWN_TOKEN, new Prompt(new int[] {1, -1}, List.of()), 1);
    refused(
        InferenceException.Reason.PROMPT_TOO_LONG, new Prompt(new int[] {1, 3}, List.of()), 4095);
    refused(
        InferenceException.Reason.IMAGES_DO_NOT_MATCH, new Prompt(new int[] {1, 10}, List.of()), 1);
    refused(
        InferenceException.Reason.IMAGES_DO_NOT_MATCH,
        new Prompt(new int[] {1, 3}, prompt.images()),
        1);
    refused(
        InferenceException.Reason.IMAGES_DO_NOT_MATCH,
        new Prompt(new int[] {1, 10}, List.of(new ImagePixels(new float[3 * 16 * 15], 16, 15))),
        1);
    assertThat(ReferenceTest.greedy(model, prompt)).isEqualTo(before);
  }

  @Test
  void numbersOutOfRangeAreToldOf() throws Exception {
    try (PixtralModel broken = Golden.load("hf", Golden.float32())) {
      ByteBuffer raw = ByteBuffer.allocateDirect(96 * 4);
      for (int i = 0; i < 96; i++) {
        raw.putInt(4 * i, Integer.reverseBytes(Float.floatToIntBits(Float.NaN)));
      }
      broken.program().rows("text.norm", raw, 6, 0, 96, new long[] {96}, 0, false);
      for (double temperature : new double[] {0, 1}) {
        InferenceException e =
            catchThrowableOfType(
                InferenceException.class,
                () ->
                    broken.generate(
                        prompt,
                        new GenerationOptions(4, temperature, 1, 0, false),
                        TokenListener.NONE,
                        new Cancellation()));
        assertThat(e.reason()).isEqualTo(InferenceException.Reason.NOT_FINITE);
      }
    }
  }

  @Test
  void manyAnswersLeaveNothingBehind() throws Exception {
    generate(prompt, GenerationOptions.greedy(8));
    long memory = model.memory();
    for (int i = 0; i < 120; i++) {
      generate(prompt, new GenerationOptions(8, i % 2, 1, i, true));
      assertThat(model.program().alive()).isZero();
    }
    assertThat(model.memory()).isEqualTo(memory);
  }

  @Test
  void loadingTellsHowFarItIs() throws Exception {
    List<Progress> heard = new ArrayList<>();
    Golden.load(Golden.TINY.resolve("hf"), Golden.float32(), heard::add, new Cancellation())
        .close();
    assertThat(heard).allMatch(progress -> progress.stage() == Stage.INITIALIZATION);
    assertThat(heard.getLast().fraction()).isEqualTo(1);
    assertThat(heard).isSortedAccordingTo((a, b) -> Long.compare(a.done(), b.done()));
  }

  @Test
  void loadingStopsWhenCancelled() {
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() ->
            Golden.load(
                Golden.TINY.resolve("hf"),
                Golden.float32(),
                progress -> cancellation.cancel(),
                cancellation))
        .isInstanceOf(CancelledException.class);
  }

  @Test
  void tooLittleMemoryIsToldWithTheSum() {
    CheckpointException e =
        catchThrowableOfType(
            CheckpointException.class,
            () ->
                PixtralModel.load(
                    Golden.TINY.resolve("hf"),
                    PixtralProcessor.open(Golden.TINY.resolve("hf")),
                    Golden.float32(),
                    Optional.empty(),
                    ProgressListener.NONE,
                    new Cancellation(),
                    () -> 1000));
    assertThat(e.reason()).isEqualTo(CheckpointException.Reason.OUT_OF_MEMORY);
    assertThat(e.problem().what()).contains("needs", "are free");
  }

  @Test
  void aGraphicsCardThatIsNotThereIsRefused() {
    for (String device : new String[] {"cuda:99", "cuda:x", "tpu"}) {
      LoadOptions options =
          new LoadOptions(
              Precision.FLOAT32, Precision.FLOAT32, AttentionVariant.EAGER, device, 64, false);
      CheckpointException e =
          catchThrowableOfType(CheckpointException.class, () -> Golden.load("hf", options).close());
      assertThat(e.reason()).isEqualTo(CheckpointException.Reason.DEVICE_UNAVAILABLE);
    }
  }

  @Test
  void closingTwiceDoesNoHarm() throws Exception {
    PixtralModel once = Golden.load("hf", Golden.float32());
    once.close();
    once.close();
    assertThat(once.memory()).isZero();
    assertThatThrownBy(() -> once.logits(prompt, new Cancellation()))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void refused(InferenceException.Reason reason, Prompt bad, int newTokens) {
    InferenceException e =
        catchThrowableOfType(
            InferenceException.class, () -> generate(bad, GenerationOptions.greedy(newTokens)));
    assertThat(e.reason()).isEqualTo(reason);
  }

  private static GenerationResult generate(Prompt prompt, GenerationOptions options)
      throws Exception {
    return model.generate(prompt, options, TokenListener.NONE, new Cancellation());
  }

  private static List<Integer> boxed(int[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }
}
