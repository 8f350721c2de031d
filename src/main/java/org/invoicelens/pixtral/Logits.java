package org.invoicelens.pixtral;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The logits after a token: all as the output layer gives them, or near to that until it matters
 * which they are. Not thread-safe.
 */
final class Logits {

  /** What tells logits as they are. */
  @FunctionalInterface
  interface Source {
    float[] of(int[] tokens);
  }

  private final float[] values;
  private final float[] errors;
  private final Source source;
  private final BitSet exact = new BitSet();

  private Logits(float[] values, float[] errors, Source source) {
    this.values = values;
    this.errors = errors;
    this.source = source;
  }

  /** Logits that are as they are. */
  static Logits exact(float[] values) {
    return new Logits(values, null, null);
  }

  /**
   * Logits that are near.
   *
   * @param errors how far each may be off at most
   * @param source of those that matter
   */
  static Logits near(float[] values, float[] errors, Source source) {
    return new Logits(values, errors, source);
  }

  /** One for each token, those that were not asked for exactly being near. */
  float[] values() {
    return values;
  }

  /** How far each may be off at most as long as it was not asked for; null where none is. */
  float[] errors() {
    return errors;
  }

  /**
   * Makes exact what may be as large as a number; returns whether anything was not, so that it has
   * to be looked at again.
   */
  boolean refine(float least) {
    if (errors == null) {
      return false;
    }
    int[] tokens = new int[16];
    int count = 0;
    for (int token = 0; token < values.length; token++) {
      if (values[token] + errors[token] >= least && !exact.get(token)) {
        if (count == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        exact.set(token);
      }
    }
    tokens = Arrays.copyOf(tokens, count);
    float[] found = count == 0 ? new float[0] : source.of(tokens);
    for (int i = 0; i < count; i++) {
      values[tokens[i]] = found[i];
    }
    return count > 0;
  }

  /** The largest of all; NaN where one is not finite. */
  float largest() {
    int likeliest = likeliest();
    return likeliest < 0 ? Float.NaN : values[likeliest];
  }

  /** The token with the largest, negative where one is not finite. */
  int likeliest() {
    int best;
    do {
      best = 0;
      for (int token = 0; token < values.length; token++) {
        if (!Float.isFinite(values[token])) {
          return TokenChoice.NOT_FINITE;
        }
        best = values[token] > values[best] ? token : best;
      }
    } while (refine(values[best]));
    return best;
  }
}
