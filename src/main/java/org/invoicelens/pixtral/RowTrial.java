package org.invoicelens.pixtral;

import java.time.Duration;
import java.util.Map;

/**
 * How long the products of a token with all weights of the model take, each way that is possible,
 * reckoned from those of one layer and of the output layer.
 *
 * @param durations at least one
 */
public record RowTrial(Map<RowWay, Duration> durations) {

  /** The way to use. */
  public RowWay fastest() {
    return durations.entrySet().stream()
        .min(
            Map.Entry.<RowWay, Duration>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow()
        .getKey();
  }
}
