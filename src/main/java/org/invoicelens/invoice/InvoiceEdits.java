package org.invoicelens.invoice;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a user changed of the fields read, as texts by path.
 *
 * <p>The path of a field leads to its text as corrected. The path of a whole line, such as {@code
 * items[2]}, leads to {@value #ADDED} or {@value #REMOVED}. Lines keep their numbers: one that is
 * added takes the next number, one that is removed leaves a gap, so that no edit ever moves.
 */
public final class InvoiceEdits {

  /** A line that was not read. */
  public static final String ADDED = "added";

  /** A line that was read and does not count. */
  public static final String REMOVED = "removed";

  private static final Pattern LINE = Pattern.compile("items\\[(\\d{1,6})]");

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
   * Adds an empty line and returns its number.
   *
   * @param linesRead how many lines were read
   */
  public static int addLine(Map<String, String> edits, int linesRead) {
    int line = linesRead;
    while (edits.containsKey(LineField.linePath(line))) {
      line++;
    }
    edits.put(LineField.linePath(line), ADDED);
    return line;
  }

  /** Takes a line away. */
  public static void removeLine(Map<String, String> edits, int linesRead, int line) {
    Stream.of(LineField.values()).forEach(field -> edits.remove(field.path(line)));
    if (line < linesRead) {
      edits.put(LineField.linePath(line), REMOVED);
    } else {
      edits.remove(LineField.linePath(line));
    }
  }

  /** The numbers of the lines that were added, in order. */
  static List<Integer> addedLines(Map<String, String> edits, int linesRead) {
    return edits.entrySet().stream()
        .filter(edit -> edit.getValue().equals(ADDED))
        .map(edit -> LINE.matcher(edit.getKey()))
        .filter(Matcher::matches)
        .map(line -> Integer.parseInt(line.group(1)))
        .filter(line -> line >= linesRead)
        .sorted()
        .toList();
  }

  static boolean isRemoved(Map<String, String> edits, int line) {
    return REMOVED.equals(edits.get(LineField.linePath(line)));
  }
}
