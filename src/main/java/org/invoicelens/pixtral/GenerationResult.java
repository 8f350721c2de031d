package org.invoicelens.pixtral;

import java.time.Duration;

/**
 * An answer.
 *
 * @param text the answer's text, special tokens left out
 * @param tokenIds the answer's tokens, the end-of-sequence token included where it came
 * @param promptTokenIds the prompt's tokens
 * @param finishReason why generation ended
 * @param timings how long it took
 * @param memory bytes that the model and its caches hold
 */
public record GenerationResult(
    String text,
    int[] tokenIds,
    int[] promptTokenIds,
    FinishReason finishReason,
    Timings timings,
    long memory) {

  /** Why generation ended. */
  public enum FinishReason {
    /** The end-of-sequence token came. */
    STOP,
    /** The longest answer was reached. */
    LENGTH
  }

  /**
   * How long an answer took.
   *
   * @param image the vision tower and the projector
   * @param prefill the prompt through the decoder, up to the first token
   * @param decode all further tokens
   * @param promptTokens tokens of the prompt
   * @param decodedTokens tokens after the first
   */
  public record Timings(
      Duration image, Duration prefill, Duration decode, int promptTokens, int decodedTokens) {

    /** Prompt tokens a second; 0 where there were none. */
    public double prefillTokensPerSecond() {
      return rate(promptTokens, prefill);
    }

    /** Answer tokens a second after the first; 0 where there were none. */
    public double decodeTokensPerSecond() {
      return rate(decodedTokens, decode);
    }

    private static double rate(int tokens, Duration time) {
      return tokens == 0 || time.isZero() ? 0 : tokens / (time.toNanos() / 1e9);
    }
  }
}
