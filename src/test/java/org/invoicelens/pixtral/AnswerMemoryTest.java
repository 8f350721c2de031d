package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;

/** What an answer takes beside the weights, and what is refused for it. */
class AnswerMemoryTest {

  private static final Path MINI = Path.of("models/bundled/pixtral-mini");

  @Test
  void theSumGrowsWithPicturesAndWithTheAnswer() throws Exception {
    PixtralConfig config = PixtralConfig.readHuggingFace(MINI);
    LoadOptions options = Golden.float32();
    AnswerMemory words = of(config, options, 0, 256);
    AnswerMemory page = of(config, options, 512, 256);
    AnswerMemory largePage = of(config, options, 1024, 256);
    AnswerMemory longAnswer = of(config, options, 512, 1024);

    assertThat(words.patches()).isZero();
    assertThat(largePage.patches()).isEqualTo(4 * page.patches());
    assertThat(largePage.working()).isGreaterThan(2 * page.working());
    PixtralConfig.Text text = config.text();
    assertThat(longAnswer.cache() - page.cache())
        .isEqualTo(768L * 2 * text.layers() * text.kvHeads() * text.headDim() * 4);
    assertThat(AnswerMemory.of(config, options, prompt(config, 0), 256, 256).cache()).isZero();
  }

  @Test
  void anAnswerThatDoesNotFitIsRefusedAndTheNextOneIsNot() throws Exception {
    AtomicLong free = new AtomicLong(1L << 32);
    try (PixtralProcessor processor = PixtralProcessor.open(MINI);
        PixtralModel model =
            PixtralModel.load(
                MINI,
                processor,
                Golden.float32(),
                Optional.empty(),
                ProgressListener.NONE,
                new Cancellation(),
                free::get)) {
      long before = model.memory();
      free.set(100_000);
      Prompt prompt = new Prompt(new int[] {1, 5}, List.of());
      InferenceException e =
          catchThrowableOfType(InferenceException.class, () -> answer(model, prompt));
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
      assertThat(e.problem().what()).contains("97.7 KiB are free");
      assertThat(model.memory()).as("no room was made").isEqualTo(before);

      free.set(1L << 32);
      assertThat(answer(model, prompt).tokenIds()).hasSize(2);
      assertThat(model.memory()).isGreaterThan(before);
    }
  }

  private static GenerationResult answer(PixtralModel model, Prompt prompt) throws Exception {
    return model.generate(
        prompt, new GenerationOptions(2, 0, 1, 0, true), TokenListener.NONE, new Cancellation());
  }

  private static AnswerMemory of(
      PixtralConfig config, LoadOptions options, int side, int positions) {
    return AnswerMemory.of(config, options, prompt(config, side), positions, 0);
  }

  private static Prompt prompt(PixtralConfig config, int side) {
    List<ImagePixels> images =
        side == 0 ? List.of() : List.of(new ImagePixels(new float[0], side, side));
    return new Prompt(new int[100], images);
  }
}
