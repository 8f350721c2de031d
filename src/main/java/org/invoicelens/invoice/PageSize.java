package org.invoicelens.invoice;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** The size of a page: enough for its purpose, and little memory. */
public final class PageSize {

  /** The longest side in pixels; twice what the model's image processor takes. */
  static final int LONGEST_SIDE = 2048;

  private PageSize() {}

  /** A page among several, no longer than {@link #LONGEST_SIDE}. */
  static BufferedImage reduce(BufferedImage page) {
    return reduce(page, LONGEST_SIDE);
  }

  /**
   * A page no longer than that, on white; a smaller one as it is.
   *
   * @param longestSide in pixels
   */
  public static BufferedImage reduce(BufferedImage page, int longestSide) {
    BufferedImage reduced = page;
    int longest = Math.max(page.getWidth(), page.getHeight());
    while (longest > longestSide) {
      // Bilinear sampling sees every pixel only when it halves at most.
      int next = Math.max(longestSide, (longest + 1) / 2);
      double scale = (double) next / Math.max(page.getWidth(), page.getHeight());
      reduced =
          draw(
              reduced,
              Math.max(1, (int) Math.round(page.getWidth() * scale)),
              Math.max(1, (int) Math.round(page.getHeight() * scale)));
      longest = next;
    }
    return reduced;
  }

  private static BufferedImage draw(BufferedImage picture, int width, int height) {
    BufferedImage drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, Color.WHITE, null);
    graphics.dispose();
    return drawn;
  }
}
