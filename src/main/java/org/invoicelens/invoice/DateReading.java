package org.invoicelens.invoice;

import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A date as it is written on invoices, with one or two meanings: {@code 03/04/2026} is a day of
 * April where the day comes first, and one of March where the month does. Names of months are
 * understood in English, German and French.
 *
 * @param dayFirst the date where the day comes first; empty where it cannot
 * @param monthFirst the date where the month comes first; empty where it cannot
 */
record DateReading(Optional<LocalDate> dayFirst, Optional<LocalDate> monthFirst) {

  private static final int LONGEST = 60;

  private static final Pattern TIME = Pattern.compile("[T ,]+\\d{1,2}:\\d{2}.*$");
  private static final Pattern YEAR_FIRST =
      Pattern.compile(
          "(\\d{4})([-/. ]?)(\\d{2})\\2(\\d{2})|(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})");
  private static final Pattern YEAR_LAST =
      Pattern.compile("(\\d{1,2}) ?([-/. ]) ?(\\d{1,2}) ?\\2 ?(\\d{4}|'?\\d{2})");
  private static final Pattern WORD = Pattern.compile("\\p{L}+|\\d+");

  private static final List<Locale> LANGUAGES =
      List.of(Locale.ENGLISH, Locale.GERMAN, Locale.FRENCH);
  private static final Map<String, Month> MONTHS = new HashMap<>();
  private static final Set<String> FILLERS =
      new HashSet<>(
          List.of(
              "st", "nd", "rd", "th", "er", "of", "the", "den", "der", "vom", "le", "du", "am"));

  static {
    for (Locale language : LANGUAGES) {
      for (Month month : Month.values()) {
        MONTHS.put(plain(month.getDisplayName(TextStyle.FULL, language)), month);
      }
      for (DayOfWeek day : DayOfWeek.values()) {
        Stream.of(TextStyle.FULL, TextStyle.SHORT)
            .map(style -> plain(day.getDisplayName(style, language)))
            .forEach(FILLERS::add);
      }
    }
    MONTHS.put("janner", Month.JANUARY);
    MONTHS.put("feber", Month.FEBRUARY);
    MONTHS.put("mrz", Month.MARCH);
  }

  private static final DateReading NONE = new DateReading(Optional.empty(), Optional.empty());

  static DateReading of(String text) {
    String plain = TIME.matcher(text.strip()).replaceFirst("");
    if (plain.length() > LONGEST) {
      return NONE;
    }
    Matcher iso = YEAR_FIRST.matcher(plain);
    if (iso.matches()) {
      int from = iso.group(1) != null ? 1 : 5;
      int month = iso.group(1) != null ? 3 : 6;
      return certain(date(iso.group(from), iso.group(month), iso.group(month + 1)));
    }
    Matcher last = YEAR_LAST.matcher(plain);
    if (last.matches()) {
      String year = last.group(4);
      Optional<LocalDate> dayFirst = date(year, last.group(3), last.group(1));
      Optional<LocalDate> monthFirst = date(year, last.group(1), last.group(3));
      // Nobody who puts points between them writes the month first.
      boolean points = last.group(2).equals(".") && dayFirst.isPresent();
      return new DateReading(dayFirst, points ? Optional.empty() : monthFirst);
    }
    return certain(named(plain));
  }

  private static DateReading certain(Optional<LocalDate> date) {
    return new DateReading(date, date);
  }

  private static Optional<LocalDate> named(String text) {
    Optional<Month> month = Optional.empty();
    Optional<String> day = Optional.empty();
    Optional<String> year = Optional.empty();
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      String word = words.group();
      if (Character.isDigit(word.charAt(0))) {
        if (word.length() <= 2 && day.isEmpty()) {
          day = Optional.of(word);
        } else if (year.isEmpty()) {
          year = Optional.of(word);
        } else {
          return Optional.empty();
        }
        continue;
      }
      Optional<Month> named = month(plain(word));
      if (named.isPresent() && month.isEmpty()) {
        month = named;
      } else if (!FILLERS.contains(plain(word))) {
        return Optional.empty();
      }
    }
    return month.isEmpty() || day.isEmpty() || year.isEmpty()
        ? Optional.empty()
        : date(year.get(), String.valueOf(month.get().getValue()), day.get());
  }

  /** The month whose name begins so, in at least three letters, and no other's does. */
  private static Optional<Month> month(String word) {
    if (MONTHS.containsKey(word)) {
      return Optional.of(MONTHS.get(word));
    }
    List<Month> begun =
        word.length() < 3
            ? List.of()
            : MONTHS.keySet().stream()
                .filter(name -> name.startsWith(word))
                .map(MONTHS::get)
                .distinct()
                .toList();
    return begun.size() == 1 ? Optional.of(begun.getFirst()) : Optional.empty();
  }

  private static String plain(String word) {
    return Normalizer.normalize(word.toLowerCase(Locale.ROOT), Normalizer.Form.NFD)
        .replaceAll("\\p{M}|\\.", "");
  }

  private static Optional<LocalDate> date(String year, String month, String day) {
    String digits = year.replace("'", "");
    if (digits.length() != 4 && digits.length() != 2) {
      return Optional.empty();
    }
    int number = Integer.parseInt(digits);
    // The years that two digits mean on an invoice.
    int full = digits.length() == 4 ? number : number < 80 ? 2000 + number : 1900 + number;
    try {
      return Optional.of(LocalDate.of(full, Integer.parseInt(month), Integer.parseInt(day)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether it is a date at all. */
  boolean isDate() {
    return dayFirst.isPresent() || monthFirst.isPresent();
  }

  /** Whether it can be two dates. */
  boolean isAmbiguous() {
    return dayFirst.isPresent() && monthFirst.isPresent() && !dayFirst.equals(monthFirst);
  }

  /** Whether day or month comes first as far as this date proves it; empty where it does not. */
  Optional<Boolean> provenDayFirst() {
    return dayFirst.isPresent() == monthFirst.isPresent()
        ? Optional.empty()
        : Optional.of(dayFirst.isPresent());
  }

  /** The date in that order; the other one where it can be no date so. */
  Optional<LocalDate> in(boolean dayComesFirst) {
    return dayComesFirst ? dayFirst.or(this::monthFirst) : monthFirst.or(this::dayFirst);
  }
}
