package org.invoicelens.invoice;

import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The judgement on an invoice's dates, which are in one order of day and month: the one that one of
 * them proves, or the only one in which the invoice is not due before its date.
 *
 * @param date the invoice's date
 * @param due when it is due
 * @param decided whether the order is known; where it is not, the day is taken to come first
 */
record DateEvidence(Optional<LocalDate> date, Optional<LocalDate> due, boolean decided) {

  static DateEvidence of(DateReading date, DateReading due) {
    Set<Boolean> proven =
        Stream.of(date, due)
            .flatMap(reading -> reading.provenDayFirst().stream())
            .collect(Collectors.toSet());
    if (proven.size() == 1) {
      return in(proven.iterator().next(), date, due, true);
    }
    boolean dayFirst = inOrder(date.in(true), due.in(true));
    boolean monthFirst = inOrder(date.in(false), due.in(false));
    return dayFirst == monthFirst
        ? in(true, date, due, !date.isAmbiguous() && !due.isAmbiguous())
        : in(dayFirst, date, due, true);
  }

  private static DateEvidence in(
      boolean dayFirst, DateReading date, DateReading due, boolean decided) {
    return new DateEvidence(date.in(dayFirst), due.in(dayFirst), decided);
  }

  private static boolean inOrder(Optional<LocalDate> date, Optional<LocalDate> due) {
    return date.isEmpty() || due.isEmpty() || !due.get().isBefore(date.get());
  }
}
