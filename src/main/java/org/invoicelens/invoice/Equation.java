package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What two amounts of an invoice have to be to each other.
 *
 * @param check which of the sums it is
 * @param path the field that says the second number
 * @param words the key of the sentence that tells when it does not hold
 * @param terms what the first number is made of
 * @param made the first number: what the terms make
 * @param said the second number: what the invoice says
 * @param tolerance how far both may differ by rounding
 */
record Equation(
    Doubt.Check check,
    String path,
    String words,
    List<BigDecimal> terms,
    BigDecimal made,
    BigDecimal said,
    BigDecimal tolerance) {

  boolean holds() {
    return made.subtract(said).abs().compareTo(tolerance) <= 0;
  }

  /**
   * The sums that can be tried on the amounts there are. Every amount may have been rounded, so
   * that each line may be off by one minor unit of the currency.
   *
   * @param figures the amounts by their paths in the record
   * @param lines the lines that count
   * @param digits how many digits the minor unit of the currency has
   */
  static List<Equation> of(Map<String, BigDecimal> figures, List<Integer> lines, int digits) {
    BigDecimal unit = BigDecimal.ONE.movePointLeft(digits);
    List<Equation> equations = new ArrayList<>();
    BigDecimal sum = BigDecimal.ZERO;
    for (int line : lines) {
      ofLine(figures, line, digits).ifPresent(equations::add);
      BigDecimal amount = figures.get(LineField.AMOUNT.path(line));
      BigDecimal counted = amount == null ? made(figures, line) : amount;
      sum = sum == null || counted == null ? null : sum.add(counted);
    }
    BigDecimal net = figures.get(InvoiceField.NET.path());
    BigDecimal tax = figures.get(InvoiceField.TAX.path());
    BigDecimal total = figures.get(InvoiceField.TOTAL.path());
    BigDecimal perLine = unit.multiply(BigDecimal.valueOf(Math.max(1, lines.size())));
    if (sum != null && !lines.isEmpty()) {
      addLines(equations, sum, net, tax, total, perLine);
    }
    if (net != null && tax != null && total != null) {
      equations.add(
          new Equation(
              Doubt.Check.TOTAL,
              InvoiceField.TOTAL.path(),
              "total",
              List.of(net, tax),
              net.add(tax),
              total,
              unit));
    }
    BigDecimal rate = figures.get(InvoiceField.TAX_RATE.path());
    if (rate != null && net != null && tax != null) {
      equations.add(
          new Equation(
              Doubt.Check.TAX,
              InvoiceField.TAX.path(),
              "tax",
              List.of(rate, net),
              net.multiply(rate).movePointLeft(2),
              tax,
              perLine));
    }
    return equations;
  }

  /**
   * What quantity and unit price of a line have to be to its amount; empty where one is missing.
   */
  static Optional<Equation> ofLine(Map<String, BigDecimal> figures, int line, int digits) {
    BigDecimal made = made(figures, line);
    String path = LineField.AMOUNT.path(line);
    BigDecimal amount = figures.get(path);
    return made == null || amount == null
        ? Optional.empty()
        : Optional.of(
            new Equation(
                Doubt.Check.LINE,
                path,
                "line",
                List.of(
                    figures.get(LineField.QUANTITY.path(line)),
                    figures.get(LineField.UNIT_PRICE.path(line))),
                made,
                amount,
                BigDecimal.ONE.movePointLeft(digits)));
  }

  private static BigDecimal made(Map<String, BigDecimal> figures, int line) {
    BigDecimal quantity = figures.get(LineField.QUANTITY.path(line));
    BigDecimal price = figures.get(LineField.UNIT_PRICE.path(line));
    return quantity == null || price == null ? null : quantity.multiply(price);
  }

  /** Lines are printed without the tax on some invoices, and with it on others. */
  private static void addLines(
      List<Equation> equations,
      BigDecimal sum,
      BigDecimal net,
      BigDecimal tax,
      BigDecimal total,
      BigDecimal tolerance) {
    Equation withTax =
        total == null
            ? null
            : new Equation(
                Doubt.Check.LINES,
                InvoiceField.TOTAL.path(),
                "lines.total",
                List.of(),
                sum,
                total,
                tolerance);
    Equation withoutTax = null;
    if (net != null) {
      withoutTax =
          new Equation(
              Doubt.Check.LINES,
              InvoiceField.NET.path(),
              "lines.net",
              List.of(),
              sum,
              net,
              tolerance);
    } else if (tax != null && total != null) {
      withoutTax =
          new Equation(
              Doubt.Check.LINES,
              InvoiceField.TOTAL.path(),
              "lines.tax",
              List.of(sum, tax),
              sum.add(tax),
              total,
              tolerance);
    }
    if (withoutTax == null || (withTax != null && withTax.holds())) {
      if (withTax != null) {
        equations.add(withTax);
      }
    } else {
      equations.add(withoutTax);
    }
  }
}
