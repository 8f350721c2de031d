package org.invoicelens.pixtral;

import org.invoicelens.stage.Problem;

/** Refuses prompts that a model cannot take, before anything is computed. */
final class PromptCheck {

  private PromptCheck() {}

  /**
   * @param newTokens the longest answer asked for
   */
  static void check(Prompt prompt, PixtralConfig config, int newTokens) throws InferenceException {
    int[] ids = prompt.tokenIds();
    if (ids.length == 0) {
      throw refused(
          InferenceException.Reason.EMPTY_PROMPT,
          "There is nothing to answer: the prompt is empty.",
          "Give a text or a picture.");
    }
    int context = config.text().context();
    if ((long) ids.length + newTokens > context) {
      throw refused(
          InferenceException.Reason.PROMPT_TOO_LONG,
          "Pictures and text are too long for the model: they have "
              + ids.length
              + " tokens and the answer may have "
              + newTokens
              + "; the model takes "
              + context
              + " together.",
          "Use fewer or smaller pictures, a shorter text, or a shorter answer.");
    }
    long places = 0;
    for (int id : ids) {
      if (id < 0 || id >= config.text().vocabulary()) {
        throw refused(
            InferenceException.Reason.UNKNOWN_TOKEN,
            "The prompt has the token "
                + id
                + "; the model knows 0 to "
                + (config.text().vocabulary() - 1)
                + ".",
            "Use the tokenizer that belongs to the model.");
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
          InferenceException.Reason.IMAGES_DO_NOT_MATCH,
          "The prompt has "
              + places
              + " image tokens, but its pictures have "
              + patches
              + " parts.",
          "Give as many pictures as the prompt has places for, in the right order and size.");
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
          "A picture of "
              + image.width()
              + " by "
              + image.height()
              + " pixels does not divide into patches of "
              + patch
              + ".",
          "Use the image processor that belongs to the model.");
    }
    return (long) (image.width() / patch) * (image.height() / patch);
  }

  private static InferenceException refused(
      InferenceException.Reason reason, String what, String remedy) {
    return new InferenceException(reason, new Problem(what, "", remedy), "", null);
  }
}
