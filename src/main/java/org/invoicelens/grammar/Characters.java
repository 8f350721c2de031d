package org.invoicelens.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A set of characters that may stand in texts: Unicode code points without surrogates and without
 * control characters other than line feed and tab. Immutable.
 */
final class Characters {

  private static final int LAST = 0x10ffff;
  private static final int FIRST_SURROGATE = 0xd800;
  private static final int LAST_SURROGATE = 0xdfff;

  /** Every character. */
  static final Characters ALL =
      of('\t', '\t')
          .with(of('\n', '\n'))
          .with(of(' ', 0x7e))
          .with(of(0xa0, FIRST_SURROGATE - 1))
          .with(of(LAST_SURROGATE + 1, LAST));

  static final Characters DIGITS = of('0', '9');

  static final Characters WORD = DIGITS.with(of('A', 'Z')).with(of('a', 'z')).with(of('_', '_'));

  static final Characters SPACE = of(' ', ' ').with(of('\t', '\t')).with(of('\n', '\n'));

  /** First and last code point of each part, in order and apart from each other. */
  private final TreeMap<Integer, Integer> parts;

  private Characters(TreeMap<Integer, Integer> parts) {
    this.parts = parts;
  }

  /** All code points from the first to the last. */
  static Characters of(int first, int last) {
    TreeMap<Integer, Integer> parts = new TreeMap<>();
    parts.put(first, last);
    return new Characters(parts);
  }

  /** None. */
  static Characters none() {
    return new Characters(new TreeMap<>());
  }

  Characters with(Characters more) {
    TreeMap<Integer, Integer> all = new TreeMap<>(parts);
    more.parts.forEach((first, last) -> all.merge(first, last, Math::max));
    TreeMap<Integer, Integer> joined = new TreeMap<>();
    all.forEach((first, last) -> {
      if (!joined.isEmpty() && first <= joined.lastEntry().getValue() + 1) {
        joined.put(joined.lastKey(), Math.max(joined.lastEntry().getValue(), last));
      } else {
        joined.put(first, last);
      }
    });
    return new Characters(joined);
  }

  /** All of {@link #ALL} that are not among these. */
  Characters others() {
    Characters others = none();
    for (var all : ALL.parts.entrySet()) {
      int from = all.getKey();
      for (var part : parts.entrySet()) {
        if (part.getValue() < from || part.getKey() > all.getValue()) {
          continue;
        }
        if (part.getKey() > from) {
          others = others.with(of(from, part.getKey() - 1));
        }
        from = part.getValue() + 1;
      }
      if (from <= all.getValue()) {
        others = others.with(of(from, all.getValue()));
      }
    }
    return others;
  }

  private boolean has(int character) {
    var part = parts.floorEntry(character);
    return part != null && character <= part.getValue();
  }

  /**
   * The characters as they may be written in a string of JSON (RFC 8259, section 7): in UTF-8, with
   * the escapes it demands, and the four digits of {@code \\u00fc} where all characters are meant.
   */
  Language inJson() {
    List<Language> ways = new ArrayList<>();
    for (var part : parts.entrySet()) {
      utf8(Math.max(part.getKey(), ' '), part.getValue(), ways);
    }
    if (has('"')) {
      ways.add(Language.text("\\\""));
    }
    if (has('\\')) {
      ways.add(Language.text("\\\\"));
    }
    if (has('\n')) {
      ways.add(Language.text("\\n"));
    }
    if (has('\t')) {
      ways.add(Language.text("\\t"));
    }
    if (parts.equals(ALL.parts)) {
      ways.add(Language.text("\\/"));
      ways.add(escaped());
    }
    return Language.choice(ways);
  }

  /** Characters from U+00A0 on in four digits, without surrogates. */
  private static Language escaped() {
    Language digit = hex("0123456789abcdefABCDEF");
    Language two = Language.sequence(digit, digit);
    Language three = Language.sequence(digit, two);
    return Language.sequence(
        Language.text("\\u"),
        Language.choice(
            Language.sequence(Language.text("00"), hex("abcdefABCDEF"), digit),
            Language.sequence(Language.text("0"), hex("123456789abcdefABCDEF"), two),
            Language.sequence(hex("123456789abcefABCEF"), three),
            Language.sequence(hex("dD"), hex("01234567"), two)));
  }

  private static Language hex(String digits) {
    return Language.choice(digits.chars().mapToObj(digit -> Language.range(digit, digit)).toList());
  }

  /** Code points in UTF-8, in ranges whose bytes are independent of each other. */
  private static void utf8(int first, int last, List<Language> ways) {
    if (first > last) {
      return;
    }
    for (int[] length : new int[][] {{0, 0x7f}, {0x80, 0x7ff}, {0x800, 0xffff}, {0x10000, LAST}}) {
      int from = Math.max(first, length[0]);
      int to = Math.min(last, length[1]);
      if (from > to) {
        continue;
      }
      if (to <= 0x7f) {
        ascii(from, to, ways);
      } else {
        split(from, to, to <= 0x7ff ? 1 : to <= 0xffff ? 2 : 3, ways);
      }
    }
  }

  private static void ascii(int from, int to, List<Language> ways) {
    for (int[] part : new int[][] {{' ', '!'}, {'#', '['}, {']', 0x7f}}) {
      if (Math.max(from, part[0]) <= Math.min(to, part[1])) {
        ways.add(Language.range(Math.max(from, part[0]), Math.min(to, part[1])));
      }
    }
  }

  /** Splits until all but one of the bytes go from their least to their greatest. */
  private static void split(int from, int to, int continuations, List<Language> ways) {
    for (int i = 1; i <= continuations; i++) {
      int mask = (1 << (6 * i)) - 1;
      if ((from & ~mask) != (to & ~mask)) {
        if ((from & mask) != 0) {
          split(from, from | mask, continuations, ways);
          split((from | mask) + 1, to, continuations, ways);
          return;
        }
        if ((to & mask) != mask) {
          split(from, (to & ~mask) - 1, continuations, ways);
          split(to & ~mask, to, continuations, ways);
          return;
        }
      }
    }
    Language bytes = Language.END;
    for (int i = 0; i < continuations; i++) {
      bytes =
          Language.sequence(
              Language.range(0x80 | from >> (6 * i) & 0x3f, 0x80 | to >> (6 * i) & 0x3f), bytes);
    }
    int lead = continuations == 1 ? 0xc0 : continuations == 2 ? 0xe0 : 0xf0;
    ways.add(
        Language.sequence(
            Language.range(lead | from >> (6 * continuations), lead | to >> (6 * continuations)),
            bytes));
  }
}
