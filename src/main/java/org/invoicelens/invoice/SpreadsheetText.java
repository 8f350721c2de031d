package org.invoicelens.invoice;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rows of cells as a text that spreadsheets take, and that none takes for a formula. */
final class SpreadsheetText {

  /** What makes a formula of a cell, also in the wide forms that some spreadsheets take for it. */
  private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

  private static final Pattern PLAIN_NUMBER = Pattern.compile("[+-]?\\d+([.,]\\d+)*");

  /** Digits that are a name and no number: a spreadsheet would drop zeros or round them. */
  private static final Pattern NAME_OF_DIGITS = Pattern.compile("0\\d+|\\d{16,}");

  private SpreadsheetText() {}

  /**
   * For files: as in RFC 4180.
   *
   * @param between what stands between cells: a comma, or a semicolon for spreadsheets of users
   *     whose numbers have the comma
   */
  static String csv(List<List<String>> rows, char between) {
    return text(rows, String.valueOf(between), cell -> quoted(cell, between));
  }

  /** For files that a spreadsheet opens by itself: as above, and digits stay as they are. */
  static String csvToOpen(List<List<String>> rows, char between) {
    return text(rows, String.valueOf(between), cell -> quoted(asWritten(cell), between));
  }

  /** The one way that Excel and LibreOffice both take for a text of digits. */
  private static String asWritten(String cell) {
    return NAME_OF_DIGITS.matcher(cell).matches() ? "=\"" + cell + "\"" : cell;
  }

  /** For the clipboard: tabs between cells, and each cell in one line. */
  static String tsv(List<List<String>> rows) {
    return text(rows, "\t", cell -> cell.replaceAll("[\t\r\n]+", " "));
  }

  private static String text(
      List<List<String>> rows, String between, UnaryOperator<String> framed) {
    return rows.stream()
        .map(row ->
            row.stream()
                .map(SpreadsheetText::withoutFormula)
                .map(framed)
                .collect(Collectors.joining(between, "", "\r\n")))
        .collect(Collectors.joining());
  }

  /** A cell that is no formula, whatever stood on the invoice. */
  private static String withoutFormula(String value) {
    boolean formula =
        !value.isEmpty()
            && FORMULA.indexOf(value.charAt(0)) >= 0
            && !PLAIN_NUMBER.matcher(value).matches();
    return formula ? "'" + value : value;
  }

  private static String quoted(String cell, char between) {
    boolean quoted = cell.chars().anyMatch(c -> c == between || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
