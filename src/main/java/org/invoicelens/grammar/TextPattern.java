package org.invoicelens.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * The reader of a schema's {@code pattern}: the part of regular expressions that JSON Schema
 * recommends for all programs (JSON Schema Core 2020-12, section 6.4), with {@code \d}, {@code \w}
 * and {@code \s}. What may repeat without an end repeats up to the limit of the text.
 */
final class TextPattern {

  private static final int MOST_REPEATS = 10_000;
  private static final int DEEPEST = 100;

  private final String pattern;
  private final int limit;
  private int at;
  private int depth;

  private TextPattern(String pattern, int limit) {
    this.pattern = pattern;
    this.limit = limit;
  }

  /**
   * The texts that a pattern allows, as the inside of a string of JSON.
   *
   * @param limit the longest text, in characters
   * @throws IllegalArgumentException where the pattern is none, or not of that part
   */
  static Language parse(String pattern, int limit) {
    TextPattern reader = new TextPattern(pattern, limit);
    List<Language> options = new ArrayList<>();
    do {
      options.add(reader.anchored());
    } while (reader.skip('|'));
    if (reader.at < pattern.length()) {
      throw reader.fault("a bracket closes that was not opened");
    }
    return Language.choice(options);
  }

  /** One of the pattern's outer alternatives; without an anchor, anything may stand beside it. */
  private Language anchored() {
    Language any = Language.repeat(Characters.ALL.inJson(), 0, limit);
    boolean fromStart = skip('^');
    Language inner = sequence();
    boolean toEnd = skip('$');
    if (!toEnd && at < pattern.length() && peek() != '|' && peek() != ')') {
      throw fault("this is not understood here");
    }
    Language begun = fromStart ? inner : Language.sequence(any, inner);
    return toEnd ? begun : Language.sequence(begun, any);
  }

  private Language alternatives() {
    List<Language> options = new ArrayList<>();
    do {
      options.add(sequence());
    } while (skip('|'));
    return Language.choice(options);
  }

  private Language sequence() {
    List<Language> items = new ArrayList<>();
    while (at < pattern.length() && "|)$".indexOf(peek()) < 0) {
      items.add(repeated(item()));
    }
    Language all = Language.END;
    for (Language item : items.reversed()) {
      all = Language.sequence(item, all);
    }
    return all;
  }

  private Language item() {
    char c = pattern.charAt(at);
    switch (c) {
      case '(' -> {
        at++;
        if (skip('?') && !skip(':')) {
          throw fault("only (?: is known of the groups with a question mark");
        }
        if (++depth > DEEPEST) {
          throw fault("brackets lie too deep in each other");
        }
        Language inner = alternatives();
        depth--;
        if (!skip(')')) {
          throw fault("a bracket is not closed");
        }
        return inner;
      }
      case '[' -> {
        at++;
        return characterClass().inJson();
      }
      case '.' -> {
        at++;
        return Characters.of('\n', '\n').others().inJson();
      }
      case '^', '*', '+', '?', '{' -> throw fault("this is not understood here");
      default -> {
        return characters().inJson();
      }
    }
  }

  private Language repeated(Language item) {
    if (at == pattern.length()) {
      return item;
    }
    int least;
    int most;
    switch (peek()) {
      case '*' -> {
        least = 0;
        most = limit;
      }
      case '+' -> {
        least = 1;
        most = Math.max(limit, 1);
      }
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '{' -> {
        at++;
        least = number();
        most = least;
        if (skip(',')) {
          most = peek() == '}' ? Math.max(limit, least) : number();
        }
        if (peek() != '}' || most < least) {
          throw fault("these bounds are none");
        }
      }
      default -> {
        return item;
      }
    }
    at++;
    if (at < pattern.length() && "*+?{".indexOf(peek()) >= 0) {
      throw fault("two repetitions follow each other");
    }
    return Language.repeat(item, least, most);
  }

  private int number() {
    int start = at;
    while (at < pattern.length() && Character.isDigit(peek()) && at - start < 6) {
      at++;
    }
    if (at == start) {
      throw fault("a number is expected");
    }
    int number = Integer.parseInt(pattern.substring(start, at));
    if (number > MOST_REPEATS) {
      throw fault("this is more than " + MOST_REPEATS);
    }
    return number;
  }

  private Characters characterClass() {
    boolean others = skip('^');
    Characters all = Characters.none();
    do {
      int before = at;
      Characters first = characters();
      if (at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']') {
        int from = single(before);
        at++;
        int middle = at;
        characters();
        int to = single(middle);
        if (to < from) {
          throw fault("this range goes backwards");
        }
        first = Characters.of(from, to);
      }
      all = all.with(first);
    } while (at < pattern.length() && peek() != ']');
    if (!skip(']')) {
      throw fault("a bracket is not closed");
    }
    return others ? all.others() : all;
  }

  /** The one character written from {@code start} to here. */
  private int single(int start) {
    String written = pattern.substring(start, at);
    if (written.startsWith("\\") && Character.isLetter(written.charAt(1))) {
      throw fault("a range needs single characters");
    }
    return written.codePointBefore(written.length());
  }

  /** A character, or those that an escape stands for. */
  private Characters characters() {
    int c = peekCharacter();
    at += Character.charCount(c);
    if (c != '\\') {
      return Characters.of(c, c);
    }
    int escaped = peekCharacter();
    at += Character.charCount(escaped);
    return switch (escaped) {
      case 'd' -> Characters.DIGITS;
      case 'D' -> Characters.DIGITS.others();
      case 'w' -> Characters.WORD;
      case 'W' -> Characters.WORD.others();
      case 's' -> Characters.SPACE;
      case 'S' -> Characters.SPACE.others();
      case 'n' -> Characters.of('\n', '\n');
      case 't' -> Characters.of('\t', '\t');
      default -> {
        if (Character.isLetterOrDigit(escaped)) {
          throw fault("the escape \\" + Character.toString(escaped) + " is not known");
        }
        yield Characters.of(escaped, escaped);
      }
    };
  }

  private int peekCharacter() {
    if (at >= pattern.length()) {
      throw fault("it ends too early");
    }
    return pattern.codePointAt(at);
  }

  private char peek() {
    if (at >= pattern.length()) {
      throw fault("it ends too early");
    }
    return pattern.charAt(at);
  }

  private boolean skip(char c) {
    if (at < pattern.length() && pattern.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private IllegalArgumentException fault(String why) {
    return new IllegalArgumentException(
        "the pattern %s, at character %d: %s".formatted(pattern, at + 1, why));
  }
}
