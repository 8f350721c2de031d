package org.invoicelens.pixtral;

import java.util.BitSet;
import org.invoicelens.grammar.TokenConstraint;

/**
 * The choice of each token of one answer: the likeliest or one that is drawn, of all or of those
 * that a schema allows. Not thread-safe.
 */
final class TokenChoice {

  /** Instead of a token, where a logit is not finite. */
  static final int NOT_FINITE = -1;

  /** Instead of a token, where none is allowed. */
  static final int NONE_ALLOWED = -2;

  /** Logits so far below the largest add nothing to a sum of doubles. */
  private static final float NEGLIGIBLE = 40;

  private final Sampler sampler;
  private final TokenConstraint constraint;
  private double probability;

  /**
   * @param sampler what draws; null for the likeliest
   * @param constraint what is allowed; null where everything is
   */
  TokenChoice(Sampler sampler, TokenConstraint constraint) {
    this.sampler = sampler;
    this.constraint = constraint;
  }

  /** Whether the likeliest of all is asked for, which a program finds faster by itself. */
  boolean isPlain() {
    return sampler == null && constraint == null;
  }

  /** Whether all logits have to be as they are, for any of them may be drawn. */
  boolean draws() {
    return sampler != null;
  }

  /** Chooses; returns {@link #NOT_FINITE} or {@link #NONE_ALLOWED} where that is not possible. */
  int of(Logits logits) {
    float largest = logits.largest();
    if (Float.isNaN(largest)) {
      return NOT_FINITE;
    }
    int token = sampler == null ? likeliest(logits) : draw(logits.values());
    if (token >= 0) {
      float[] values = logits.values();
      probability = Math.exp(values[token] - largest) / sum(values, largest);
    }
    return token;
  }

  private int likeliest(Logits logits) {
    int token;
    do {
      token = constraint.likeliest(logits.values());
    } while (token >= 0 && logits.refine(logits.values()[token]));
    return token < 0 ? NONE_ALLOWED : token;
  }

  private int draw(float[] logits) {
    BitSet allowed;
    if (constraint == null) {
      allowed = new BitSet(logits.length);
      allowed.set(0, logits.length);
    } else {
      allowed = constraint.allowed();
    }
    return allowed.isEmpty() ? NONE_ALLOWED : sampler.next(logits, allowed);
  }

  private static double sum(float[] logits, float largest) {
    double sum = 0;
    for (float logit : logits) {
      if (logit > largest - NEGLIGIBLE) {
        sum += Math.exp(logit - largest);
      }
    }
    return sum;
  }

  /**
   * What the model gave the token last chosen, among all tokens, 0 to 1; logits that are near count
   * as what is known of them.
   */
  double probability() {
    return probability;
  }

  /** Takes note that the answer goes on with a token. */
  void take(int token) {
    if (constraint != null) {
      constraint.take(token);
    }
  }

  /** Whether the answer is whole and nothing can follow. */
  boolean isOver() {
    return constraint != null && constraint.isOver();
  }
}
