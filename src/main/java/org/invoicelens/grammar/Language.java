package org.invoicelens.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A finite set of byte strings, given by what may follow each byte: its Brzozowski derivatives
 * (Journal of the ACM 11, 1964). What is left of a language after some bytes is a language again,
 * so that one object is the whole state of a reader.
 *
 * <p>No language but {@link #NONE} is empty: whatever was read so far can be brought to an end.
 * Immutable but for what it remembers; thread-safe.
 */
abstract sealed class Language {

  /** Without any string. */
  static final Language NONE = new None();

  /** With the empty string alone. */
  static final Language END = new End();

  /** Whether the empty string is among its strings. */
  abstract boolean mayEnd();

  /**
   * What may follow a byte.
   *
   * @param next 0 to 255
   * @return {@link #NONE} where no string begins with it
   */
  abstract Language after(int next);

  /**
   * The shortest of its strings that decide as little as possible: where there is a choice, fixed
   * bytes go before free ones, and what was named first before the rest.
   */
  abstract Closing closing();

  /** What may follow several bytes. */
  final Language after(byte[] next) {
    Language rest = this;
    for (int i = 0; i < next.length && rest != NONE; i++) {
      rest = rest.after(next[i] & 0xff);
    }
    return rest;
  }

  /**
   * A string that ends a language.
   *
   * @param free how many of its bytes could be others
   */
  record Closing(byte[] bytes, int free) {

    static final Closing NOTHING = new Closing(new byte[0], 0);

    Closing then(Closing other) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.writeBytes(bytes);
      both.writeBytes(other.bytes);
      return new Closing(both.toByteArray(), free + other.free);
    }
  }

  /** One string, in UTF-8. */
  static Language text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Language language = END;
    for (int i = bytes.length - 1; i >= 0; i--) {
      language = sequence(range(bytes[i] & 0xff, bytes[i] & 0xff), language);
    }
    return language;
  }

  /** All strings of one byte from {@code first} to {@code last}. */
  static Language range(int first, int last) {
    BitSet set = new BitSet(256);
    set.set(first, last + 1);
    return new OneByte(set);
  }

  /** Strings of the one followed by strings of the other. */
  static Language sequence(Language first, Language rest) {
    if (first == NONE || rest == NONE) {
      return NONE;
    }
    if (first == END) {
      return rest;
    }
    if (rest == END) {
      return first;
    }
    // nested to the right, what comes later is one object for all states of what comes first
    return first instanceof Sequence both
        ? new Sequence(both.first, sequence(both.rest, rest))
        : new Sequence(first, rest);
  }

  static Language sequence(Language first, Language second, Language... more) {
    Language rest = END;
    for (int i = more.length - 1; i >= 0; i--) {
      rest = sequence(more[i], rest);
    }
    return sequence(first, sequence(second, rest));
  }

  /** The strings of all of them; the first is what {@link #closing} prefers. */
  static Language choice(List<Language> options) {
    Set<Language> distinct = new LinkedHashSet<>();
    for (Language option : options) {
      if (option instanceof Choice choice) {
        distinct.addAll(choice.options);
      } else if (option != NONE) {
        distinct.add(option);
      }
    }
    return switch (distinct.size()) {
      case 0 -> NONE;
      case 1 -> distinct.iterator().next();
      default -> new Choice(List.copyOf(distinct));
    };
  }

  static Language choice(Language... options) {
    return choice(List.of(options));
  }

  /** The strings of a language or nothing. */
  static Language optional(Language language) {
    return choice(END, language);
  }

  /** From {@code least} to {@code most} strings one after the other. */
  static Language repeat(Language item, int least, int most) {
    if (most == 0 || item == END) {
      return END;
    }
    if (item == NONE) {
      return least == 0 ? END : NONE;
    }
    return least == 1 && most == 1 ? item : new Repeat(item, least, most);
  }

  /** The strings that both have. */
  static Language both(Language one, Language other) {
    return new Intersections().of(one, other);
  }

  private static final class None extends Language {

    @Override
    boolean mayEnd() {
      return false;
    }

    @Override
    Language after(int next) {
      return this;
    }

    @Override
    Closing closing() {
      throw new IllegalStateException("no string ends it");
    }
  }

  private static final class End extends Language {

    @Override
    boolean mayEnd() {
      return true;
    }

    @Override
    Language after(int next) {
      return NONE;
    }

    @Override
    Closing closing() {
      return Closing.NOTHING;
    }
  }

  /** Strings of one byte. */
  private static final class OneByte extends Language {

    private final BitSet set;

    OneByte(BitSet set) {
      this.set = set;
    }

    @Override
    boolean mayEnd() {
      return false;
    }

    @Override
    Language after(int next) {
      return set.get(next) ? END : NONE;
    }

    @Override
    Closing closing() {
      byte chosen = (byte) (set.get('0') ? '0' : set.nextSetBit(0));
      return new Closing(new byte[] {chosen}, set.cardinality() == 1 ? 0 : 1);
    }
  }

  /** One after the other. */
  private static final class Sequence extends Language {

    private final Language first;
    private final Language rest;

    Sequence(Language first, Language rest) {
      this.first = first;
      this.rest = rest;
    }

    @Override
    boolean mayEnd() {
      return first.mayEnd() && rest.mayEnd();
    }

    @Override
    Language after(int next) {
      Language inFirst = sequence(first.after(next), rest);
      if (!first.mayEnd()) {
        return inFirst;
      }
      Language inRest = rest.after(next);
      return inRest == NONE ? inFirst : inFirst == NONE ? inRest : choice(inFirst, inRest);
    }

    @Override
    Closing closing() {
      return first.closing().then(rest.closing());
    }

    // Ways that lead to the same state must be seen as one, or their number would grow by the byte.

    @Override
    public boolean equals(Object other) {
      return this == other
          || other instanceof Sequence that && first.equals(that.first) && rest.equals(that.rest);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(first) + System.identityHashCode(rest);
    }
  }

  /** A language that remembers what follows each byte. */
  private abstract static sealed class Remembering extends Language {

    private Language[] known;

    @Override
    final Language after(int next) {
      Language[] at = known;
      if (at == null) {
        // Two threads may both do this; what they find is the same.
        at = new Language[256];
        known = at;
      }
      Language rest = at[next];
      if (rest == null) {
        rest = find(next);
        at[next] = rest;
      }
      return rest;
    }

    abstract Language find(int next);
  }

  /** One or another. */
  private static final class Choice extends Remembering {

    private final List<Language> options;

    Choice(List<Language> options) {
      this.options = options;
    }

    @Override
    boolean mayEnd() {
      return options.stream().anyMatch(Language::mayEnd);
    }

    @Override
    Language find(int next) {
      return choice(options.stream().map(option -> option.after(next)).toList());
    }

    @Override
    Closing closing() {
      Closing best = null;
      for (Language option : options) {
        Closing closing = option.closing();
        if (best == null || closing.free() < best.free()) {
          best = closing;
        }
      }
      return best;
    }
  }

  /** The same several times. */
  private static final class Repeat extends Remembering {

    private final Language item;
    private final int least;
    private final int most;
    private Language others;

    Repeat(Language item, int least, int most) {
      this.item = item;
      this.least = item.mayEnd() ? 0 : least;
      this.most = most;
    }

    @Override
    boolean mayEnd() {
      return least == 0;
    }

    @Override
    Language find(int next) {
      return sequence(item.after(next), others());
    }

    /** What may follow one of them: one object, that what it remembers serves every way to it. */
    private Language others() {
      if (others == null) {
        others = repeat(item, Math.max(least - 1, 0), most - 1);
      }
      return others;
    }

    @Override
    Closing closing() {
      return least == 0 ? Closing.NOTHING : item.closing().then(others().closing());
    }
  }

  /** One and the other at once; never empty. */
  private static final class Both extends Remembering {

    private final Language one;
    private final Language other;
    private final Intersections all;

    Both(Language one, Language other, Intersections all) {
      this.one = one;
      this.other = other;
      this.all = all;
    }

    @Override
    boolean mayEnd() {
      return one.mayEnd() && other.mayEnd();
    }

    @Override
    Language find(int next) {
      return all.of(one.after(next), other.after(next));
    }

    @Override
    Closing closing() {
      // breadth first, for the shortest
      Map<Language, Closing> seen = new LinkedHashMap<>();
      List<Language> front = List.of(this);
      seen.put(this, Closing.NOTHING);
      while (true) {
        List<Language> further = new ArrayList<>();
        for (Language state : front) {
          if (state.mayEnd()) {
            return seen.get(state);
          }
          for (int next = 0; next < 256; next++) {
            Language rest = state.after(next);
            if (rest != NONE && !seen.containsKey(rest)) {
              seen.put(rest, seen.get(state).then(new Closing(new byte[] {(byte) next}, 1)));
              further.add(rest);
            }
          }
        }
        front = further;
      }
    }
  }

  /** Pairs of languages that were met, and what both have in common. */
  private static final class Intersections {

    private record Pair(Language one, Language other) {}

    private final Map<Pair, Language> known = new ConcurrentHashMap<>();

    Language of(Language one, Language other) {
      if (one == NONE || other == NONE) {
        return NONE;
      }
      if (one == END || other == END) {
        return one.mayEnd() && other.mayEnd() ? END : NONE;
      }
      Pair pair = new Pair(one, other);
      Language both = known.get(pair);
      if (both == null) {
        both = find(one, other);
        known.put(pair, both);
      }
      return both;
    }

    /** The languages are finite, so this comes to an end. */
    private Language find(Language one, Language other) {
      Language both = new Both(one, other, this);
      if (both.mayEnd()) {
        return both;
      }
      for (int next = 0; next < 256; next++) {
        if (both.after(next) != NONE) {
          return both;
        }
      }
      return NONE;
    }
  }
}
