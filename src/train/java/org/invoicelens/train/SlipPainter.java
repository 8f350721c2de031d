package org.invoicelens.train;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.List;
import java.util.Optional;
import org.invoicelens.train.Row.Cell;
import org.invoicelens.train.Row.Frame;
import org.invoicelens.train.Row.Place;

/** Draws rows on paper and lets the page be scanned. */
final class SlipPainter {

  private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

  private static final double MARGIN = 3;

  private final Dice dice;
  private final int width;
  private final int height;
  private final int scale;
  private final String family;
  private final int style;
  private final double widthOfFont;
  private final Color paper;
  private final Color ink;
  private final Color accent;
  private final double side;

  /**
   * @param scale pixels of the picture for one of the page: 1, or 2 to be shrunk as the product
   *     does
   */
  SlipPainter(Dice dice, FontShelf fonts, int width, int height, int scale) {
    this.dice = dice;
    this.width = width;
    this.height = height;
    this.scale = scale;
    family = dice.of(fonts.families());
    widthOfFont = fonts.width(dice);
    int slant = dice.below(10);
    style = slant < 7 ? Font.PLAIN : slant < 9 ? Font.BOLD : Font.ITALIC;
    int light = 225 + dice.below(31);
    paper =
        dice.oneIn(4)
            ? new Color(light, light - dice.below(10), light - dice.below(25))
            : new Color(light, light, light);
    int dark = dice.below(90);
    ink = dice.oneIn(4) ? new Color(dark / 2, dark / 2, dark) : new Color(dark, dark, dark);
    accent = Color.getHSBColor((float) dice.between(0, 1), 0.8f, (float) dice.between(0.2, 0.6));
    side = 4 + dice.below(10);
  }

