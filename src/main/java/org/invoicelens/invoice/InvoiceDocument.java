package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.util.List;
import org.invoicelens.pixtral.Orientation;

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

  /** A page turned clockwise by so many quarters of a full turn; any number will do. */
  public static BufferedImage turned(BufferedImage page, int quarters) {
    int orientation =
        switch (Math.floorMod(quarters, 4)) {
          case 1 -> 6;
          case 2 -> 3;
          case 3 -> 8;
          default -> 1;
        };
    return Orientation.apply(page, orientation);
  }

  /** The same with every page turned clockwise by so many quarters of a full turn. */
  public InvoiceDocument turned(int quarters) {
    return new InvoiceDocument(name, pages.stream().map(page -> turned(page, quarters)).toList());
  }
}
