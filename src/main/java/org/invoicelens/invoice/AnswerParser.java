package org.invoicelens.invoice;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A reader of the JSON object in a model's answer that takes what is there.
 *
 * <p>JSON as in RFC 8259, and beyond it: text around the object, commas before a closing bracket,
 * line breaks in strings, values without quotation marks, and an end at any place. Values nested
 * deeper than {@link #DEEPEST} end the reading.
 */
final class AnswerParser {

  /** How deep objects and arrays may lie in each other. */
  static final int DEEPEST = 32;

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  /**
   * What was read.
   *
   * @param object the object, as far as it came
   * @param complete whether it came to its closing bracket
   * @param places where in the text each value stands that is no object, list or null
   */
  record Answer(JsonObject object, boolean complete, Map<JsonElement, Place> places) {}

  /**
   * Where in a text something stands, in UTF-16 units.
   *
   * @param start its first unit
   * @param end the unit behind its last
   */
  record Place(int start, int end) {}

  /** The end of what can be read, wherever the parser stands; what was read so far counts. */
  private static final class BrokenOff extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenOff() {
      super(null, null, false, false);
    }
  }

  private final String text;
  // two values may be equal and stand in different places
  private final Map<JsonElement, Place> places = new IdentityHashMap<>();
  private int at;

  private AnswerParser(String text, int at) {
    this.text = text;
    this.at = at;
  }

  /** Reads the first object that has a field, or else the first empty one. */
  static Answer parse(String text) {
    Answer empty = new Answer(new JsonObject(), false, Map.of());
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
      Answer answer = new AnswerParser(text, open).answer();
      if (!answer.object().isEmpty()) {
        return answer;
      }
      if (answer.complete() && !empty.complete()) {
        empty = answer;
      }
    }
    return empty;
  }

  private Answer answer() {
    JsonObject object = new JsonObject();
    try {
      readObject(object, 1);
      return new Answer(object, true, places);
    } catch (BrokenOff e) {
      return new Answer(object, false, places);
    }
  }

  private void readObject(JsonObject object, int depth) throws BrokenOff {
    at++;
    while (!endsWith('}')) {
      if (peek() != '"') {
        throw new BrokenOff();
      }
      String key = readString();
      skipSpace();
      if (peek() != ':') {
        throw new BrokenOff();
      }
      at++;
      skipSpace();
      switch (peek()) {
        case '{' -> {
          JsonObject inner = new JsonObject();
          object.add(key, inner);
          readObject(inner, deeper(depth));
        }
        case '[' -> {
          JsonArray inner = new JsonArray();
          object.add(key, inner);
          readArray(inner, deeper(depth));
        }
        default -> object.add(key, readScalar(true));
      }
    }
  }

  private void readArray(JsonArray array, int depth) throws BrokenOff {
    at++;
    while (!endsWith(']')) {
      switch (peek()) {
        case '{' -> {
          JsonObject inner = new JsonObject();
          array.add(inner);
          readObject(inner, deeper(depth));
        }
        case '[' -> {
          JsonArray inner = new JsonArray();
          array.add(inner);
          readArray(inner, deeper(depth));
        }
        default -> array.add(readScalar(false));
      }
    }
  }

  private static int deeper(int depth) throws BrokenOff {
    if (depth == DEEPEST) {
      throw new BrokenOff();
    }
    return depth + 1;
  }

  /** Passes the commas and spaces in front of the next entry, or the closing bracket. */
  private boolean endsWith(char bracket) throws BrokenOff {
    skipSpace();
    while (peek() == ',') {
      at++;
      skipSpace();
    }
    if (peek() != bracket) {
      return false;
    }
    at++;
    return true;
  }

  private JsonElement readScalar(boolean inObject) throws BrokenOff {
    int start = at;
    JsonElement value = scalar(inObject);
    places.put(value, new Place(start, at));
    return value;
  }

  private JsonElement scalar(boolean inObject) throws BrokenOff {
    if (peek() == '"') {
      return new JsonPrimitive(readString());
    }
    int start = at;
    while (!endsWord(inObject)) {
      at++;
    }
    String word = text.substring(start, at).strip();
    return switch (word) {
      case "" -> throw new BrokenOff();
      case "null" -> JsonNull.INSTANCE;
      case "true" -> new JsonPrimitive(true);
      case "false" -> new JsonPrimitive(false);
      default ->
          NUMBER.matcher(word).matches() ? JsonParser.parseString(word) : new JsonPrimitive(word);
    };
  }

  private boolean endsWord(boolean inObject) throws BrokenOff {
    char c = peek();
    if (c == ',' && inObject && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
      // A key cannot start with a digit: this is the decimal comma of an amount.
      return false;
    }
    return c == ',' || c == '}' || c == ']' || c == '\n' || c == '"' || c == '{' || c == '[';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private String readString() throws BrokenOff {
    at++;
    StringBuilder string = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      string.append(c == '\\' ? readEscape() : c);
    }
    at++;
    return string.toString();
  }

  private char readEscape() throws BrokenOff {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> readCode();
      default -> c;
    };
  }

  private char readCode() throws BrokenOff {
    if (at + 4 > text.length()) {
      throw new BrokenOff();
    }
    int code = 0;
    for (int end = at + 4; at < end; at++) {
      int digit = Character.digit(text.charAt(at), 16);
      if (digit < 0) {
        throw new BrokenOff();
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
  }

  private char peek() throws BrokenOff {
    if (at >= text.length()) {
      throw new BrokenOff();
    }
    return text.charAt(at);
  }
}
