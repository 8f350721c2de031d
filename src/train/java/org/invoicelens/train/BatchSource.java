package org.invoicelens.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.invoicelens.pixtral.TrainingBatch;

/** The batch of each step, made of its number alone: a run that goes on meets the same ones. */
final class BatchSource {

  private static final int PATCH = 16;

  /** Lengths are padded to few, since PyTorch prepares itself anew for each. */
  private static final int PADDING = 16;

  /** Pages that a model of this kind is shown: no side longer than 224 pixels. */
  private static final int[][] PAGES = {
    {176, 224},
    {176, 224},
    {176, 224},
    {176, 224},
    {176, 224},
    {176, 224},
    {176, 224},
    {176, 224},
    {144, 224},
    {224, 176}
  };

  private final SlipVocabulary vocabulary;
  private final SlipSource source;
  private final long seed;
  private final int size;

  /**
   * @param size pictures of a batch, of the common page
   */
  BatchSource(SlipVocabulary vocabulary, SlipSource source, long seed, int size) {
    this.vocabulary = vocabulary;
    this.source = source;
    this.seed = seed;
    this.size = size;
  }

  /** The batch of a step. */
  TrainingBatch batch(long step) {
    Dice dice = Dice.of(seed ^ 0x5eed, step);
    int[] page = dice.of(PAGES);
    int kind = dice.below(20);
    boolean letters = kind < 2;
    boolean transcript = kind < 7;
    int count = Math.max(1, letters ? size * 3 / 4 : transcript ? size : size * 5 / 4);
    List<Slip> slips = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long number = step * 64 + i;
      slips.add(
          letters
              ? source.letters(number, page[0], page[1])
              : source.slip(number, page[0], page[1], SlipSource.Look.ANY));
    }
    return batch(slips, transcript);
  }

  /** Slips of one size as a batch. */
  TrainingBatch batch(List<Slip> slips, boolean transcript) {
    int count = slips.size();
    int width = slips.getFirst().width();
    int height = slips.getFirst().height();
    List<SlipVocabulary.Said> said =
        slips.stream().map(slip -> vocabulary.said(slip, transcript)).toList();
    int longest = said.stream().mapToInt(one -> one.ids().length - 1).max().orElse(1);
    int length = (longest + PADDING - 1) / PADDING * PADDING;
    byte[] grey = new byte[count * width * height];
    long[] ids = new long[count * length];
    long[] targets = new long[count * length];
    float[] emphasis = new float[count * length];
    Arrays.fill(ids, vocabulary.id("<pad>"));
    Arrays.fill(targets, TrainingBatch.NOTHING);
    for (int i = 0; i < count; i++) {
      System.arraycopy(slips.get(i).grey(), 0, grey, i * width * height, width * height);
      int[] tokens = said.get(i).ids();
      for (int j = 0; j + 1 < tokens.length; j++) {
        int at = i * length + j;
        ids[at] = tokens[j];
        if (said.get(i).emphasis()[j + 1] > 0) {
          targets[at] = tokens[j + 1];
          emphasis[at] = said.get(i).emphasis()[j + 1];
        }
      }
    }
    return new TrainingBatch(
        width,
        height,
        count,
        length,
        grey,
        vocabulary.before(),
        vocabulary.breaks(height / PATCH),
        ids,
        targets,
        emphasis);
  }
}
