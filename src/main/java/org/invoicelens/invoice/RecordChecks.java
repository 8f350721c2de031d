package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.invoicelens.invoice.Doubt.Check;
import org.invoicelens.stage.Words;

/** What has to hold of an invoice, and in plain words what does not. */
final class RecordChecks {

  private static final Words WORDS = Words.of(RecordChecks.class);

  /** No invoice that somebody reads today is older. */
  private static final LocalDate EARLIEST = LocalDate.of(1990, 1, 1);

  /** How far ahead a date may lie. */
  private static final int LATEST_YEARS = 2;

  /**
   * Below it, the model is not sure. Of the fields of the samples that ship, the bundled model
   * reads three wrong, with 0.45 to 0.67, and two of the 37 right ones with less than 0.7.
   */
  private static final double SURE = 0.7;

  /** How much of a text that cannot be understood is quoted. */
  private static final int QUOTED = 40;

  /** Their first term is a quantity or a rate. */
  private static final Set<Check> BEGIN_WITHOUT_MONEY =
      Set.of(Check.LINE, Check.TAX, Check.LINES_OF_RATE);

  private static final List<InvoiceField> NEVER_LACKING =
      List.of(InvoiceField.VENDOR, InvoiceField.NUMBER, InvoiceField.DATE, InvoiceField.TOTAL);

  private final UnaryOperator<String> texts;
  private final int digits;
  private final LocalDate today;
  private final List<Doubt> doubts = new ArrayList<>();

  /**
   * @param texts the text of a path; empty where there is none
   */
  RecordChecks(UnaryOperator<String> texts, Optional<CurrencyReading> currency, LocalDate today) {
    this.texts = texts;
    this.digits = currency.map(CurrencyReading::digits).orElse(2);
    this.today = today;
  }

  /** What did not hold, in the order in which it was checked. */
  List<Doubt> doubts() {
    return doubts;
  }

  private void doubt(String path, Check check, String key, Object... words) {
    doubts.add(new Doubt(path, check, WORDS.text("doubt." + key, words)));
  }

  /** Whether there is an answer, and all of it. */
  void document(Extraction extraction) {
    if (extraction.fields().fields().isEmpty()) {
      boolean silent = extraction.generation().text().isBlank();
      doubt("", Check.ANY_FIELD, silent ? "blank" : "nothing");
    } else if (!extraction.fields().complete()) {
      doubt("", Check.COMPLETE, "incomplete");
    }
    if (extraction.pagesRead() < extraction.pages()) {
      doubt("", Check.ALL_PAGES, "pages", extraction.pagesRead(), extraction.pages());
    }
  }

  /** Whether what no invoice lacks is there. */
  void present() {
    List<String> missing =
        NEVER_LACKING.stream()
            .map(InvoiceField::path)
            .filter(path -> texts.apply(path).isBlank())
            .toList();
    if (missing.size() == NEVER_LACKING.size()) {
      doubt("", Check.ANY_FIELD, "noInvoice");
    }
    missing.forEach(path -> doubt(path, Check.PRESENT, "missing." + path));
  }

  /**
   * @param decided whether the order of day and month is known
   */
  void date(String path, DateReading reading, Optional<LocalDate> date, boolean decided) {
    String text = texts.apply(path);
    if (text.isBlank()) {
      return;
    }
    if (!reading.isDate()) {
      doubt(path, Check.DATE, "date", quoted(text));
      return;
    }
    if (reading.isAmbiguous() && !decided) {
      doubt(
          path,
          Check.DATE_ORDER,
          "date.order",
          quoted(text),
          words(reading.dayFirst().orElseThrow()),
          words(reading.monthFirst().orElseThrow()));
    }
    date.filter(EARLIEST::isAfter)
        .ifPresent(
            early -> doubt(path, Check.DATE_RANGE, "date.early", words(early), words(EARLIEST)));
    date.filter(today.plusYears(LATEST_YEARS)::isBefore)
        .ifPresent(late -> doubt(path, Check.DATE_RANGE, "date.late", words(late)));
  }

  void due(DateEvidence dates) {
    if (dates.date().isPresent()
        && dates.due().filter(due -> due.isBefore(dates.date().get())).isPresent()) {
      doubt(
          InvoiceField.DUE_DATE.path(),
          Check.DUE_AFTER_DATE,
          "due",
          words(dates.due().get()),
          words(dates.date().get()));
    }
  }

