package org.invoicelens.cli;

import java.time.Duration;
import java.util.Locale;

/** Times as people read them. */
final class Durations {

  private Durations() {}

  /** A time such as {@code 40 ms}, {@code 1.3 s}, {@code 2 min 5 s} or {@code 3 h 20 min}. */
  static String text(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, millis < 10_000 ? "%.1f s" : "%.0f s", millis / 1000.0);
    }
    long seconds = time.toSeconds();
    return seconds < 3600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
