package org.invoicelens.train;

import java.util.List;

/**
 * One row of print.
 *
 * @param cells from left to right; none for an empty row
 * @param size of the font, in pixels of the page
 * @param frame what is drawn around it
 */
record Row(List<Cell> cells, double size, boolean bold, Frame frame) {

  /** Where a text stands. */
  enum Place {
    LEFT,
    CENTRE,
    RIGHT,
    /** Behind the text before it. */
    BEHIND,
    /** From the middle of the page on. */
    MIDDLE
  }

  /** What is drawn around a row. */
  enum Frame {
    NONE,
    /** A dark ground, the text in the colour of the paper. */
    BAND,
    BOX,
    RULE_ABOVE,
    RULE_BELOW,
    /** A mark at the left edge. */
    MARK
  }

  /** A text and its place. */
  record Cell(String text, Place place) {}

  static Row empty(double size, Frame frame) {
    return new Row(List.of(), size, false, frame);
  }

  static Row of(String text, Place place, double size, boolean bold, Frame frame) {
    return new Row(List.of(new Cell(text, place)), size, bold, frame);
  }

  static Row pair(String label, String value, Place place, double size, boolean bold, Frame frame) {
    return new Row(List.of(new Cell(label, Place.LEFT), new Cell(value, place)), size, bold, frame);
  }

  /** What is printed, as one line. */
  String text() {
    return String.join(" ", cells.stream().map(Cell::text).toList());
  }
}