  void currency(Optional<CurrencyReading> written) {
    String text = texts.apply(InvoiceField.CURRENCY.path());
    if (!text.isBlank() && written.isEmpty()) {
      doubt(InvoiceField.CURRENCY.path(), Check.CURRENCY, "currency", quoted(text));
    }
  }

  void vatId(String path, VatIdReading reading) {
    String text = quoted(texts.apply(path));
    switch (reading.fault().orElse(null)) {
      case COUNTRY -> doubt(path, Check.VAT_ID, "vat.country", text);
      case FORM -> doubt(path, Check.VAT_ID, "vat.form", text, country(reading.country()));
      case CHECK_DIGITS -> doubt(path, Check.VAT_ID, "vat.digits", text);
      case null -> {}
    }
  }

  void iban(IbanReading reading) {
    String path = InvoiceField.IBAN.path();
    String text = quoted(texts.apply(path));
    switch (reading.fault().orElse(null)) {
      case FORM -> doubt(path, Check.IBAN, "iban.form", text);
      case COUNTRY -> doubt(path, Check.IBAN, "iban.country", text);
      case LENGTH ->
          doubt(
              path,
              Check.IBAN,
              "iban.length",
              reading.compact().length(),
              country(reading.country()),
              reading.lengthOfCountry());
      case SIGNS -> doubt(path, Check.IBAN, "iban.signs", country(reading.country()));
      case CHECK_DIGITS -> doubt(path, Check.IBAN, "iban.digits");
      case null -> {}
    }
  }

  void bic(BicReading bic, IbanReading iban) {
    String path = InvoiceField.BIC.path();
    if (bic.isDoubted()) {
      doubt(path, Check.BIC, "bic", quoted(texts.apply(path)));
    } else if (!bic.fits(iban)) {
      doubt(
          path, Check.BANK_COUNTRY, "bic.country", country(bic.country()), country(iban.country()));
    }
  }

  private static String country(String code) {
    return Locale.of("", code.equals("EL") ? "GR" : code.equals("XI") ? "GB" : code)
        .getDisplayCountry(locale());
  }

  /**
   * @param undecided whether nothing tells which of two meanings the number has
   */
  void amount(String path, AmountReading reading, boolean undecided) {
    String text = texts.apply(path);
    if (text.isBlank()) {
      return;
    }
    if (!reading.isNumber()) {
      doubt(path, Check.AMOUNT, "amount", quoted(text));
    } else if (undecided) {
      doubt(
          path,
          Check.DECIMAL_SIGN,
          "amount.sign",
          quoted(text),
          money(reading.grouped().orElseThrow()),
          money(reading.decimal().orElseThrow()));
    }
  }

  void sum(Equation sum) {
    if (!sum.holds()) {
      List<String> words = new ArrayList<>();
      for (int i = 0; i < sum.terms().size(); i++) {
        boolean plain = i == 0 && BEGIN_WITHOUT_MONEY.contains(sum.check());
        words.add(plain ? plain(sum.terms().get(i)) : money(sum.terms().get(i)));
      }
      words.add(money(sum.made()));
      words.add(money(sum.said()));
      doubt(sum.path(), sum.check(), sum.words(), words.toArray());
    }
  }

  /**
   * Doubts what the model was not sure of, where nothing else says whether it is right.
   *
   * @param proven whether sums or check digits say that the field of a path is right
   */
  void confidence(Stream<RecordEntry<?>> entries, Predicate<String> proven) {
    Set<String> doubted = doubts.stream().map(Doubt::path).collect(Collectors.toSet());
    entries
        .filter(entry -> entry.confidence().orElse(1) < SURE)
        .filter(entry -> !doubted.contains(entry.path()) && !proven.test(entry.path()))
        .forEach(entry ->
            doubt(
                entry.path(),
                Check.CONFIDENCE,
                "unsure",
                quoted(entry.text()),
                (int) (100 * entry.confidence().getAsDouble())));
  }

  private String money(BigDecimal amount) {
    NumberFormat format = NumberFormat.getNumberInstance(locale());
    format.setMinimumFractionDigits(digits);
    format.setMaximumFractionDigits(Math.max(digits, Math.min(6, amount.scale())));
    return format.format(amount);
  }

  private static String plain(BigDecimal number) {
    NumberFormat format = NumberFormat.getNumberInstance(locale());
    format.setMaximumFractionDigits(6);
    return format.format(number);
  }

  private static String words(LocalDate date) {
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(locale()).format(date);
  }

  private static String quoted(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > QUOTED ? line.substring(0, QUOTED) + " …" : line;
  }

  private static Locale locale() {
    return Locale.getDefault(Locale.Category.FORMAT);
  }
}
