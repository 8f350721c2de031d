package org.invoicelens.pixtral;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws tokens from logits by temperature and top-p.
 *
 * <p>Of the tokens in order of their probability it keeps the fewest whose probabilities reach
 * {@code topP} together, and draws one of those. Equal seeds give equal draws.
 */
final class Sampler {

  private final double temperature;
  private final double topP;
  private final SplittableRandom random;

  /**
   * @param temperature above 0
   * @param topP above 0, up to 1
   */
  Sampler(double temperature, double topP, long seed) {
    this.temperature = temperature;
    this.topP = topP;
    this.random = new SplittableRandom(seed);
  }

  /**
   * The next token.
   *
   * @param logits one for each token, all finite
   * @param allowed the tokens it may be, at least one
   */
  int next(float[] logits, BitSet allowed) {
    double largest = allowed.stream().mapToDouble(i -> logits[i]).max().orElseThrow();
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = allowed.nextSetBit(0); i >= 0; i = allowed.nextSetBit(i + 1)) {
      weights[i] = Math.exp((logits[i] - largest) / temperature);
      sum += weights[i];
    }
    int[] order = byWeight(weights, sum);
    double kept = 0;
    int count = 0;
    while (count < order.length && kept < topP * sum) {
      kept += weights[order[count++]];
    }
    double draw = random.nextDouble() * kept;
    for (int i = 0; i < count - 1; i++) {
      draw -= weights[order[i]];
      if (draw < 0) {
        return order[i];
      }
    }
    return order[count - 1];
  }

  /** Tokens by falling weight; those too rare to be drawn left out. */
  private int[] byWeight(double[] weights, double sum) {
    // together less than what topP leaves away, or than a double can tell
    double negligible = sum * Math.max(1 - topP, 1e-12) / weights.length;
    return IntStream.range(0, weights.length)
        .filter(i -> weights[i] > negligible)
        .boxed()
        .sorted((a, b) -> Double.compare(weights[b], weights[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
