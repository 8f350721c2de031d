package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /** How long the opening of a document may take. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  static {
    // Cache files would lie in the temporary folder beside files that are open anyway.
    ImageIO.setUseCache(false);
  }

  private final Duration patience;

  public DocumentLoader() {
    this(PATIENCE);
  }

  DocumentLoader(Duration patience) {
    this.patience = patience;
  }

  /**
   * Opens a file.
   *
   * @throws InferenceException where it is missing, not a document, broken, protected, too large or
   *     takes too long
   */
  public InvoiceDocument load(Path file) throws InferenceException {
    String name = name(file);
    DocumentType type = examine(file);
    // What draws a page may be written so that it takes forever, and the libraries take no limit.
    FutureTask<InvoiceDocument> opening = new FutureTask<>(() -> open(file, name, type));
    Thread thread = Thread.ofPlatform().daemon().name("opening " + name).start(opening);
    try {
      return opening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw DocumentFault.tooLarge("document.tooLong", e, name, patience.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DocumentFault.bad("document.unreadable", name, "interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case InferenceException told -> throw told;
        case RuntimeException fault -> throw fault;
        case Error fault -> throw fault;
        default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      thread.interrupt();
    }
  }

  private static InvoiceDocument open(Path file, String name, DocumentType type)
      throws InferenceException {
    try {
      List<BufferedImage> pages =
          type == DocumentType.PDF
              ? PdfPages.read(file, name)
              : PicturePages.read(file, name, type);
      return new InvoiceDocument(name, pages);
    } catch (OutOfMemoryError e) {
      throw DocumentFault.tooLarge("document.noMemory", e, name);
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

  /** What a file is, by its first bytes; refuses what cannot be opened whatever follows them. */
  static DocumentType examine(Path file) throws InferenceException {
    String name = name(file);
    if (Files.isDirectory(file)) {
      throw DocumentFault.bad("document.folder", name);
    }
    if (!Files.exists(file)) {
      throw DocumentFault.bad("document.missing", file);
    }
    if (!Files.isRegularFile(file)) {
      throw DocumentFault.bad("document.noFile", name);
    }
    byte[] head;
    long size;
    try (InputStream in = Files.newInputStream(file)) {
      size = Files.size(file);
      head = in.readNBytes(DocumentType.HEAD);
    } catch (IOException e) {
      throw DocumentFault.bad("document.unreadable", name, e.toString(), e);
    }
    if (size == 0) {
      throw DocumentFault.bad("document.empty", name);
    }
    if (size > LARGEST_FILE) {
      throw DocumentFault.tooLarge(
          "document.manyBytes", null, name, size / 1_000_000, LARGEST_FILE / 1_000_000);
    }
    return DocumentType.of(head).orElseThrow(() -> DocumentFault.bad("document.unknown", name));
  }
}
