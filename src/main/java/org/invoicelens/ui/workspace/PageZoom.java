package org.invoicelens.ui.workspace;

/**
 * How large a page is shown, as it fits or by a factor the user chose. A factor of 1 shows a pixel
 * of the page as one of the window.
 */
final class PageZoom {

  /** What the size follows. */
  enum Mode {
    PAGE,
    WIDTH,
    FACTOR
  }

  static final double STEP = 1.25;
  static final double LARGEST = 8;
  static final double SMALLEST = 0.05;

  /** Small pictures are not blown up beyond this to fit. */
  static final double LARGEST_FIT = 3;

  private Mode mode = Mode.PAGE;
  private double factor = 1;

  Mode mode() {
    return mode;
  }

  /** Shows the whole page. */
  void fitPage() {
    mode = Mode.PAGE;
  }

  /** Shows the page's whole width. */
  void fitWidth() {
    mode = Mode.WIDTH;
  }

  /** Shows the page by a factor, within the limits. */
  void set(double wanted) {
    mode = Mode.FACTOR;
    factor = Math.clamp(wanted, SMALLEST, LARGEST);
  }

  /**
   * The factor at which a page is shown.
   *
   * @param width of the page in its pixels
   * @param height of the page in its pixels
   * @param roomWidth of the window in its pixels
   * @param roomHeight of the window in its pixels
   */
  double factor(double width, double height, double roomWidth, double roomHeight) {
    return switch (mode) {
      case PAGE -> fit(Math.min(roomWidth / width, roomHeight / height));
      case WIDTH -> fit(roomWidth / width);
      case FACTOR -> factor;
    };
  }

  private static double fit(double wanted) {
    return Math.clamp(wanted, SMALLEST, LARGEST_FIT);
  }
}
