package org.invoicelens.invoice;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a user changed of the fields read, as texts by path.
 *
 * <p>The path of a field leads to its text as corrected. The path of a whole row of a list, such as
 * {@code items[2]}, leads to {@value #ADDED} or {@value #REMOVED}. Rows keep their numbers: one
 * that is added takes the next number, one that is removed leaves a gap, so that no edit ever
 * moves.
 */
public final class InvoiceEdits {

  /** A row that was not read. */
  public static final String ADDED = "added";

  /** A row that was read and does not count. */
  public static final String REMOVED = "removed";

  private static final Pattern ROW = Pattern.compile("(.+)\\[(\\d{1,6})]");

  private InvoiceEdits() {}

  /**
   * Changes a field; where the text is what was read, there is no edit any more.
   *
   * @param read what was read; empty where nothing was
   */
  public static void set(Map<String, String> edits, String path, String read, String text) {
    if (text.equals(read)) {
      edits.remove(path);
    } else {
      edits.put(path, text);
    }
  }

  /**
   * Adds an empty row and returns its number.
   *
   * @param read how many rows were read
   */
  public static int add(Map<String, String> edits, InvoiceList list, int read) {
    int row = read;
    while (edits.containsKey(list.path(row))) {
      row++;
    }
    edits.put(list.path(row), ADDED);
    return row;
  }

  /**
   * Takes a row away.
   *
   * @param read how many rows were read
   */
  public static void remove(Map<String, String> edits, InvoiceList list, int read, int row) {
    list.fields().forEach(field -> edits.remove(field.path(row)));
    if (row < read) {
      edits.put(list.path(row), REMOVED);
    } else {
      edits.remove(list.path(row));
    }
  }

  /** The numbers of the rows that were added, in order. */
  static List<Integer> added(Map<String, String> edits, InvoiceList list, int read) {
    return edits.entrySet().stream()
        .filter(edit -> edit.getValue().equals(ADDED))
        .map(edit -> ROW.matcher(edit.getKey()))
        .filter(row -> row.matches() && row.group(1).equals(list.path()))
        .map(row -> Integer.parseInt(row.group(2)))
        .filter(row -> row >= read)
        .sorted()
        .toList();
  }

  /** Whether a row was read and taken away. */
  static boolean isRemoved(Map<String, String> edits, String row) {
    return REMOVED.equals(edits.get(row));
  }
}
