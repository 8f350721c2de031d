package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * An invoice as pictures.
 *
 * @param name the file's name, or what the user calls it
 * @param pages upright pictures, at least one
 */
public record InvoiceDocument(String name, List<BufferedImage> pages) {
  public InvoiceDocument {
    pages = List.copyOf(pages);
    if (pages.isEmpty()) {
      throw new IllegalArgumentException("A document has at least one page.");
    }
  }
}
