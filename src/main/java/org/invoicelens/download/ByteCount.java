package org.invoicelens.download;

import java.util.Locale;

/** Numbers of bytes as a user reads them. */
final class ByteCount {

  private ByteCount() {}

  /** Three digits or so with a decimal unit, such as {@code 24.7 GB}. */
  static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " bytes";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, value < 100 ? "%.1f %cB" : "%.0f %cB", value, "kMGTPE".charAt(unit));
  }
}
