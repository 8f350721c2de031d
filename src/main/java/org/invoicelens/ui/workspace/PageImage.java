package org.invoicelens.ui.workspace;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.image.Image;
import org.invoicelens.invoice.PageSize;

/**
 * A page as the window shows it.
 *
 * @param sizes the page in several sizes, the largest first and each half the one before, since a
 *     picture that is drawn much smaller than it is loses its thin lines; the first is no larger
 *     than a screen can use
 * @param width the page's own width in pixels, which may be more than any image's
 * @param height the page's own height in pixels
 */
record PageImage(List<Image> sizes, int width, int height) {

  /** Longest side of a picture on screen; beyond it there is only memory to lose. */
  private static final int LONGEST_SIDE = 3000;

  /** Smaller than this, nothing can be read any more. */
  private static final int SMALLEST_SIDE = 256;

  private static final int THUMBNAIL = 112;

  PageImage {
    sizes = List.copyOf(sizes);
  }

  /** Converts a page; takes its time, so never on the UI thread. */
  static PageImage of(BufferedImage page) {
    List<Image> sizes = new ArrayList<>();
    BufferedImage next = PageSize.reduce(page, LONGEST_SIDE);
    sizes.add(SwingFXUtils.toFXImage(next, null));
    for (int side = longest(next) / 2; side >= SMALLEST_SIDE; side = longest(next) / 2) {
      next = PageSize.reduce(next, side);
      sizes.add(SwingFXUtils.toFXImage(next, null));
    }
    return new PageImage(sizes, page.getWidth(), page.getHeight());
  }

  private static int longest(BufferedImage page) {
    return Math.max(page.getWidth(), page.getHeight());
  }

  /** The image to draw at a width in pixels: the smallest that need not be blown up. */
  Image at(double shownWidth) {
    Image best = sizes.getFirst();
    for (Image smaller : sizes) {
      if (smaller.getWidth() >= shownWidth) {
        best = smaller;
      }
    }
    return best;
  }

  /** A page very small; takes its time, so never on the UI thread. */
  static Image thumbnail(BufferedImage page) {
    return SwingFXUtils.toFXImage(PageSize.reduce(page, THUMBNAIL), null);
  }
}
