package org.invoicelens.pixtral;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * A picture as rows of 8-bit red, green and blue, transparent parts laid on white.
 *
 * <p>Samples are taken as they are stored: an embedded colour profile is not applied, and grey is
 * not sent through Java's linear grey space, which would change every value. Colour models other
 * than red-green-blue, grey and palette are converted by Java.
 */
final class RgbRows {

  private enum Form {
    PALETTE,
    GREY,
    RGB,
    OTHER
  }

  private final BufferedImage picture;
  private final Raster raster;
  private final ColorModel colours;
  private final Form form;
  private final int bands;
  private final int[] samples;
  private final int[] palette;

  RgbRows(BufferedImage picture) {
    this.picture = picture;
    this.raster = picture.getRaster();
    this.colours = picture.getColorModel();
    this.form = form(colours, raster.getNumBands());
    this.bands = raster.getNumBands();
    this.samples = new int[picture.getWidth() * Math.max(1, bands)];
    if (colours instanceof IndexColorModel indexed) {
      palette = new int[indexed.getMapSize()];
      indexed.getRGBs(palette);
    } else {
      palette = new int[0];
    }
  }

  int width() {
    return picture.getWidth();
  }

  int height() {
    return picture.getHeight();
  }

  /** Fills {@code rgb} with three bytes a pixel of row {@code y}. */
  void read(int y, byte[] rgb) {
    int width = width();
    switch (form) {
      case PALETTE -> {
        readSamples(y);
        for (int x = 0; x < width; x++) {
          // An index outside the palette is what a damaged file holds; decoders show it black.
          putArgb(rgb, x, samples[x] < palette.length ? palette[samples[x]] : 0xff000000);
        }
      }
      case GREY, RGB -> {
        readSamples(y);
        boolean grey = form == Form.GREY;
        int opaqueBands = grey ? 1 : 3;
        for (int x = 0; x < width; x++) {
          int at = x * bands;
          int red = to8Bits(at, 0);
          int green = grey ? red : to8Bits(at, 1);
          int blue = grey ? red : to8Bits(at, 2);
          int alpha = bands > opaqueBands ? to8Bits(at, opaqueBands) : 255;
          put(rgb, x, red, green, blue, alpha);
        }
      }
      case OTHER -> {
        picture.getRGB(0, y, width, 1, samples, 0, width);
        for (int x = 0; x < width; x++) {
          putArgb(rgb, x, samples[x]);
        }
      }
    }
  }

  private static Form form(ColorModel colours, int bands) {
    if (colours instanceof IndexColorModel) {
      return Form.PALETTE;
    }
    int type = colours.getTransferType();
    boolean whole =
        type == DataBuffer.TYPE_BYTE
            || type == DataBuffer.TYPE_USHORT
            || type == DataBuffer.TYPE_INT;
    if (!whole || colours.isAlphaPremultiplied() || bands != colours.getNumComponents()) {
      return Form.OTHER;
    }
    return switch (colours.getColorSpace().getType()) {
      case ColorSpace.TYPE_GRAY -> Form.GREY;
      case ColorSpace.TYPE_RGB -> Form.RGB;
      default -> Form.OTHER;
    };
  }

  private void readSamples(int y) {
    raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, samples);
  }

  private int to8Bits(int at, int band) {
    int value = samples[at + band];
    int bits = colours.getComponentSize(band);
    if (bits == 8) {
      return value;
    }
    if (bits > 8) {
      return value >>> bits - 8;
    }
    int most = (1 << bits) - 1;
    return (value * 255 + most / 2) / most;
  }

  private static void putArgb(byte[] rgb, int x, int argb) {
    put(rgb, x, argb >> 16 & 255, argb >> 8 & 255, argb & 255, argb >>> 24);
  }

  private static void put(byte[] rgb, int x, int red, int green, int blue, int alpha) {
    rgb[3 * x] = onWhite(red, alpha);
    rgb[3 * x + 1] = onWhite(green, alpha);
    rgb[3 * x + 2] = onWhite(blue, alpha);
  }

  /** The weighted mean with white, divided by 255 and rounded to the nearest. */
  private static byte onWhite(int value, int alpha) {
    int sum = value * alpha + 255 * (255 - alpha) + 128;
    return (byte) (sum + (sum >> 8) >> 8);
  }
}
