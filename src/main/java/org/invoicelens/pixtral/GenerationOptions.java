package org.invoicelens.pixtral;

import java.util.Optional;
import org.invoicelens.grammar.AnswerSchema;

/**
 * How an answer is generated.
 *
 * @param maxNewTokens the longest answer in tokens, at least 1
 * @param temperature 0 for greedy decoding
 * @param topP the probability mass sampled from, above 0 up to 1; unused where greedy
 * @param seed of the sampling
 * @param ignoreEos whether to go on after the end-of-sequence token; unused where there is a schema
 * @param schema the form that the answer is held to; empty where it is free
 */
public record GenerationOptions(
    int maxNewTokens,
    double temperature,
    double topP,
    long seed,
    boolean ignoreEos,
    Optional<AnswerSchema> schema) {

  /** A free answer. */
  public GenerationOptions(
      int maxNewTokens, double temperature, double topP, long seed, boolean ignoreEos) {
    this(maxNewTokens, temperature, topP, seed, ignoreEos, Optional.empty());
  }

  /** Greedy decoding up to the end-of-sequence token. */
  public static GenerationOptions greedy(int maxNewTokens) {
    return new GenerationOptions(maxNewTokens, 0, 1, 0, false);
  }
}
