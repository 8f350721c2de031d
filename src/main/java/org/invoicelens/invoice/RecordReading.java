package org.invoicelens.invoice;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The way from an answer's texts and their corrections to a record. */
final class RecordReading {

  private static final String DATE = InvoiceField.DATE.path();
  private static final String DUE_DATE = InvoiceField.DUE_DATE.path();

  private final Extraction extraction;
  private final Map<String, String> edits;
  private final LocalDate today;
  private final FieldPlaces places;
  private final Map<InvoiceList, List<Integer>> rows = new EnumMap<>(InvoiceList.class);

  RecordReading(Extraction extraction, Map<String, String> edits, LocalDate today) {
    this.extraction = extraction;
    this.edits = edits;
    this.today = today;
    places = FieldPlaces.of(extraction.fields());
    for (InvoiceList list : InvoiceList.values()) {
      rows.put(
          list,
          Stream.concat(
                  IntStream.range(0, places.count(list))
                      .boxed()
                      .filter(row -> !InvoiceEdits.isRemoved(edits, list.path(row))),
                  InvoiceEdits.added(edits, list, places.count(list)).stream())
              .toList());
    }
  }

  InvoiceRecord record() {
    Optional<CurrencyReading> written = CurrencyReading.of(text(InvoiceField.CURRENCY.path()));
    Map<String, AmountReading> amounts = amounts();
    Optional<CurrencyReading> currency =
        written.or(
            () -> amounts.values().stream().flatMap(each -> each.currency().stream()).findFirst());
    AmountEvidence evidence = new AmountEvidence(amounts, filled(), currency);
    DateReading date = DateReading.of(text(DATE));
    DateReading due = DateReading.of(text(DUE_DATE));
    DateEvidence dates = DateEvidence.of(date, due);
    List<Equation> sums = evidence.equations();
    IbanReading iban = IbanReading.of(text(InvoiceField.IBAN.path()));
    BicReading bic = BicReading.of(text(InvoiceField.BIC.path()));

    RecordChecks checks = new RecordChecks(this::text, currency, today);
    checks.document(extraction);
    if (!extraction.fields().fields().isEmpty() || !edits.isEmpty()) {
      checks.present();
      checks.vatId(InvoiceField.VENDOR_VAT_ID.path(), vatId(InvoiceField.VENDOR_VAT_ID));
      checks.vatId(InvoiceField.BUYER_VAT_ID.path(), vatId(InvoiceField.BUYER_VAT_ID));
      checks.date(DATE, date, dates.date(), dates.decided());
      checks.date(DUE_DATE, due, dates.due(), dates.decided());
      checks.due(dates);
      checks.currency(written);
      amounts.forEach(
          (path, reading) -> checks.amount(path, reading, evidence.undecided().contains(path)));
      sums.forEach(checks::sum);
      checks.iban(iban);
      checks.bic(bic, iban);
    }

    Map<String, BigDecimal> values = evidence.values();
    Function<InvoiceField, RecordEntry<BigDecimal>> amount =
        field -> entry(field.path(), values.get(field.path()));
    InvoiceRecord record =
        new InvoiceRecord(
            new RecordParty(
                text(InvoiceField.VENDOR),
                text(InvoiceField.VENDOR_ADDRESS),
                vatEntry(InvoiceField.VENDOR_VAT_ID)),
            new RecordParty(
                text(InvoiceField.BUYER),
                text(InvoiceField.BUYER_ADDRESS),
                vatEntry(InvoiceField.BUYER_VAT_ID)),
            text(InvoiceField.NUMBER),
            entry(DATE, dates.date().orElse(null)),
            entry(DUE_DATE, dates.due().orElse(null)),
            entry(InvoiceField.CURRENCY.path(), written.map(CurrencyReading::code).orElse(null)),
            rows.get(InvoiceList.LINES).stream().map(line -> line(line, values)).toList(),
            rows.get(InvoiceList.TAXES).stream().map(row -> tax(row, values)).toList(),
            Stream.of(InvoiceList.values())
                .collect(Collectors.toMap(Function.identity(), places::count)),
            amount.apply(InvoiceField.NET),
            amount.apply(InvoiceField.TAX_RATE),
            amount.apply(InvoiceField.TAX),
            amount.apply(InvoiceField.TOTAL),
            new RecordPayment(
                entry(InvoiceField.IBAN.path(), iban.value().orElse(null)),
                entry(InvoiceField.BIC.path(), bic.value().orElse(null)),
                text(InvoiceField.PAYMENT_REFERENCE)),
            places.further().stream()
                .filter(field ->
                    places.row(field).filter(row -> InvoiceEdits.isRemoved(edits, row)).isEmpty())
                .map(this::further)
                .toList(),
            checks.doubts(),
            (int) sums.stream().filter(Equation::holds).count(),
            EditedFields.of(
                extraction.fields(), places, edits, path -> json(path, evidence, dates)));
    checks.confidence(
        record.all().filter(entry -> !isFreelyWorded(entry.path())), path -> isProven(path, sums));
    return record.with(checks.doubts());
  }

  /** Whether a text may be copied in more than one way, so that an unsure token says little. */
  private static boolean isFreelyWorded(String path) {
    return path.equals(InvoiceField.VENDOR_ADDRESS.path())
        || path.equals(InvoiceField.BUYER_ADDRESS.path())
        || path.endsWith("." + LineField.DESCRIPTION.key())
        || path.endsWith("." + LineField.UNIT.key());
  }

