package org.invoicelens.invoice;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rows of cells as a text that spreadsheets take, and that none takes for a formula. */
final class SpreadsheetText {

  private static final Pattern PLAIN_NUMBER = Pattern.compile("[+-]?\\d+([.,]\\d+)*");

  private SpreadsheetText() {}

  /** For files: commas between cells, as in RFC 4180. */
  static String csv(List<List<String>> rows) {
    return text(rows, ",", SpreadsheetText::quoted);
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
            && "=+-@\t\r".indexOf(value.charAt(0)) >= 0
            && !PLAIN_NUMBER.matcher(value).matches();
    return formula ? "'" + value : value;
  }

  private static String quoted(String cell) {
    boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
