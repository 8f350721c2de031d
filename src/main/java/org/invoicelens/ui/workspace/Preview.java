package org.invoicelens.ui.workspace;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.image.Image;
import org.invoicelens.invoice.InvoiceDocument;

/**
 * A document's pages as the window shows them.
 *
 * @param pages no larger than a screen can use
 */
public record Preview(List<Image> pages) {

  /** Longest side of a picture on screen; beyond it there is only memory to lose. */
  private static final int LONGEST_SIDE = 3000;

  public Preview {
    pages = List.copyOf(pages);
  }

  /** Converts the pages; takes its time, so never on the UI thread. */
  static Preview of(InvoiceDocument document) {
    return new Preview(
        document.pages().stream()
            .map(Preview::screenSize)
            .map(page -> (Image) SwingFXUtils.toFXImage(page, null))
            .toList());
  }

  private static BufferedImage screenSize(BufferedImage page) {
    int longest = Math.max(page.getWidth(), page.getHeight());
    if (longest <= LONGEST_SIDE) {
      return page;
    }
    double factor = (double) LONGEST_SIDE / longest;
    int width = Math.max(1, (int) (page.getWidth() * factor));
    int height = Math.max(1, (int) (page.getHeight() * factor));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(page, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