  /**
   * Draws a page.
   *
   * @return nothing where the rows do not fit
   */
  Optional<Slip> paint(List<Row> rows, Optional<SlipFields> fields, Wear wear, String stamp) {
    double lead = dice.between(1.15, 1.5);
    double needed = 0;
    for (Row row : rows) {
      needed += height(row, lead);
      if (!fits(row)) {
        return Optional.empty();
      }
    }
    double free = height - 2 * MARGIN - needed;
    if (free < 0) {
      return Optional.empty();
    }
    BufferedImage picture =
        new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.setColor(paper);
    g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    g.scale(scale, scale);
    double askew = wear == Wear.HEAVY ? 1.3 : wear == Wear.LIGHT ? 0.8 : 0;
    g.rotate(Math.toRadians(dice.between(-askew, askew)), width / 2.0, height / 2.0);
    double gap = free * 0.5 / rows.size() * dice.between(0, 1);
    double y = MARGIN + dice.between(0, 1) * (free - gap * rows.size()) * 0.8;
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      draw(g, row, y, height(row, lead));
      y += height(row, lead) + gap;
      if (!row.cells().isEmpty()) {
        text.append(text.isEmpty() ? "" : "\n").append(row.text());
      }
    }
    if (wear == Wear.HEAVY && dice.oneIn(3)) {
      stamp(g, stamp);
    }
    g.dispose();
    return Optional.of(scanned(picture, fields, text.toString(), wear));
  }

  private Font font(Row row) {
    return FontShelf.font(family, row.bold() ? Font.BOLD : style, row.size(), widthOfFont);
  }

  private static double width(Font font, String text) {
    return font.getStringBounds(text, MEASURE).getWidth();
  }

  private double height(Row row, double lead) {
    if (row.cells().isEmpty()) {
      return row.size() * 0.6;
    }
    return row.size() * lead + (isFramed(row) ? 4 : 0);
  }

  private static boolean isFramed(Row row) {
    return row.frame() == Frame.BAND || row.frame() == Frame.BOX || row.frame() == Frame.MARK;
  }

  /** What is left free at both sides of a row, for its frame or its mark. */
  private double inset(Row row) {
    return switch (row.frame()) {
      case BAND, BOX -> 4;
      case MARK -> row.size() * 1.5;
      default -> 0;
    };
  }

  private boolean fits(Row row) {
    double free = width - 2 * side - inset(row) - (row.frame() == Frame.MARK ? 0 : inset(row));
    Font font = font(row);
    double taken = 0;
    for (Cell cell : row.cells()) {
      double text = width(font, cell.text());
      if (cell.place() == Place.MIDDLE && text > free / 2 - 2
          || row.cells().size() == 2
              && row.cells().get(1).place() == Place.MIDDLE
              && text > free / 2 - 4) {
        return false;
      }
      taken += text;
    }
    double between = row.cells().size() > 1 ? 8 : 0;
    return taken + between <= free;
  }

  private void draw(Graphics2D g, Row row, double y, double rowHeight) {
    double left = side + inset(row);
    double right = width - side - (row.frame() == Frame.MARK ? 0 : inset(row));
    Rectangle2D around = new Rectangle2D.Double(side, y, width - 2 * side, rowHeight - 1);
    g.setStroke(new BasicStroke(dice.oneIn(3) ? 1.5f : 1f));
    g.setColor(dice.oneIn(2) ? accent : ink);
    switch (row.frame()) {
      case BAND -> g.fill(around);
      case BOX ->
          g.draw(
              dice.oneIn(3)
                  ? new RoundRectangle2D.Double(
                      around.getX(), around.getY(), around.getWidth(), around.getHeight(), 6, 6)
                  : around);
      case RULE_ABOVE -> g.draw(new Line2D.Double(side, y + 2, width - side, y + 2));
      case RULE_BELOW ->
          g.draw(new Line2D.Double(side, y + rowHeight - 1, width - side, y + rowHeight - 1));
      case MARK -> mark(g, side, y + (rowHeight - row.size() * 1.2) / 2, row.size() * 1.2);
      case NONE -> {}
    }
    g.setColor(row.frame() == Frame.BAND ? paper : ink);
    Font font = font(row);
    g.setFont(font);
    double extra = isFramed(row) ? 2 : 0;
    double base = y + extra + row.size() * 0.9;
    double behind = left;
    for (Cell cell : row.cells()) {
      double text = width(font, cell.text());
      double x =
          switch (cell.place()) {
            case LEFT -> left;
            case CENTRE -> (left + right - text) / 2;
            case RIGHT -> right - text;
            case BEHIND -> behind + width(font, " ");
            case MIDDLE -> (left + right) / 2;
          };
      g.drawString(cell.text(), (float) x, (float) base);
      behind = x + text;
    }
  }

  /** A mark that a company might have. */
  private void mark(Graphics2D g, double x, double y, double size) {
    g.setColor(accent);
    Shape round = new Ellipse2D.Double(x, y, size, size);
    switch (dice.below(5)) {
      case 0 -> g.fill(round);
      case 1 -> g.fill(new Rectangle2D.Double(x, y, size, size));
      case 2 -> {
        g.setStroke(new BasicStroke(2.5f));
        g.draw(new Ellipse2D.Double(x + 1, y + 1, size - 2, size - 2));
      }
      case 3 -> {
        Path2D triangle = new Path2D.Double();
        triangle.moveTo(x, y + size);
        triangle.lineTo(x + size / 2, y);
        triangle.lineTo(x + size, y + size);
        triangle.closePath();
        g.fill(triangle);
      }
      default -> {
        g.fill(round);
        g.setColor(paper);
        g.fill(new Rectangle2D.Double(x + size * 0.42, y, size * 0.16, size));
      }
    }
  }

  /** Faint and across: a reader looks through it. */
  private void stamp(Graphics2D g, String word) {
    Graphics2D own = (Graphics2D) g.create();
    own.setComposite(
        AlphaComposite.getInstance(AlphaComposite.SRC_OVER, (float) dice.between(0.12, 0.35)));
    own.setColor(dice.oneIn(2) ? new Color(180, 30, 30) : new Color(30, 50, 160));
    own.translate(dice.between(0.25, 0.75) * width, dice.between(0.25, 0.85) * height);
    own.rotate(Math.toRadians(dice.between(-25, 25)));
    Font font = new Font(Font.SANS_SERIF, Font.BOLD, 12).deriveFont((float) dice.between(16, 24));
    double text = width(font, word);
    own.setFont(font);
    own.setStroke(new BasicStroke(2));
    own.draw(
        new RoundRectangle2D.Double(
            -text / 2 - 5, -font.getSize2D() * 0.65, text + 10, font.getSize2D() * 1.3, 6, 6));
    own.drawString(word, (float) (-text / 2), font.getSize2D() * 0.36f);
    own.dispose();
  }

  private Slip scanned(BufferedImage picture, Optional<SlipFields> fields, String text, Wear wear) {
    int[] pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    Scan scan = new Scan(dice, wear, picture.getWidth(), picture.getHeight(), scale);
    byte[][] planes = new byte[3][pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      planes[0][i] = (byte) (pixels[i] >> 16);
      planes[1][i] = (byte) (pixels[i] >> 8);
      planes[2][i] = (byte) pixels[i];
    }
    byte[] grey = new byte[pixels.length];
    for (byte[] plane : planes) {
      scan.wear(plane);
    }
    for (int i = 0; i < pixels.length; i++) {
      int red = planes[0][i] & 255;
      int green = planes[1][i] & 255;
      int blue = planes[2][i] & 255;
      pixels[i] = red << 16 | green << 8 | blue;
      grey[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }
    byte[] seen = scale == 1 ? grey : Shrink.half(grey, picture.getWidth(), picture.getHeight());
    return new Slip(width, height, seen, picture, fields, text, wear);
  }
}
