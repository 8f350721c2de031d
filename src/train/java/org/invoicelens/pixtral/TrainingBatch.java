package org.invoicelens.pixtral;

/**
 * Pictures of one size and what is to be said to them.
 *
 * @param width of each picture in pixels, a multiple of the patch
 * @param height the same
 * @param count how many pictures
 * @param length tokens behind each picture, padded
 * @param grey {@code [count, height, width]}
 * @param before tokens in front of every picture
 * @param breaks the token behind each row of patches
 * @param ids {@code [count, length]}, what is given
 * @param targets {@code [count, length]}, what is to follow each; {@link #NOTHING} where nothing is
 *     asked
 * @param emphasis {@code [count, length]}, how much each counts
 */
public record TrainingBatch(
    int width,
    int height,
    int count,
    int length,
    byte[] grey,
    long[] before,
    long[] breaks,
    long[] ids,
    long[] targets,
    float[] emphasis) {

  /** The target where nothing is asked. */
  public static final long NOTHING = -100;

  /** Rows that go through a layer of each half, roughly the work of a step. */
  public long rows(int patch) {
    long patches = (long) (width / patch) * (height / patch);
    return count * (2 * patches + breaks.length + before.length + length);
  }
}
