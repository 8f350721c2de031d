package org.invoicelens.remote;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A page as a {@code data:} address (RFC 2397): PNG, which changes no pixel, or JPEG where that
 * would be large, as for photographs.
 */
final class PageData {

  /** A PNG of more bytes than this gives way to a JPEG. */
  static final int LARGE = 2 << 20;

  private static final float QUALITY = 0.92f;

  private PageData() {}

  /**
   * @param page without transparency
   */
  static String url(BufferedImage page) {
    try {
      byte[] png = png(page);
      return png.length <= LARGE ? url("image/png", png) : url("image/jpeg", jpeg(page));
    } catch (IOException e) {
      throw new IllegalStateException("a picture in memory cannot be written to memory", e);
    }
  }

  private static String url(String type, byte[] bytes) {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] png(BufferedImage page) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(page, "png", out)) {
      throw new IOException("no writer for PNG");
    }
    return out.toByteArray();
  }

  private static byte[] jpeg(BufferedImage page) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(page, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
