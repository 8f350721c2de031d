package org.invoicelens.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How many answers were right, field by field. */
final class Score {

  private final int[] right = new int[SlipFields.NAMES.size()];
  private int count;
  private int whole;
  private int valid;
  private long letters;
  private long wrongLetters;

  /** Takes an answer; returns whether all fields are right. */
  boolean add(SlipFields printed, String answer) {
    count++;
    Optional<JsonObject> json = parse(answer);
    valid += json.isPresent() ? 1 : 0;
    boolean all = true;
    for (int i = 0; i < right.length; i++) {
      String name = SlipFields.NAMES.get(i);
      String expected = printed.values().get(i);
      String read =
          json.map(object -> object.get(name))
              .filter(JsonElement::isJsonPrimitive)
              .map(JsonElement::getAsString)
              .orElse("");
      boolean same = name.equals("total") ? sameAmount(expected, read) : expected.equals(read);
      right[i] += same ? 1 : 0;
      all &= same;
      letters += expected.length();
      wrongLetters += distance(expected, read);
    }
    whole += all ? 1 : 0;
    return all;
  }

  private static Optional<JsonObject> parse(String answer) {
    try {
      JsonElement element = JsonParser.parseString(answer);
      return element.isJsonObject() ? Optional.of(element.getAsJsonObject()) : Optional.empty();
    } catch (JsonParseException e) {
      return Optional.empty();
    }
  }

  private static boolean sameAmount(String expected, String read) {
    try {
      return new BigDecimal(expected).compareTo(new BigDecimal(read)) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(Math.min(row[j], row[j - 1]) + 1, changed);
      }
    }
    return row[b.length()];
  }

  int count() {
    return count;
  }

  /** The share of answers with all fields right. */
  double whole() {
    return share(whole);
  }

  /** The share of answers with one field right. */
  double right(String field) {
    return share(right[SlipFields.NAMES.indexOf(field)]);
  }

  private double share(int of) {
    return count == 0 ? 0 : (double) of / count;
  }

  /** The columns of {@link #row}. */
  static String heading(String first) {
    return "| "
        + first
        + " | n | "
        + String.join(" | ", SlipFields.NAMES)
        + " | all five | valid JSON | wrong characters |\n"
        + "|---|"
        + "---|".repeat(SlipFields.NAMES.size() + 4);
  }

  /** One row of a table in Markdown. */
  String row(String name) {
    StringBuilder row = new StringBuilder("| " + name + " | " + count);
    for (int one : right) {
      row.append(percent(share(one)));
    }
    row.append(percent(whole())).append(percent(share(valid)));
    return row.append(percent(letters == 0 ? 0 : (double) wrongLetters / letters))
        .append(" |")
        .toString();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, " | %.1f %%", 100 * share);
  }

  static List<String> fields() {
    return SlipFields.NAMES;
  }
}
