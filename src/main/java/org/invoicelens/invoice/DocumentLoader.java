package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.invoicelens.pixtral.InferenceException;

/** Opens images and PDFs within limits that are checked before anything is decoded. Thread-safe. */
public final class DocumentLoader {

  /**
   * Opens a file.
   *
   * @throws InferenceException where it is missing, not a document, broken, protected or too large
   */
  public InvoiceDocument load(Path file) throws InferenceException {
    throw new UnsupportedOperationException();
  }

  /** Takes a picture that is in memory already, such as one from the clipboard. */
  public InvoiceDocument load(String name, BufferedImage picture) throws InferenceException {
    throw new UnsupportedOperationException();
  }
}
