package org.invoicelens.pixtral;

import java.time.Duration;
import java.util.List;

/**
 * An answer.
 *
 * @param text the answer's text, special tokens left out; under a schema always one of its form,
 *     closed where the answer broke off
 * @param tokenIds the answer's tokens, the end-of-sequence token included where it came
 * @param promptTokenIds the prompt's tokens
 * @param finishReason why generation ended
 * @param timings how long it took
 * @param memory bytes that the model and its caches hold
 * @param written how many characters of the text the model wrote, in UTF-16 units; what comes then
 *     only closes it
 * @param certainties how certain the model was, token by token; empty where that is not known
 */
public record GenerationResult(
    String text,
    int[] tokenIds,
    int[] promptTokenIds,
    FinishReason finishReason,
    Timings timings,
    long memory,
    int written,
    List<Certainty> certainties) {

  public GenerationResult {
    certainties = List.copyOf(certainties);
  }

  /** An answer that the model wrote to its end, no one knows how certainly. */
  public GenerationResult(
      String text,
      int[] tokenIds,
      int[] promptTokenIds,
      FinishReason finishReason,
      Timings timings,
      long memory) {
    this(text, tokenIds, promptTokenIds, finishReason, timings, memory, text.length(), List.of());
  }

  /**
   * How certain the model was of one token.
   *
   * @param end where in the text it ends, in UTF-16 units
   * @param probability what the model gave it among all tokens, whatever was allowed, 0 to 1
   */
  public record Certainty(int end, double probability) {}

  /** Why generation ended. */
  public enum FinishReason {
    /** The end-of-sequence token came, or nothing could follow under the schema. */
    STOP,
    /** The longest answer was reached, or the vocabulary has no token to go on with. */
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
