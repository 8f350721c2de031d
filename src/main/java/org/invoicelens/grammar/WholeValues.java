package org.invoicelens.grammar;

/** Finds how far a broken off text of JSON can be relied on. */
final class WholeValues {

  private WholeValues() {}

  /**
   * The place behind the last value that is whole, or behind the last bracket that opens.
   *
   * @param json the beginning of a text of JSON
   */
  static int end(String json) {
    int end = 0;
    int at = 0;
    boolean isKey = false;
    // whether an object, an array, lies around; the depth is small
    StringBuilder around = new StringBuilder();
    while (at < json.length()) {
      char c = json.charAt(at);
      switch (c) {
        case '{', '[' -> {
          around.append(c);
          isKey = c == '{';
          end = ++at;
        }
        case '}', ']' -> {
          around.setLength(Math.max(around.length() - 1, 0));
          isKey = false;
          end = ++at;
        }
        case ',' -> {
          isKey = !around.isEmpty() && around.charAt(around.length() - 1) == '{';
          at++;
        }
        case ':' -> {
          isKey = false;
          at++;
        }
        case '"' -> {
          at = stringEnd(json, at);
          if (at < 0) {
            return end;
          }
          if (!isKey) {
            end = at;
          }
        }
        default -> {
          int start = at;
          while (at < json.length() && ",:]}{[\" \n\t\r".indexOf(json.charAt(at)) < 0) {
            at++;
          }
          if (at == start) {
            at++;
          } else if (at < json.length() || isWord(json.substring(start))) {
            // a number may have more digits as long as nothing follows it
            end = at;
          }
        }
      }
    }
    return end;
  }

  private static boolean isWord(String literal) {
    return literal.equals("null") || literal.equals("true") || literal.equals("false");
  }

  /** The place behind a string's closing quotation mark; negative where it has none. */
  private static int stringEnd(String json, int open) {
    for (int at = open + 1; at < json.length(); at++) {
      char c = json.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        return at + 1;
      }
    }
    return -1;
  }
}
