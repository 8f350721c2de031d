package org.invoicelens.pixtral;

import java.util.Arrays;

/**
 * The values that a few bits stand for, in ascending order.
 *
 * <p>The sixteen values of nf4 are quantiles of the normal distribution, and the 256 of the scales
 * are decades with evenly spaced fractions, both as in the QLoRA paper (Dettmers and others, 2023)
 * and its library bitsandbytes. A value gets the code of the nearest entry.
 *
 * @param values in ascending order
 */
record CodeBook(float[] values) {

  /** Four-bit codes of the normal distribution, for values from -1 to 1. */
  static CodeBook normalFloat() {
    return new CodeBook(
        new float[] {
          -1f,
          -0.6961928009986877f,
          -0.5250730514526367f,
          -0.39491748809814453f,
          -0.28444138169288635f,
          -0.18477343022823334f,
          -0.09105003625154495f,
          0f,
          0.07958029955625534f,
          0.16093020141124725f,
          0.24611230194568634f,
          0.33791524171829224f,
          0.44070982933044434f,
          0.5626170039176941f,
          0.7229568362236023f,
          1f
        });
  }

  /**
   * Four-bit integers from -7 to 7, code 8 for 0, in steps of a seventh of their group's largest
   * magnitude; code 0 is never given, so that the range is even.
   */
  static CodeBook integers() {
    float[] values = new float[16];
    for (int i = 0; i < 16; i++) {
      values[i] = i - 8f;
    }
    return new CodeBook(values);
  }

  /**
   * Eight-bit codes for values from -1 to 1, finer near zero: for each of seven decades, twice as
   * many even steps as for the one below; and 0 and 1.
   */
  static CodeBook dynamic() {
    float[] values = new float[256];
    int next = 0;
    for (int decade = 0; decade < 7; decade++) {
      int steps = 1 << decade;
      float power = (float) Math.pow(10, decade - 6);
      for (int step = 0; step < steps; step++) {
        float value = power * ((edge(step, steps) + edge(step + 1, steps)) / 2);
        values[next++] = value;
        values[next++] = -value;
      }
    }
    values[next] = 1f;
    Arrays.sort(values);
    return new CodeBook(values);
  }

  /**
   * The i-th of the edges of even steps from 0.1 to 1, rounded on the way as PyTorch rounds them
   * eight at a time: only so are codes the same to the last bit as those of the library.
   */
  private static float edge(int i, int steps) {
    float step = (1f - 0.1f) / steps;
    int first = steps >= 16 && i < steps ? i / 8 * 8 : i;
    float start =
        first < (steps + 1) / 2 ? Math.fma(step, first, 0.1f) : Math.fma(-step, steps - first, 1f);
    return start + step * (i - first);
  }

  /** The middles between neighbours: a value's code is how many of them it exceeds. */
  float[] thresholds() {
    float[] thresholds = new float[values.length - 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (float) (((double) values[i] + values[i + 1]) / 2);
    }
    return thresholds;
  }

  /** For each byte of two four-bit codes the two values, the high half's first. */
  float[] pairs() {
    float[] pairs = new float[512];
    for (int i = 0; i < 256; i++) {
      pairs[2 * i] = values[i >> 4];
      pairs[2 * i + 1] = values[i & 15];
    }
    return pairs;
  }
}
