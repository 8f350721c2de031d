package org.invoicelens.invoice;

import java.awt.image.BufferedImage;

/** Turns a picture upright by the orientation of TIFF and EXIF, 1 to 8. */
final class Orientation {
  private Orientation() {}

  static BufferedImage apply(BufferedImage picture, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return picture;
    }
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean turned = orientation >= 5;
    int kind =
        picture.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    BufferedImage upright =
        new BufferedImage(turned ? height : width, turned ? width : height, kind);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int right = width - 1 - x;
        int below = height - 1 - y;
        int rgb = picture.getRGB(x, y);
        switch (orientation) {
          case 2 -> upright.setRGB(right, y, rgb);
          case 3 -> upright.setRGB(right, below, rgb);
          case 4 -> upright.setRGB(x, below, rgb);
          case 5 -> upright.setRGB(y, x, rgb);
          case 6 -> upright.setRGB(below, x, rgb);
          case 7 -> upright.setRGB(below, right, rgb);
          default -> upright.setRGB(y, right, rgb);
        }
      }
    }
    return upright;
  }
}