  /** Whether sums hold in which a number is, and none fails, or its own check digits fit. */
  private boolean isProven(String path, List<Equation> sums) {
    List<Equation> with = sums.stream().filter(sum -> sum.parts().contains(path)).toList();
    boolean digits =
        (path.equals(InvoiceField.IBAN.path()) && IbanReading.of(text(path)).value().isPresent())
            || (Stream.of(InvoiceField.VENDOR_VAT_ID, InvoiceField.BUYER_VAT_ID)
                    .anyMatch(field -> field.path().equals(path))
                && VatIdReading.of(text(path)).value().isPresent());
    return digits || (!with.isEmpty() && with.stream().allMatch(Equation::holds));
  }

  private Map<String, AmountReading> amounts() {
    Map<String, AmountReading> amounts = new LinkedHashMap<>();
    for (int line : rows.get(InvoiceList.LINES)) {
      read(amounts, LineField.QUANTITY.path(line), AmountReading::ofQuantity);
      read(amounts, LineField.UNIT_PRICE.path(line), AmountReading::ofMoney);
      read(amounts, LineField.AMOUNT.path(line), AmountReading::ofMoney);
      read(amounts, LineField.TAX_RATE.path(line), AmountReading::ofRate);
    }
    for (int row : rows.get(InvoiceList.TAXES)) {
      read(amounts, TaxField.RATE.path(row), AmountReading::ofRate);
      read(amounts, TaxField.NET.path(row), AmountReading::ofMoney);
      read(amounts, TaxField.TAX.path(row), AmountReading::ofMoney);
    }
    Stream.of(InvoiceField.NET, InvoiceField.TAX, InvoiceField.TOTAL)
        .forEach(field -> read(amounts, field.path(), AmountReading::ofMoney));
    read(amounts, InvoiceField.TAX_RATE.path(), AmountReading::ofRate);
    return amounts;
  }

  private void read(
      Map<String, AmountReading> amounts, String path, Function<String, AmountReading> reading) {
    amounts.put(path, reading.apply(text(path)));
  }

  /** The rows in which something stands; one that is new and empty changes no sum. */
  private Map<InvoiceList, List<Integer>> filled() {
    Map<InvoiceList, List<Integer>> filled = new EnumMap<>(InvoiceList.class);
    rows.forEach((list, each) ->
        filled.put(
            list,
            each.stream()
                .filter(row ->
                    list.fields().stream().anyMatch(field -> !text(field.path(row)).isBlank()))
                .toList()));
    return filled;
  }

  private String text(String path) {
    return edits.getOrDefault(path, places.read(path));
  }

  private VatIdReading vatId(InvoiceField field) {
    return VatIdReading.of(text(field.path()));
  }

  private RecordEntry<String> vatEntry(InvoiceField field) {
    return entry(field.path(), vatId(field).value().orElse(null));
  }

  private RecordEntry<String> text(InvoiceField field) {
    return textEntry(field.path());
  }

  private RecordEntry<String> textEntry(String path) {
    String text = text(path).strip();
    return entry(path, text.isEmpty() ? null : text);
  }

  private RecordLine line(int line, Map<String, BigDecimal> values) {
    Function<LineField, RecordEntry<BigDecimal>> amount =
        field -> entry(field.path(line), values.get(field.path(line)));
    return new RecordLine(
        line,
        line >= places.count(InvoiceList.LINES),
        textEntry(LineField.DESCRIPTION.path(line)),
        amount.apply(LineField.QUANTITY),
        textEntry(LineField.UNIT.path(line)),
        amount.apply(LineField.UNIT_PRICE),
        amount.apply(LineField.AMOUNT),
        amount.apply(LineField.TAX_RATE));
  }

  private RecordTax tax(int row, Map<String, BigDecimal> values) {
    Function<TaxField, RecordEntry<BigDecimal>> amount =
        field -> entry(field.path(row), values.get(field.path(row)));
    return new RecordTax(
        row,
        row >= places.count(InvoiceList.TAXES),
        amount.apply(TaxField.RATE),
        amount.apply(TaxField.NET),
        amount.apply(TaxField.TAX));
  }

  private RecordEntry<String> further(InvoiceFields.Field field) {
    String text = edits.getOrDefault(field.name(), field.value());
    return entry(field.name(), Optional.of(field), text, text.isBlank() ? null : text);
  }

  private <T> RecordEntry<T> entry(String path, T value) {
    return entry(path, places.source(path), text(path), value);
  }

  private static <T> RecordEntry<T> entry(
      String path, Optional<InvoiceFields.Field> source, String text, T value) {
    String read = source.map(InvoiceFields.Field::value).orElse("");
    boolean edited = !text.equals(read);
    OptionalDouble confidence =
        source
            .filter(field -> !edited && !text.isBlank())
            .map(InvoiceFields.Field::confidence)
            .orElse(OptionalDouble.empty());
    return new RecordEntry<>(path, read, text, Optional.ofNullable(value), edited, confidence);
  }

  /** A correction in the form in which the model is asked for it. */
  private JsonElement json(String path, AmountEvidence evidence, DateEvidence dates) {
    String text = edits.get(path);
    if (text.isBlank()) {
      return JsonNull.INSTANCE;
    }
    if (evidence.values().containsKey(path) && !evidence.undecided().contains(path)) {
      return new JsonPrimitive(evidence.values().get(path));
    }
    Optional<LocalDate> date =
        path.equals(DATE) ? dates.date() : path.equals(DUE_DATE) ? dates.due() : Optional.empty();
    return new JsonPrimitive(
        date.filter(decided -> dates.decided()).map(LocalDate::toString).orElse(text.strip()));
  }
}
