package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

  /** How much all that is asked counts. */
  public double weight() {
    double sum = 0;
    for (float one : emphasis) {
      sum += one;
    }
    return sum;
  }

  /** Shares of this batch, as even as can be; fewer where there are fewer pictures. */
  public List<TrainingBatch> split(int shares) {
    int parts = Math.min(shares, count);
    List<TrainingBatch> all = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      all.add(between(count * i / parts, count * (i + 1) / parts));
    }
    return all;
  }

  private TrainingBatch between(int from, int to) {
    int page = width * height;
    return new TrainingBatch(
        width,
        height,
        to - from,
        length,
        Arrays.copyOfRange(grey, from * page, to * page),
        before,
        breaks,
        Arrays.copyOfRange(ids, from * length, to * length),
        Arrays.copyOfRange(targets, from * length, to * length),
        Arrays.copyOfRange(emphasis, from * length, to * length));
  }
}
