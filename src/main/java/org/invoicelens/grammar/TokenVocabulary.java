package org.invoicelens.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The tokens of a model as the bytes they add to a text, in an order in which those that begin
 * alike stand together. Immutable and thread-safe.
 */
public final class TokenVocabulary {

  private final byte[][] bytes;

  /** Tokens with bytes, in the order of these. */
  private final int[] sorted;

  /**
   * @param size the largest token and one more
   * @param bytes a token's bytes in UTF-8; empty for tokens that are no text
   */
  public TokenVocabulary(int size, IntFunction<byte[]> bytes) {
    this.bytes = IntStream.range(0, size).mapToObj(bytes).toArray(byte[][]::new);
    sorted =
        IntStream.range(0, size)
            .filter(token -> this.bytes[token].length > 0)
            .boxed()
            .sorted(Comparator.comparing(token -> this.bytes[token], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** A token's bytes, not to be changed; empty for a token that is no text or not there. */
  byte[] bytes(int token) {
    return token < bytes.length ? bytes[token] : new byte[0];
  }

  /** The tokens whose bytes may come next. */
  BitSet allowed(Language state) {
    BitSet allowed = new BitSet(bytes.length);
    collect(0, sorted.length, 0, state, allowed);
    return allowed;
  }

  /** Of the tokens from {@code from} to {@code to}, which share their first bytes. */
  private void collect(int from, int to, int shared, Language state, BitSet allowed) {
    int at = from;
    while (at < to && bytes[sorted[at]].length == shared) {
      allowed.set(sorted[at++]);
    }
    while (at < to) {
      byte next = bytes[sorted[at]][shared];
      int end = at + 1;
      while (end < to && bytes[sorted[end]][shared] == next) {
        end++;
      }
      Language rest = state.after(next & 0xff);
      if (rest != Language.NONE) {
        collect(at, end, shared + 1, rest, allowed);
      }
      at = end;
    }
  }
}
