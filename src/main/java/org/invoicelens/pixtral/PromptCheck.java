package org.invoicelens.pixtral;

import org.invoicelens.stage.Words;

/** Refuses prompts that a model cannot take, before anything is computed. */
final class PromptCheck {

  private static final Words WORDS = Words.of(PromptCheck.class);

  private PromptCheck() {}

  /**
   * @param newTokens the longest answer asked for
   */
  static void check(Prompt prompt, PixtralConfig config, int newTokens) throws InferenceException {
    int[] ids = prompt.tokenIds();
    if (ids.length == 0) {
      throw refused(InferenceException.Reason.EMPTY_PROMPT, "prompt.nothing");
    }
    int context = config.text().context();
    if ((long) ids.length + newTokens > context) {
      throw refused(
          InferenceException.Reason.PROMPT_TOO_LONG,
          "prompt.tooLong",
          ids.length,
          newTokens,
          context);
    }
    long places = 0;
    for (int id : ids) {
      if (id < 0 || id >= config.text().vocabulary()) {
        throw refused(
            InferenceException.Reason.UNKNOWN_TOKEN,
            "prompt.unknownToken",
            id,
            config.text().vocabulary() - 1);
      }
      if (id == config.imageToken()) {
        places++;
      }
    }
    long patches = 0;
    for (ImagePixels image : prompt.images()) {
      patches += patches(image, config.vision());
    }
    if (places != patches) {
      throw refused(
          InferenceException.Reason.IMAGES_DO_NOT_MATCH, "prompt.places", places, patches);
    }
  }

  private static long patches(ImagePixels image, PixtralConfig.Vision vision)
      throws InferenceException {
    int patch = vision.patch();
    long values = (long) vision.channels() * image.width() * image.height();
    if (image.width() < patch
        || image.height() < patch
        || image.width() % patch != 0
        || image.height() % patch != 0
        || image.values().length != values) {
      throw refused(
          InferenceException.Reason.IMAGES_DO_NOT_MATCH,
          "picture.patches",
          image.width(),
          image.height(),
          patch);
    }
    return (long) (image.width() / patch) * (image.height() / patch);
  }

  private static InferenceException refused(
      InferenceException.Reason reason, String key, Object... arguments) {
    return new InferenceException(reason, WORDS.problem(key, arguments), "", null);
  }
}
