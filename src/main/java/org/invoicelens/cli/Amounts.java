package org.invoicelens.cli;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as people read them. */
final class Amounts {

  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

  private Amounts() {}

  /** The size of files, in powers of ten, such as {@code 25.4 GB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? bytes + " bytes"
        : String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  /** The size of memory, in powers of two, such as {@code 23.6 GiB}. */
  static String memory(long bytes) {
    double mebibytes = bytes / (double) (1 << 20);
    return mebibytes < 1000
        ? String.format(Locale.ROOT, "%.0f MiB", mebibytes)
        : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
  }

  /** A time such as {@code 40 ms}, {@code 1.3 s}, {@code 2 min 5 s} or {@code 3 h 20 min}. */
  static String time(Duration time) {
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
