package org.invoicelens.pixtral;

import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;

/**
 * What an answer on the processor takes beside the weights, as a sum in bytes.
 *
 * <p>An upper estimate from the sizes of the tensors that live at once, in float32 where products
 * are made so. On graphics cards nothing is summed: there the library says by itself when memory
 * runs out, and keeps memory that the driver counts as taken.
 *
 * @param cache room for keys and values that is not there yet
 * @param patches the projected patches of all pictures
 * @param working the hidden states of the larger of the vision tower and a chunk of the prompt
 */
record AnswerMemory(long cache, long patches, long working) {

  private static final Words WORDS = Words.of(AnswerMemory.class);

  /** Rows of attention that are made at once. */
  private static final long ROWS = 512;

  /** Hidden states, and those of the feed-forward layer, that live at once within a layer. */
  private static final long HIDDEN = 12;

  private static final long INTERMEDIATE = 4;

  /** Tables of attention that live at once: products, their mask, and the shares. */
  private static final long TABLES = 3;

  private static final long FLOAT = 4;

  /**
   * The sum for an answer.
   *
   * @param positions that the prompt and its answer may take
   * @param room positions for which there is room already
   */
  static AnswerMemory of(
      PixtralConfig config, LoadOptions options, Prompt prompt, int positions, int room) {
    PixtralConfig.Text text = config.text();
    PixtralConfig.Vision vision = config.vision();
    long bytes = options.dtype() == Precision.BFLOAT16 ? 2 : FLOAT;
    long position = 2L * text.layers() * text.kvHeads() * text.headDim() * bytes;
    long allPatches = 0;
    long mostPatches = 0;
    for (ImagePixels image : prompt.images()) {
      long patches = (long) (image.width() / vision.patch()) * (image.height() / vision.patch());
      allPatches += patches;
      mostPatches = Math.max(mostPatches, patches);
    }
    boolean eager = options.attention() == AttentionVariant.EAGER;
    long tower =
        layer(mostPatches, vision.hidden(), vision.intermediate())
            + (eager ? table(mostPatches, vision.heads(), mostPatches) : 0);
    long chunk = Math.min(ROWS, prompt.tokenIds().length);
    // where query heads share keys, all but plain attention repeats them
    long repeated = 2L * text.heads() * text.headDim() * prompt.tokenIds().length * FLOAT;
    long decoder =
        layer(chunk, text.hidden(), text.intermediate())
            + (eager ? table(chunk, text.heads(), prompt.tokenIds().length) : repeated)
            + FLOAT * text.vocabulary();
    return new AnswerMemory(
        Math.max(0, positions - room) * position,
        allPatches * text.hidden() * bytes,
        Math.max(tower, decoder));
  }

  private static long layer(long rows, long hidden, long intermediate) {
    return rows * (HIDDEN * hidden + INTERMEDIATE * intermediate) * FLOAT;
  }

  private static long table(long rows, long heads, long columns) {
    return TABLES * Math.min(ROWS, rows) * heads * columns * FLOAT;
  }

  long bytes() {
    return cache + patches + working;
  }

  /** Refuses before the system would end the process. */
  void check(long available) throws InferenceException {
    if (bytes() <= available) {
      return;
    }
    throw new InferenceException(
        InferenceException.Reason.OUT_OF_MEMORY,
        WORDS.problem(
            "answering.refused",
            ByteSize.binaryText(bytes()),
            ByteSize.binaryText(cache),
            ByteSize.binaryText(patches + working),
            ByteSize.binaryText(available)),
        this + " > " + available,
        null);
  }
}
