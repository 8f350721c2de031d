package org.invoicelens.grammar;

import java.util.BitSet;
import java.util.Set;

/**
 * An answer as it grows under a schema: which tokens may come next. Not thread-safe.
 *
 * <p>A token may come where all its bytes may, in their order; the tokens that end an answer where
 * the answer may end.
 */
public final class TokenConstraint {

  /** So often the likeliest token is looked at by itself, before all are. */
  private static final int TRIALS = 3;

  private final TokenVocabulary vocabulary;
  private final Set<Integer> endTokens;
  private Language state;

  /**
   * @param endTokens the tokens that end an answer
   */
  public TokenConstraint(AnswerSchema schema, TokenVocabulary vocabulary, Set<Integer> endTokens) {
    this.vocabulary = vocabulary;
    this.endTokens = Set.copyOf(endTokens);
    state = schema.language();
  }

  /** Whether a token may come next. */
  public boolean allows(int token) {
    if (endTokens.contains(token)) {
      return state.mayEnd();
    }
    byte[] bytes = vocabulary.bytes(token);
    return bytes.length > 0 && state.after(bytes) != Language.NONE;
  }

  /** All tokens that may come next. */
  public BitSet allowed() {
    BitSet allowed = vocabulary.allowed(state);
    if (state.mayEnd()) {
      endTokens.forEach(allowed::set);
    }
    return allowed;
  }

  /**
   * The likeliest of the tokens that may come next; negative where there is none.
   *
   * @param logits one for each token, all finite
   */
  public int likeliest(float[] logits) {
    // Most often a model says what it may: then one token is looked at, and not all of them.
    BitSet refused = new BitSet();
    for (int trial = 0; trial < TRIALS; trial++) {
      int token = largest(logits, refused, null);
      if (token < 0 || allows(token)) {
        return token;
      }
      refused.set(token);
    }
    return largest(logits, refused, allowed());
  }

  private static int largest(float[] logits, BitSet refused, BitSet allowed) {
    int largest = -1;
    for (int token = 0; token < logits.length; token++) {
      if ((largest < 0 || logits[token] > logits[largest])
          && (allowed == null || allowed.get(token))
          && !refused.get(token)) {
        largest = token;
      }
    }
    return largest;
  }

  /** Takes a token that may come next, other than one that ends the answer. */
  public void take(int token) {
    Language rest = state.after(vocabulary.bytes(token));
    if (rest == Language.NONE) {
      throw new IllegalArgumentException("the token " + token + " may not come here");
    }
    state = rest;
  }

  /** Whether the answer is whole and nothing can follow. */
  public boolean isOver() {
    return state == Language.END;
  }
}
