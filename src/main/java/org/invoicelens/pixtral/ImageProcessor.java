package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;
import org.invoicelens.stage.Words;

/**
 * Turns a picture into the pixels that the vision tower takes. Thread-safe.
 *
 * <p>Transparent parts are laid on white; a picture whose longer side is above the limit is shrunk
 * to it, both sides rounded down; then both sides are rounded up to a multiple of the patch; the
 * values are scaled and normalised for each channel. This is what the image processor of the
 * published checkpoint does (transformers 4.50 and later), bit for bit up to the normalisation.
 */
public final class ImageProcessor {

  private static final Words WORDS = Words.of(ImageProcessor.class);

  private static final int CHANNELS = 3;

  private final ImageSettings settings;
  private final float[][] normalised = new float[CHANNELS][256];

  ImageProcessor(ImageSettings settings) {
    this.settings = settings;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int value = 0; value < 256; value++) {
        normalised[channel][value] =
            (float)
                ((value * settings.rescaleFactor() - settings.mean()[channel])
                    / settings.deviation()[channel]);
      }
    }
  }

  /** What Pixtral sees, for a model whose files are not here: 1024 pixels, patches of 16. */
  public static ImageProcessor ofPixtral() {
    return new ImageProcessor(ImageSettings.pixtral(1024, 16));
  }

  /**
   * The size at which the model sees a picture, and its grid of patches.
   *
   * @param width in pixels
   * @param height in pixels
   * @param columns patches in a row
   * @param rows rows of patches
   */
  public record Size(int width, int height, int columns, int rows) {}

  /**
   * The size at which the model sees a picture of the given size.
   *
   * @throws InferenceException where the picture is so narrow that nothing would be left of it
   */
  public Size size(int width, int height) throws InferenceException {
    int patch = settings.patchSize();
    if (!settings.resize()) {
      if (width % patch != 0 || height % patch != 0) {
        throw unsuitable("picture.multiples", width, height, patch);
      }
      return new Size(width, height, width / patch, height / patch);
    }
    double ratio = Math.max(width, height) / (double) settings.longestEdge();
    int shrunkWidth = ratio > 1 ? (int) Math.floor(width / ratio) : width;
    int shrunkHeight = ratio > 1 ? (int) Math.floor(height / ratio) : height;
    if (shrunkWidth == 0 || shrunkHeight == 0) {
      throw unsuitable("picture.narrow", width, height);
    }
    int columns = (shrunkWidth - 1) / patch + 1;
    int rows = (shrunkHeight - 1) / patch + 1;
    return new Size(columns * patch, rows * patch, columns, rows);
  }

  /**
   * Prepares one upright picture of any type.
   *
   * @throws InferenceException where the picture's proportions are impossible
   */
  public ImagePixels process(BufferedImage picture) throws InferenceException {
    Size size = size(picture.getWidth(), picture.getHeight());
    byte[] bytes = resized(picture, size);
    int plane = size.width() * size.height();
    float[] values = new float[CHANNELS * plane];
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] table = normalised[channel];
      for (int i = 0; i < plane; i++) {
        values[channel * plane + i] = table[bytes[CHANNELS * i + channel] & 255];
      }
    }
    return new ImagePixels(values, size.width(), size.height());
  }

  /** The picture as the model sees it, in colours again: resized, before normalisation. */
  public BufferedImage seen(BufferedImage picture) throws InferenceException {
    Size size = size(picture.getWidth(), picture.getHeight());
    byte[] bytes = resized(picture, size);
    BufferedImage seen = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    int[] row = new int[size.width()];
    for (int y = 0; y < size.height(); y++) {
      int at = y * size.width() * CHANNELS;
      for (int x = 0; x < row.length; x++, at += CHANNELS) {
        row[x] = (bytes[at] & 255) << 16 | (bytes[at + 1] & 255) << 8 | bytes[at + 2] & 255;
      }
      seen.setRGB(0, y, size.width(), 1, row, 0, size.width());
    }
    return seen;
  }

  /** The picture at the model's size, before normalisation: {@code [height, width, 3]}. */
  static byte[] resized(BufferedImage picture, Size size) {
    return BicubicResize.resize(new RgbRows(picture), size.width(), size.height());
  }

  private static InferenceException unsuitable(String key, Object... arguments) {
    return new InferenceException(
        InferenceException.Reason.BAD_DOCUMENT, WORDS.problem(key, arguments), "", null);
  }
}
