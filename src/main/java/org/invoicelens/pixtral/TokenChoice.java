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

  /** Chooses; returns {@link #NOT_FINITE} or {@link #NONE_ALLOWED} where that is not possible. */
  int of(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return NOT_FINITE;
      }
      largest = Math.max(largest, logit);
    }
    int token = choose(logits);
    if (token >= 0) {
      probability = Math.exp(logits[token] - largest) / sum(logits, largest);
    }
    return token;
  }

  private int choose(float[] logits) {
    if (sampler == null) {
      int likeliest = constraint.likeliest(logits);
      return likeliest < 0 ? NONE_ALLOWED : likeliest;
    }
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

  /** What the model gave the token last chosen, among all tokens, 0 to 1. */
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
