package org.invoicelens.invoice;

import java.awt.image.BufferedImage;

/** Whether a page is empty: a model that is asked for fields finds some on white paper too. */
final class BlankPage {

  /** How far a pixel is from the paper's shade where something stands, out of 255. */
  private static final int CONTRAST = 40;

  /** Of a million pixels so many may be dust; a short word in small print has more. */
  private static final int DUST = 20;

  private BlankPage() {}

  static boolean is(BufferedImage page) {
    BufferedImage small = PageSize.reduce(page);
    int[] row = new int[small.getWidth()];
    long[] shades = new long[256];
    for (int y = 0; y < small.getHeight(); y++) {
      small.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        shades[shade(pixel)]++;
      }
    }
    int paper = 0;
    for (int shade = 1; shade < shades.length; shade++) {
      paper = shades[shade] > shades[paper] ? shade : paper;
    }
    long marks = 0;
    for (int shade = 0; shade < shades.length; shade++) {
      marks += Math.abs(shade - paper) > CONTRAST ? shades[shade] : 0;
    }
    return marks * 1_000_000 <= (long) DUST * small.getWidth() * small.getHeight();
  }

  /** The luminance of ITU-R BT.601, on white where nothing covers the page. */
  private static int shade(int argb) {
    int luminance =
        (299 * (argb >> 16 & 0xff) + 587 * (argb >> 8 & 0xff) + 114 * (argb & 0xff)) / 1000;
    int cover = argb >>> 24;
    return (luminance * cover + 255 * (255 - cover)) / 255;
  }
}
