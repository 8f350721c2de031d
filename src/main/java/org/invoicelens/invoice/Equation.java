package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What two amounts of an invoice have to be to each other.
 *
 * @param check which of the sums it is
 * @param path the field that says the second number
 * @param parts every field that is in it
 * @param words the key of the sentence that tells when it does not hold
 * @param terms what the first number is made of
 * @param made the first number: what the terms make
 * @param said the second number: what the invoice says
 * @param tolerance how far both may differ by rounding
 */
record Equation(
    Doubt.Check check,
    String path,
    List<String> parts,
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
   * @param rows the rows of each list that count
   * @param digits how many digits the minor unit of the currency has
   */
  static List<Equation> of(
      Map<String, BigDecimal> figures, Map<InvoiceList, List<Integer>> rows, int digits) {
    BigDecimal unit = BigDecimal.ONE.movePointLeft(digits);
    List<Integer> lines = rows.get(InvoiceList.LINES);
    List<Integer> taxes = rows.get(InvoiceList.TAXES);
    List<Equation> equations = new ArrayList<>();
    lines.forEach(line -> ofLine(figures, line, digits).ifPresent(equations::add));
    BigDecimal net = figures.get(InvoiceField.NET.path());
    BigDecimal tax = figures.get(InvoiceField.TAX.path());
    BigDecimal total = figures.get(InvoiceField.TOTAL.path());
    BigDecimal perLine = unit.multiply(BigDecimal.valueOf(Math.max(1, lines.size())));
    BigDecimal perRate = unit.multiply(BigDecimal.valueOf(Math.max(1, taxes.size())));
    BigDecimal taxOfRates = sum(taxes, row -> figures.get(TaxField.TAX.path(row)));
    BigDecimal netOfRates = sum(taxes, row -> figures.get(TaxField.NET.path(row)));
    BigDecimal wholeTax = tax == null ? taxOfRates : tax;
    BigDecimal wholeNet = net == null ? netOfRates : net;
    List<String> netParts = parts(net, InvoiceField.NET, TaxField.NET, taxes);
    List<String> taxParts = parts(tax, InvoiceField.TAX, TaxField.TAX, taxes);
    BigDecimal ofLines = sum(lines, line -> counted(figures, line));
    if (ofLines != null) {
      List<String> lineParts = parts(figures, lines);
      addLines(equations, ofLines, lineParts, net, wholeTax, taxParts, total, perLine);
    }
    if (wholeNet != null && wholeTax != null && total != null) {
      equations.add(
          new Equation(
              Doubt.Check.TOTAL,
              InvoiceField.TOTAL.path(),
              all(netParts, taxParts, List.of(InvoiceField.TOTAL.path())),
              "total",
              List.of(wholeNet, wholeTax),
              wholeNet.add(wholeTax),
              total,
              tax == null || net == null ? perRate : unit));
    }
    addTax(
        equations,
        figures,
        List.of(InvoiceField.TAX_RATE.path(), InvoiceField.NET.path(), InvoiceField.TAX.path()),
        perLine);
    for (int row : taxes) {
      addTax(
          equations,
          figures,
          List.of(TaxField.RATE.path(row), TaxField.NET.path(row), TaxField.TAX.path(row)),
          perLine);
      addLinesOfRate(equations, figures, lines, row, perLine);
    }
    if (taxOfRates != null && tax != null) {
      equations.add(
          ofRates(InvoiceField.TAX, TaxField.TAX, taxes, "taxes.tax", taxOfRates, tax, perRate));
    }
    if (netOfRates != null && net != null) {
      equations.add(
          ofRates(InvoiceField.NET, TaxField.NET, taxes, "taxes.net", netOfRates, net, perRate));
    }
    return equations;
  }

  /** The sum over rows; null where there is none or an amount is missing. */
  private static BigDecimal sum(List<Integer> rows, Function<Integer, BigDecimal> amounts) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int row : rows) {
      BigDecimal amount = amounts.apply(row);
      if (amount == null) {
        return null;
      }
      sum = sum.add(amount);
    }
    return rows.isEmpty() ? null : sum;
  }

  private static BigDecimal counted(Map<String, BigDecimal> figures, int line) {
    BigDecimal amount = figures.get(LineField.AMOUNT.path(line));
    return amount == null ? made(figures, line) : amount;
  }

  /** The field that says an amount as a whole, or those of the rates where it is missing. */
  private static List<String> parts(
      BigDecimal whole, InvoiceField field, TaxField ofRate, List<Integer> taxes) {
    return whole == null
        ? taxes.stream().map(row -> ofRate.path(row)).toList()
        : List.of(field.path());
  }

  /** The fields that say what lines amount to. */
  private static List<String> parts(Map<String, BigDecimal> figures, List<Integer> lines) {
    return lines.stream()
        .flatMap(line ->
            figures.containsKey(LineField.AMOUNT.path(line))
                ? Stream.of(LineField.AMOUNT.path(line))
                : Stream.of(LineField.QUANTITY.path(line), LineField.UNIT_PRICE.path(line)))
        .toList();
  }

  @SafeVarargs
  private static List<String> all(List<String>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }

  private static Equation ofRates(
      InvoiceField field,
      TaxField ofRate,
      List<Integer> taxes,
      String words,
      BigDecimal made,
      BigDecimal said,
      BigDecimal tolerance) {
    return new Equation(
        Doubt.Check.TAXES,
        field.path(),
        all(parts(null, field, ofRate, taxes), List.of(field.path())),
        words,
        List.of(),
        made,
        said,
        tolerance);
  }

  /**
   * @param paths of rate, net amount and tax
   */
  private static void addTax(
      List<Equation> equations,
      Map<String, BigDecimal> figures,
      List<String> paths,
      BigDecimal tolerance) {
    BigDecimal rate = figures.get(paths.get(0));
    BigDecimal net = figures.get(paths.get(1));
    BigDecimal tax = figures.get(paths.get(2));
    if (rate != null && net != null && tax != null) {
      equations.add(
          new Equation(
              Doubt.Check.TAX,
              paths.get(2),
              paths,
              "tax",
              List.of(rate, net),
              net.multiply(rate).movePointLeft(2),
              tax,
              tolerance));
    }
  }

  /** Adds what the lines of a rate make, where every line says its rate. */
  private static void addLinesOfRate(
      List<Equation> equations,
      Map<String, BigDecimal> figures,
      List<Integer> lines,
      int row,
      BigDecimal tolerance) {
    BigDecimal rate = figures.get(TaxField.RATE.path(row));
    BigDecimal net = figures.get(TaxField.NET.path(row));
    if (rate == null
        || net == null
        || lines.stream().anyMatch(line -> figures.get(LineField.TAX_RATE.path(line)) == null)) {
      return;
    }
    List<Integer> ofRate =
        lines.stream()
            .filter(line -> figures.get(LineField.TAX_RATE.path(line)).compareTo(rate) == 0)
            .toList();
    BigDecimal made = sum(ofRate, line -> counted(figures, line));
    if (made == null) {
      return;
    }
    BigDecimal tax = figures.get(TaxField.TAX.path(row));
    // Lines that are printed with the tax in them
    boolean withTax = tax != null && made.subtract(net.add(tax)).abs().compareTo(tolerance) <= 0;
    equations.add(
        new Equation(
            Doubt.Check.LINES_OF_RATE,
            TaxField.NET.path(row),
            all(
                parts(figures, ofRate),
                ofRate.stream().map(LineField.TAX_RATE::path).toList(),
                List.of(TaxField.RATE.path(row), TaxField.NET.path(row))),
            "lines.rate",
            List.of(rate),
            made,
            withTax ? made : net,
            tolerance));
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
                List.of(LineField.QUANTITY.path(line), LineField.UNIT_PRICE.path(line), path),
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
      List<String> lineParts,
      BigDecimal net,
      BigDecimal tax,
      List<String> taxParts,
      BigDecimal total,
      BigDecimal tolerance) {
    Equation withTax =
        total == null
            ? null
            : new Equation(
                Doubt.Check.LINES,
                InvoiceField.TOTAL.path(),
                all(lineParts, List.of(InvoiceField.TOTAL.path())),
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
              all(lineParts, List.of(InvoiceField.NET.path())),
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
              all(lineParts, taxParts, List.of(InvoiceField.TOTAL.path())),
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
