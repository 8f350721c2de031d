package org.invoicelens.train;

/**
 * A page at half its size, by the bicubic kernel with antialiasing by which the product brings
 * pictures to the size a model takes; in real numbers, so that a pixel may differ by one.
 */
final class Shrink {

  /** The kernel at the distances of a pixel's eight sources, a quarter of a pixel first. */
  private static final double[] TAPS = taps();

  private Shrink() {}

  private static double[] taps() {
    double[] taps = new double[8];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      taps[i] = kernel(Math.abs((i - 3.5) / 2));
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    return taps;
  }

  /** Keys' kernel with a sharpness of -0.5. */
  private static double kernel(double x) {
    return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /** {@code [height, width]} to half of both. */
  static byte[] half(byte[] page, int width, int height) {
    byte[] narrow = new byte[width / 2 * height];
    for (int y = 0; y < height; y++) {
      along(page, y * width, 1, width, narrow, y * (width / 2), 1);
    }
    byte[] small = new byte[width / 2 * (height / 2)];
    for (int x = 0; x < width / 2; x++) {
      along(narrow, x, width / 2, height, small, x, width / 2);
    }
    return small;
  }

  /** At an edge the taps that have a source share the whole weight. */
  private static void along(
      byte[] from, int begin, int step, int count, byte[] to, int target, int targetStep) {
    for (int i = 0; i < count / 2; i++) {
      double sum = 0;
      double weight = 0;
      for (int tap = 0; tap < 8; tap++) {
        int at = 2 * i + tap - 3;
        if (at >= 0 && at < count) {
          sum += TAPS[tap] * (from[begin + at * step] & 255);
          weight += TAPS[tap];
        }
      }
      to[target + i * targetStep] = (byte) Math.clamp(Math.round(sum / weight), 0, 255);
    }
  }
}
