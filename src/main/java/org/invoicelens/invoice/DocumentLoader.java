package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.invoicelens.pixtral.InferenceException;

/**
 * Opens images and PDFs within limits that are checked before anything is decoded. Thread-safe.
 *
 * <p>What a file is, its content says and not its name. PNG, JPEG, GIF (the first frame), BMP, TIFF
 * (every page), WebP and PDF are opened; a camera's orientation is applied.
 */
public final class DocumentLoader {

  /** The longest side of a picture, in pixels. */
  public static final int LONGEST_SIDE = 30_000;

  /** The most pixels of a picture. */
  public static final long MOST_PIXELS = 100_000_000;

  /** The most pages of a document. */
  public static final int MOST_PAGES = 20;

  /** The largest file, in bytes. */
  public static final long LARGEST_FILE = 200_000_000;

  static {
    // Cache files would lie in the temporary folder beside files that are open anyway.
    ImageIO.setUseCache(false);
  }

  /**
   * Opens a file.
   *
   * @throws InferenceException where it is missing, not a document, broken, protected or too large
   */
  public InvoiceDocument load(Path file) throws InferenceException {
    String name = name(file);
    DocumentType type = examine(file, name);
    try {
      List<BufferedImage> pages =
          type == DocumentType.PDF
              ? PdfPages.read(file, name)
              : PicturePages.read(file, name, type);
      return new InvoiceDocument(name, pages);
    } catch (OutOfMemoryError e) {
      throw DocumentFault.tooLarge(
          name + " needs more memory to open than this program has.",
          "Make its pictures smaller: 300 dots per inch are plenty for a page.",
          e);
    }
  }

  /** Takes a picture that is in memory already, such as one from the clipboard. */
  public InvoiceDocument load(String name, BufferedImage picture) throws InferenceException {
    DocumentFault.requireSize(name, picture.getWidth(), picture.getHeight());
    return new InvoiceDocument(name, List.of(picture));
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? file.toString() : name.toString();
  }

  private static DocumentType examine(Path file, String name) throws InferenceException {
    if (Files.isDirectory(file)) {
      throw DocumentFault.bad(name + " is a folder.", "Choose the files in it.");
    }
    if (!Files.exists(file)) {
      throw DocumentFault.bad(
          "There is no file " + file + ".", "Check the name and the folder it lies in.");
    }
    if (!Files.isRegularFile(file)) {
      throw DocumentFault.bad(name + " is not an ordinary file.", "Choose a picture or a PDF.");
    }
    byte[] head;
    long size;
    try (InputStream in = Files.newInputStream(file)) {
      size = Files.size(file);
      head = in.readNBytes(DocumentType.HEAD);
    } catch (IOException e) {
      throw DocumentFault.bad(
          name + " cannot be read.",
          "Check that you may open it and that its drive is connected.",
          e.toString(),
          e);
    }
    if (size == 0) {
      throw DocumentFault.bad(name + " is empty.", "Save or scan it again.");
    }
    if (size > LARGEST_FILE) {
      throw DocumentFault.tooLarge(
          String.format(
              Locale.ROOT,
              "%s is %,d MB large; at most %,d MB can be opened.",
              name,
              size / 1_000_000,
              LARGEST_FILE / 1_000_000),
          "Split it, or save its pictures with fewer dots per inch.",
          null);
    }
    return DocumentType.of(head)
        .orElseThrow(() ->
            DocumentFault.bad(
                name + " is not a picture or PDF that can be opened.",
                "PNG, JPEG, GIF, BMP, TIFF, WebP and PDF can; save it as one of these."));
  }
}
