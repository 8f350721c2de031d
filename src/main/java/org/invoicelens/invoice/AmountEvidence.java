package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The judgement on numbers that can mean two things, by the evidence of their document.
 *
 * <p>First by the sums: of all ways to read the numbers in question those count in which the most
 * sums hold, and a number that is the same in all of these is decided. Then by the decimal sign of
 * the document's other numbers, or of its currency. An amount of money with three digits after the
 * decimal sign speaks against that reading where the currency has two. What is left stays in doubt.
 */
final class AmountEvidence {

  /** How many numbers are tried in all their combinations. */
  private static final int MOST_COMBINED = 8;

  private final Map<String, AmountReading> readings;
  private final Map<InvoiceList, List<Integer>> rows;
  private final int digits;
  private final Optional<Character> decimalSign;
  private final Map<String, BigDecimal> values = new HashMap<>();
  private final Set<String> open = new TreeSet<>();

  /**
   * @param readings all numbers of the document by their paths in the record
   * @param rows the rows of each list that count
   */
  AmountEvidence(
      Map<String, AmountReading> readings,
      Map<InvoiceList, List<Integer>> rows,
      Optional<CurrencyReading> currency) {
    this.readings = readings;
    this.rows = rows;
    this.digits = currency.map(CurrencyReading::digits).orElse(2);
    readings.forEach((path, reading) -> {
      if (reading.isAmbiguous()) {
        open.add(path);
      } else {
        reading.decimal().or(reading::grouped).ifPresent(value -> values.put(path, value));
      }
    });
    Set<Character> proven =
        readings.values().stream()
            .flatMap(reading -> reading.provenDecimalSign().stream())
            .collect(Collectors.toSet());
    decimalSign =
        proven.isEmpty()
            ? currency.flatMap(CurrencyReading::decimalSign)
            : proven.stream().filter(sign -> proven.size() == 1).findFirst();
    for (int line : rows.get(InvoiceList.LINES)) {
      List<String> ofLine =
          Stream.of(LineField.values())
              .map(field -> field.path(line))
              .filter(open::contains)
              .toList();
      decideBySums(ofLine, tried -> Equation.ofLine(tried, line, digits).stream());
    }
    decideBySums(List.copyOf(open), tried -> Equation.of(tried, rows, digits).stream());
    List.copyOf(open).forEach(this::decideByNotation);
    open.forEach(path -> values.put(path, likely(path)));
  }

  /** The value of every number; of those in doubt the likelier one. */
  Map<String, BigDecimal> values() {
    return values;
  }

  /** The numbers that nothing decides. */
  Set<String> undecided() {
    return open;
  }

  /** The sums that can be tried on the values. */
  List<Equation> equations() {
    return Equation.of(values, rows, digits);
  }

  private void decideBySums(
      List<String> paths, Function<Map<String, BigDecimal>, Stream<Equation>> sums) {
    if (paths.isEmpty()) {
      return;
    }
    boolean each = paths.size() <= MOST_COMBINED;
    long most = 0;
    List<Map<String, BigDecimal>> best = new ArrayList<>();
    // Where there are too many to try each way, all points mean the same, and all commas.
    for (int way = 0; way < (each ? 1 << paths.size() : 4); way++) {
      Map<String, BigDecimal> tried = new HashMap<>(values);
      for (int i = 0; i < paths.size(); i++) {
        AmountReading reading = readings.get(paths.get(i));
        int bit = each ? i : reading.sign().orElseThrow() == '.' ? 0 : 1;
        tried.put(
            paths.get(i),
            ((way >> bit & 1) == 0 ? reading.decimal() : reading.grouped()).orElseThrow());
      }
      long holding = sums.apply(tried).filter(Equation::holds).count();
      if (holding > most) {
        best.clear();
        most = holding;
      }
      if (holding == most) {
        best.add(tried);
      }
    }
    for (String path : paths) {
      Set<BigDecimal> left = new HashSet<>();
      best.forEach(tried -> left.add(tried.get(path)));
      if (left.size() == 1) {
        decide(path, left.iterator().next());
      }
    }
  }

  private void decideByNotation(String path) {
    AmountReading reading = readings.get(path);
    boolean money = isMoney(path);
    if (money && digits == 0) {
      decide(path, reading.grouped().orElseThrow());
    } else if (money && digits >= 3) {
      decide(path, reading.decimal().orElseThrow());
    } else if (decimalSign.isPresent()) {
      boolean decimal = decimalSign.equals(reading.sign());
      if (!decimal) {
        decide(path, reading.grouped().orElseThrow());
      } else if (!money) {
        decide(path, reading.decimal().orElseThrow());
      }
    }
  }

  private void decide(String path, BigDecimal value) {
    values.put(path, value);
    open.remove(path);
  }

  private BigDecimal likely(String path) {
    AmountReading reading = readings.get(path);
    return (isMoney(path) ? reading.grouped() : reading.decimal()).orElseThrow();
  }

  /** Whether the number is an amount that is paid; quantities and prices have more digits. */
  private static boolean isMoney(String path) {
    return path.equals(InvoiceField.NET.path())
        || path.equals(InvoiceField.TAX.path())
        || path.equals(InvoiceField.TOTAL.path())
        || path.endsWith("." + LineField.AMOUNT.key())
        || path.endsWith("." + TaxField.NET.key())
        || path.endsWith("." + TaxField.TAX.key());
  }
}
