package org.invoicelens.stage;

import java.util.Locale;

/**
 * Numbers of bytes as a user reads them in their notation, such as {@code 25,4 GB} in German.
 *
 * <p>Downloads and disks count in powers of 1000, as the Hub and disk makers do; memory counts in
 * powers of 1024, as drivers do, and says so in its unit.
 */
public final class ByteSize {

  private static final Words WORDS = Words.of(ByteSize.class);

  private static final String[] DECIMAL = {"", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final String[] BINARY = {"", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private ByteSize() {}

  /** A size in powers of 1000, such as {@code 25.4 GB}. */
  public static String text(long bytes) {
    return text(bytes, 1000, DECIMAL);
  }

  /** A size in powers of 1024, such as {@code 23.6 GiB}. */
  public static String binaryText(long bytes) {
    return text(bytes, 1024, BINARY);
  }

  private static String text(long bytes, int base, String[] units) {
    if (Math.abs(bytes) < base) {
      return WORDS.text(Math.abs(bytes) == 1 ? "size.byte" : "size.bytes", Long.toString(bytes));
    }
    double value = bytes;
    int unit = 0;
    // What would be rounded up to a whole next unit is written in that unit.
    while (Math.abs(value) >= base - 0.05 && unit < units.length - 1) {
      value /= base;
      unit++;
    }
    return String.format(Locale.getDefault(Locale.Category.FORMAT), "%.1f %s", value, units[unit]);
  }
}
