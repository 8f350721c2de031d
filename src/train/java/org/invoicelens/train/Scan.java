package org.invoicelens.train;

/**
 * What a scanner and a desk do to a page: shadow, blur, noise and dirt, the same in every colour.
 */
final class Scan {

  private final int width;
  private final int height;
  private final double shadowDepth;
  private final double shadowAngle;
  private final double shadowPlace;
  private final double shadowWidth;
  private final boolean blurred;
  private final int noise;
  private final long noiseSeed;
  private final int[] dirt;
  private final int dot;

  /**
   * @param scale pixels of the picture for one of the page
   */
  Scan(Dice dice, Wear wear, int width, int height, int scale) {
    this.width = width;
    this.height = height;
    boolean heavy = wear == Wear.HEAVY;
    shadowDepth = heavy && dice.oneIn(2) ? dice.between(0.05, 0.3) : 0;
    shadowAngle = dice.between(0, 2 * Math.PI);
    shadowPlace = dice.between(-0.4, 0.4);
    shadowWidth = dice.between(0.1, 1);
    blurred = heavy && dice.oneIn(2);
    int strongest = heavy ? 14 : wear == Wear.LIGHT ? 8 : 0;
    noise = strongest == 0 ? 0 : 1 + dice.below(strongest * (scale + 1) / 2);
    noiseSeed = dice.number() | 1;
    dirt = new int[heavy ? 3 * dice.below(12) : 0];
    dot = scale;
    for (int i = 0; i < dirt.length; i += 3) {
      dirt[i] = dice.below(width - dot);
      dirt[i + 1] = dice.below(height - dot);
      dirt[i + 2] = dice.oneIn(3) ? 255 : dice.below(150);
    }
  }

  /** Wears one colour of a page, {@code [height, width]}. */
  void wear(byte[] plane) {
    if (blurred) {
      blur(plane);
    }
    if (shadowDepth > 0) {
      shade(plane);
    }
    for (int i = 0; i < dirt.length; i += 3) {
      for (int y = 0; y < dot; y++) {
        for (int x = 0; x < dot; x++) {
          plane[(dirt[i + 1] + y) * width + dirt[i] + x] = (byte) dirt[i + 2];
        }
      }
    }
    if (noise > 0) {
      sprinkle(plane);
    }
  }

  private void blur(byte[] plane) {
    byte[] before = plane.clone();
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int at = y * width + x;
        int cross =
            (before[at - 1] & 255)
                + (before[at + 1] & 255)
                + (before[at - width] & 255)
                + (before[at + width] & 255);
        plane[at] = (byte) ((4 * (before[at] & 255) + cross + 4) >> 3);
      }
    }
  }

  private void shade(byte[] plane) {
    double across = Math.cos(shadowAngle) / width;
    double down = Math.sin(shadowAngle) / height;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double along = (x - width / 2.0) * across + (y - height / 2.0) * down - shadowPlace;
        double share = Math.clamp(along / shadowWidth + 0.5, 0, 1);
        int at = y * width + x;
        plane[at] = (byte) ((plane[at] & 255) * (1 - shadowDepth * share));
      }
    }
  }

  /** Marsaglia's xorshift: a picture takes a hundred thousand numbers. */
  private void sprinkle(byte[] plane) {
    long state = noiseSeed;
    int span = 2 * noise + 1;
    for (int i = 0; i < plane.length; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      int value = (plane[i] & 255) + (int) ((state >>> 33) % span) - noise;
      plane[i] = (byte) Math.clamp(value, 0, 255);
    }
  }
}
