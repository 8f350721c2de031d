package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** The eight ways in which EXIF and TIFF let a picture lie, and how it comes upright. */
public final class Orientation {

  private Orientation() {}

  /**
   * Turns or mirrors a picture, changing no value of it.
   *
   * @param orientation the tag's value: 2 mirrored, 3 upside down, 4 both, 6 to be turned
   *     clockwise, 8 anticlockwise, 5 and 7 those mirrored; any other number means upright
   * @return the same picture where nothing is to be done
   */
  public static BufferedImage apply(BufferedImage picture, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return picture;
    }
    boolean turned = orientation >= 5;
    boolean right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    boolean bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    Raster source = picture.getRaster();
    int width = source.getWidth();
    int height = source.getHeight();
    WritableRaster target =
        source.createCompatibleWritableRaster(turned ? height : width, turned ? width : height);
    Object pixel = null;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixel = source.getDataElements(source.getMinX() + x, source.getMinY() + y, pixel);
        int alongX = turned ? y : x;
        int alongY = turned ? x : y;
        target.setDataElements(
            right ? target.getWidth() - 1 - alongX : alongX,
            bottom ? target.getHeight() - 1 - alongY : alongY,
            pixel);
      }
    }
    return new BufferedImage(picture.getColorModel(), target, picture.isAlphaPremultiplied(), null);
  }
}
