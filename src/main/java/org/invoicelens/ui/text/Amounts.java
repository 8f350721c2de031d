package org.invoicelens.ui.text;

import static org.invoicelens.ui.text.Messages.text;

import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;

/** Sizes, rates, shares and times as a user reads them, by the user's locale. Thread-safe. */
public final class Amounts {

  private static final List<String> DECIMAL = List.of("B", "kB", "MB", "GB", "TB");
  private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB");

  private Amounts() {}

  /** Bytes on disks and lines, in powers of 1000, such as {@code 25.4 GB}. */
  public static String bytes(long bytes) {
    return scaled(bytes, 1000, DECIMAL);
  }

  /** Bytes of memory, in powers of 1024, such as {@code 23.6 GiB}. */
  public static String memory(long bytes) {
    return scaled(bytes, 1024, BINARY);
  }

  /** What two sizes have in common is said once: {@code 10.4 of 25.4 GB}. */
  public static String bytesOf(long done, long total) {
    return of(bytes(done), bytes(total));
  }

  /** The same for memory: {@code 11.4 of 16 GiB}. */
  public static String memoryOf(long part, long total) {
    return of(memory(part), memory(total));
  }

  private static String of(String part, String whole) {
    String unit = whole.substring(whole.lastIndexOf(' '));
    return text(
        "amount.of",
        part.endsWith(unit) ? part.substring(0, part.length() - unit.length()) : part,
        whole);
  }

  /** A share between 0 and 1, rounded down, so that 100 % means all. */
  public static String percent(double share) {
    return NumberFormat.getPercentInstance(locale()).format(Math.floor(share * 100) / 100);
  }

  /** A number with a few significant digits. */
  public static String number(double value) {
    NumberFormat format = NumberFormat.getNumberInstance(locale());
    format.setMaximumFractionDigits(value < 100 ? 1 : 0);
    return format.format(value);
  }

  /** A time that passed, such as {@code 3.2 s} or {@code 2 min 5 s}. */
  public static String seconds(Duration time) {
    if (time.toMillis() < 1000) {
      return text("amount.milliseconds", time.toMillis());
    }
    if (time.toSeconds() < 60) {
      return text("amount.seconds", number(time.toMillis() / 1000.0));
    }
    return text("amount.minutesSeconds", time.toMinutes(), time.toSecondsPart());
  }

  /** A time to come, as roughly as it is known. */
  public static String about(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return text("amount.lessThanAMinute");
    }
    long minutes = (seconds + 30) / 60;
    if (minutes < 90) {
      return text("amount.minutes", minutes);
    }
    return text("amount.hours", (minutes + 30) / 60);
  }

  /** A moment, by the day and the minute, such as {@code Nov 26, 2026, 1:05 PM}. */
  public static String moment(Instant time) {
    return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
        .withLocale(locale())
        .format(time.atZone(ZoneId.systemDefault()));
  }

  /** A day, as the user writes it. */
  public static String date(LocalDate day) {
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM).withLocale(locale()).format(day);
  }

  private static String scaled(long bytes, int base, List<String> units) {
    double value = bytes;
    int unit = 0;
    while (value >= base && unit < units.size() - 1) {
      value /= base;
      unit++;
    }
    return (unit == 0 ? NumberFormat.getIntegerInstance(locale()).format(bytes) : number(value))
        + " "
        + units.get(unit);
  }

  private static Locale locale() {
    return Locale.getDefault(Locale.Category.FORMAT);
  }
}
