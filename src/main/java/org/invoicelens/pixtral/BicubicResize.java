package org.invoicelens.pixtral;

import java.util.Arrays;

/**
 * Bicubic resampling with antialiasing, bit for bit that of the Python Imaging Library: horizontal
 * first, then vertical, each pass in integers with 22 fraction bits and rounded to 8 bits.
 */
final class BicubicResize {

  private static final int CHANNELS = 3;
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << FRACTION_BITS - 1;
  private static final double SHARPNESS = -0.5;

  private BicubicResize() {}

  /** The picture as {@code [height, width, 3]} bytes of the new size. */
  static byte[] resize(RgbRows rows, int width, int height) {
    byte[] narrow = new byte[Math.multiplyExact(width * CHANNELS, rows.height())];
    byte[] row = new byte[rows.width() * CHANNELS];
    Taps across = width == rows.width() ? null : new Taps(rows.width(), width);
    for (int y = 0; y < rows.height(); y++) {
      rows.read(y, row);
      if (across == null) {
        System.arraycopy(row, 0, narrow, y * row.length, row.length);
      } else {
        horizontal(row, narrow, y * width * CHANNELS, across);
      }
    }
    return height == rows.height()
        ? narrow
        : vertical(narrow, width * CHANNELS, new Taps(rows.height(), height));
  }

  private static void horizontal(byte[] row, byte[] target, int at, Taps taps) {
    for (int x = 0; x < taps.first.length; x++) {
      int[] weights = taps.weights[x];
      int source = taps.first[x] * CHANNELS;
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      for (int weight : weights) {
        red += (row[source] & 255) * weight;
        green += (row[source + 1] & 255) * weight;
        blue += (row[source + 2] & 255) * weight;
        source += CHANNELS;
      }
      target[at++] = clamp(red);
      target[at++] = clamp(green);
      target[at++] = clamp(blue);
    }
  }

  private static byte[] vertical(byte[] source, int stride, Taps taps) {
    byte[] target = new byte[stride * taps.first.length];
    int[] sums = new int[stride];
    for (int y = 0; y < taps.first.length; y++) {
      Arrays.fill(sums, HALF);
      int at = taps.first[y] * stride;
      for (int weight : taps.weights[y]) {
        for (int i = 0; i < stride; i++) {
          sums[i] += (source[at + i] & 255) * weight;
        }
        at += stride;
      }
      for (int i = 0; i < stride; i++) {
        target[y * stride + i] = clamp(sums[i]);
      }
    }
    return target;
  }

  private static byte clamp(int sum) {
    return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
  }

  /** Which inputs make each output along one axis, and with which integer weights. */
  private static final class Taps {

    private final int[] first;
    private final int[][] weights;

    Taps(int in, int out) {
      first = new int[out];
      weights = new int[out][];
      double scale = (double) in / out;
      double spread = Math.max(scale, 1);
      double support = 2 * spread;
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale;
        int begin = Math.max((int) (centre - support + 0.5), 0);
        int end = Math.min((int) (centre + support + 0.5), in);
        double[] exact = new double[end - begin];
        double sum = 0;
        for (int x = begin; x < end; x++) {
          exact[x - begin] = cubic((x - centre + 0.5) / spread);
          sum += exact[x - begin];
        }
        first[i] = begin;
        weights[i] = new int[exact.length];
        for (int x = 0; x < exact.length; x++) {
          double weight = exact[x] / sum * (1 << FRACTION_BITS);
          weights[i][x] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
      }
    }

    /** Keys' cubic convolution kernel. */
    private static double cubic(double x) {
      double distance = Math.abs(x);
      if (distance < 1) {
        return ((SHARPNESS + 2) * distance - (SHARPNESS + 3)) * distance * distance + 1;
      }
      if (distance < 2) {
        return (((distance - 5) * distance + 8) * distance - 4) * SHARPNESS;
      }
      return 0;
    }
  }
}
