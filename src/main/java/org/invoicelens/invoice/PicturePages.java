package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.stream.ImageInputStream;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.Orientation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The pages of a picture file, upright. */
final class PicturePages {

  private static final Logger log = LoggerFactory.getLogger(PicturePages.class);

  /** The orientations of TIFF and EXIF, 1 to 8, by their names in the standard metadata format. */
  private static final List<String> ORIENTATIONS =
      List.of(
          "Normal",
          "FlipH",
          "Rotate180",
          "FlipV",
          "FlipHRotate90",
          "Rotate270",
          "FlipVRotate90",
          "Rotate90");

  private PicturePages() {}

  static List<BufferedImage> read(Path file, String name, DocumentType type)
      throws InferenceException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      ImageReader reader = reader(in, type);
      try {
        // Texts and profiles beside a picture may be packed, and come to any size.
        reader.setInput(in, false, type != DocumentType.TIFF);
        return pages(reader, file, name, type);
      } finally {
        reader.dispose();
      }
    } catch (InferenceException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Readers answer broken data with whatever exception their arithmetic ends in.
      throw DocumentFault.broken(name, type, e);
    }
  }

  private static ImageReader reader(ImageInputStream in, DocumentType type) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getFormatName().equalsIgnoreCase(type.imageFormat())) {
        return reader;
      }
      reader.dispose();
    }
    throw new IOException("no reader takes it for " + type.imageFormat());
  }

  private static List<BufferedImage> pages(
      ImageReader reader, Path file, String name, DocumentType type)
      throws IOException, InferenceException {
    int count = type == DocumentType.TIFF ? reader.getNumImages(true) : 1;
    if (count < 1) {
      throw new IOException("no pages");
    }
    DocumentFault.requirePages(name, count);
    for (int page = 0; page < count; page++) {
      DocumentFault.requireSize(name, reader.getWidth(page), reader.getHeight(page));
    }
    boolean[] cutOff = new boolean[1];
    reader.addIIOReadWarningListener((source, warning) -> {
      log.info("{}: {}", name, warning);
      // The JPEG library fills the rest of a cut off picture with grey and only warns of it.
      cutOff[0] |= warning.toLowerCase(Locale.ROOT).contains("premature end");
    });
    List<BufferedImage> pages = new ArrayList<>();
    for (int page = 0; page < count; page++) {
      BufferedImage picture = reader.read(page, new ImageReadParam());
      if (cutOff[0]) {
        throw new IOException("the file ends before the picture does");
      }
      int orientation =
          type == DocumentType.TIFF
              ? tiffOrientation(reader, page)
              : PictureOrientation.of(file, type);
      picture = Orientation.apply(picture, orientation);
      pages.add(count == 1 ? picture : PageSize.reduce(picture));
    }
    return pages;
  }

  private static int tiffOrientation(ImageReader reader, int page) {
    try {
      Element tree =
          (Element)
              reader
                  .getImageMetadata(page)
                  .getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName);
      NodeList nodes = tree.getElementsByTagName("ImageOrientation");
      return nodes.getLength() == 0
          ? 1
          : ORIENTATIONS.indexOf(((Element) nodes.item(0)).getAttribute("value")) + 1;
    } catch (IOException | RuntimeException e) {
      log.info("no orientation: {}", e.toString());
      return 1;
    }
  }
}
