package org.invoicelens.pixtral;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;

/**
 * How long the products of a token with all weights of the model take, each way that is possible,
 * reckoned from those of one layer and of the output layer.
 *
 * @param durations at least one
 */
public record RowTrial(Map<RowWay, Duration> durations) {

  /** What another way has to stay below, as a share of the time that one takes, to replace it. */
  static final double CLEARLY_FASTER = 0.8;

  /**
   * The way to use: the first in the order of {@link RowWay} than which none is clearly faster.
   *
   * <p>Ways differ in the last bits of their sums. So where two of them are as fast, chance must
   * not decide at each start anew, or an invoice could have another answer.
   */
  public RowWay choice() {
    long least = Collections.min(durations.values()).toNanos();
    return durations.keySet().stream()
        .sorted()
        .filter(way -> least >= CLEARLY_FASTER * durations.get(way).toNanos())
        .findFirst()
        .orElseThrow();
  }
}
