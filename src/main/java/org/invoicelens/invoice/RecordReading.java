package org.invoicelens.invoice;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
  private final List<Integer> lines;

  RecordReading(Extraction extraction, Map<String, String> edits, LocalDate today) {
    this.extraction = extraction;
    this.edits = edits;
    this.today = today;
    places = FieldPlaces.of(extraction.fields());
    lines =
        Stream.concat(
                IntStream.range(0, places.lines())
                    .boxed()
                    .filter(line -> !InvoiceEdits.isRemoved(edits, line)),
                InvoiceEdits.addedLines(edits, places.lines()).stream())
            .toList();
  }

  InvoiceRecord record() {
    Optional<CurrencyReading> written = CurrencyReading.of(text(InvoiceField.CURRENCY.path()));
    Map<String, AmountReading> amounts = amounts();
    Optional<CurrencyReading> currency =
        written.or(
            () -> amounts.values().stream().flatMap(each -> each.currency().stream()).findFirst());
    List<Integer> filled = lines.stream().filter(this::isFilled).toList();
    AmountEvidence evidence = new AmountEvidence(amounts, filled, currency);
    DateReading date = DateReading.of(text(DATE));
    DateReading due = DateReading.of(text(DUE_DATE));
    DateEvidence dates = DateEvidence.of(date, due);
    List<Equation> sums = evidence.equations();

    RecordChecks checks = new RecordChecks(this::text, currency, today);
    checks.document(extraction);
    if (!extraction.fields().fields().isEmpty() || !edits.isEmpty()) {
      checks.present();
      checks.date(DATE, date, dates.date(), dates.decided());
      checks.date(DUE_DATE, due, dates.due(), dates.decided());
      checks.due(dates);
      checks.currency(written);
      amounts.forEach(
          (path, reading) -> checks.amount(path, reading, evidence.undecided().contains(path)));
      sums.forEach(checks::sum);
    }

    Map<String, BigDecimal> values = evidence.values();
    Function<InvoiceField, RecordEntry<BigDecimal>> amount =
        field -> entry(field.path(), values.get(field.path()));
    return new InvoiceRecord(
        text(InvoiceField.VENDOR),
        text(InvoiceField.NUMBER),
        entry(DATE, dates.date().orElse(null)),
        entry(DUE_DATE, dates.due().orElse(null)),
        entry(InvoiceField.CURRENCY.path(), written.map(CurrencyReading::code).orElse(null)),
        lines.stream().map(line -> line(line, values)).toList(),
        places.lines(),
        amount.apply(InvoiceField.NET),
        amount.apply(InvoiceField.TAX_RATE),
        amount.apply(InvoiceField.TAX),
        amount.apply(InvoiceField.TOTAL),
        places.further().stream()
            .filter(field -> lines.containsAll(places.line(field).stream().toList()))
            .map(field -> further(field))
            .toList(),
        checks.doubts(),
        (int) sums.stream().filter(Equation::holds).count(),
        EditedFields.of(extraction.fields(), places, edits, path -> json(path, evidence, dates)));
  }

  private Map<String, AmountReading> amounts() {
    Map<String, AmountReading> amounts = new LinkedHashMap<>();
    for (int line : lines) {
      amounts.put(
          LineField.QUANTITY.path(line),
          AmountReading.ofQuantity(text(LineField.QUANTITY.path(line))));
      Stream.of(LineField.UNIT_PRICE, LineField.AMOUNT)
          .map(field -> field.path(line))
          .forEach(path -> amounts.put(path, AmountReading.ofMoney(text(path))));
    }
    Stream.of(InvoiceField.NET, InvoiceField.TAX, InvoiceField.TOTAL)
        .map(InvoiceField::path)
        .forEach(path -> amounts.put(path, AmountReading.ofMoney(text(path))));
    amounts.put(
        InvoiceField.TAX_RATE.path(), AmountReading.ofRate(text(InvoiceField.TAX_RATE.path())));
    return amounts;
  }

  /** Whether something stands in a line; one that is new and empty changes no sum. */
  private boolean isFilled(int line) {
    return Stream.of(LineField.values()).anyMatch(field -> !text(field.path(line)).isBlank());
  }

  private String text(String path) {
    return edits.getOrDefault(path, places.read(path));
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
        line >= places.lines(),
        textEntry(LineField.DESCRIPTION.path(line)),
        amount.apply(LineField.QUANTITY),
        amount.apply(LineField.UNIT_PRICE),
        amount.apply(LineField.AMOUNT));
  }

  private RecordEntry<String> further(InvoiceFields.Field field) {
    String text = edits.getOrDefault(field.name(), field.value());
    return new RecordEntry<>(
        field.name(),
        field.value(),
        text,
        Optional.of(text).filter(present -> !present.isBlank()),
        !text.equals(field.value()));
  }

  private <T> RecordEntry<T> entry(String path, T value) {
    String read = places.read(path);
    String text = text(path);
    return new RecordEntry<>(path, read, text, Optional.ofNullable(value), !text.equals(read));
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
