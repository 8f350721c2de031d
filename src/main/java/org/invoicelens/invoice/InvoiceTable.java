package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was read as rows of cells, the first row with the names of the columns. */
public final class InvoiceTable {

  private static final String DOUBTS = "doubts";
  private static final String ERROR = "error";

  private InvoiceTable() {}

  /** One row for each document, one column for each field of any of them as the model named it. */
  static List<List<String>> documents(List<DocumentOutcome> outcomes) {
    Set<String> fields = new LinkedHashSet<>();
    records(outcomes)
        .forEach(record -> record.fields().fields().forEach(field -> fields.add(field.name())));
    List<String> head = new ArrayList<>(List.of("document"));
    head.addAll(fields);
    return rows(
        outcomes,
        head,
        outcome ->
            List.of(
                fields.stream()
                    .map(field -> outcome.record().flatMap(r -> r.fields().value(field)).orElse(""))
                    .toList()));
  }

  /**
   * One row for each line item, or for a document without any; dates as in ISO 8601 and numbers in
   * that notation wherever they were understood, else as they were read.
   */
  static List<List<String>> lines(
      List<DocumentOutcome> outcomes, Function<BigDecimal, String> number) {
    int taxes = records(outcomes).mapToInt(record -> record.taxes().size()).max().orElse(0);
    List<String> head = new ArrayList<>(List.of("document"));
    Stream.of(InvoiceField.values()).map(InvoiceField::path).forEach(head::add);
    for (int row = 0; row < taxes; row++) {
      for (TaxField field : TaxField.values()) {
        head.add(field.path(row));
      }
    }
    head.add("line");
    // The invoice as a whole has a rate of the tax as well.
    Stream.of(LineField.values())
        .map(field -> head.contains(field.key()) ? "line_" + field.key() : field.key())
        .forEach(head::add);
    return rows(
        outcomes,
        head,
        outcome ->
            outcome
                .record()
                .map(record -> lines(record, taxes, number))
                .orElse(List.of(Collections.nCopies(head.size() - 1, ""))));
  }

  /**
   * @param taxes for how many rates of the tax there are columns
   */
  private static List<List<String>> lines(
      InvoiceRecord record, int taxes, Function<BigDecimal, String> number) {
    List<String> shared = cells(record.entries(), number);
    record.taxes().forEach(tax -> shared.addAll(cells(tax.entries(), number)));
    int empty = (taxes - record.taxes().size()) * TaxField.values().length;
    shared.addAll(Collections.nCopies(empty, ""));
    List<List<String>> rows = new ArrayList<>();
    for (RecordLine line : record.lines()) {
      List<String> row = new ArrayList<>(shared);
      row.add(String.valueOf(rows.size() + 1));
      row.addAll(cells(line.entries(), number));
      rows.add(row);
    }
    if (rows.isEmpty()) {
      List<String> row = new ArrayList<>(shared);
      row.addAll(Collections.nCopies(1 + LineField.values().length, ""));
      rows.add(row);
    }
    return rows;
  }

  /**
   * One document for the clipboard: its fields one below the other, then its taxes for each rate
   * and its line items; numbers in the user's notation, which is what a spreadsheet takes for
   * numbers.
   *
   * @param names the names of fields in the user's language, by their paths or, in lists, by {@link
   *     ListField#label}
   */
  public static String sheet(InvoiceRecord record, Function<String, String> names) {
    List<List<String>> rows = new ArrayList<>();
    for (RecordEntry<?> entry : record.entries()) {
      rows.add(List.of(names.apply(entry.path()), cell(entry, InvoiceTable::local)));
    }
    record.further().forEach(entry -> rows.add(List.of(names.apply(entry.path()), entry.text())));
    for (InvoiceList list : List.of(InvoiceList.TAXES, InvoiceList.LINES)) {
      if (!record.rows(list).isEmpty()) {
        rows.add(List.of(""));
        rows.add(list.fields().stream().map(field -> names.apply(field.label())).toList());
        record.rows(list).forEach(row -> rows.add(cells(row.entries(), InvoiceTable::local)));
      }
    }
    return SpreadsheetText.tsv(rows);
  }

  private static List<String> cells(
      List<RecordEntry<?>> entries, Function<BigDecimal, String> number) {
    return entries.stream().map(entry -> cell(entry, number)).collect(Collectors.toList());
  }

  private static String cell(RecordEntry<?> entry, Function<BigDecimal, String> number) {
    return switch (entry.value().orElse(null)) {
      case BigDecimal value -> number.apply(value);
      case null -> entry.text();
      case Object value -> value.toString();
    };
  }

  /** A number in the user's notation. */
  static String local(BigDecimal value) {
    NumberFormat format = NumberFormat.getNumberInstance(Locale.getDefault(Locale.Category.FORMAT));
    format.setGroupingUsed(false);
    format.setMinimumFractionDigits(Math.max(0, value.scale()));
    format.setMaximumFractionDigits(Math.max(0, value.scale()));
    return format.format(value);
  }

  /** The rows of all documents, with the doubts and errors of those that have any at the end. */
  private static List<List<String>> rows(
      List<DocumentOutcome> outcomes,
      List<String> head,
      Function<DocumentOutcome, List<List<String>>> cells) {
    boolean doubts = records(outcomes).anyMatch(record -> !record.doubts().isEmpty());
    boolean failures = outcomes.stream().anyMatch(outcome -> outcome.failure().isPresent());
    List<List<String>> rows = new ArrayList<>();
    List<String> names = new ArrayList<>(head);
    names.addAll(end(doubts, DOUBTS, failures, ERROR));
    rows.add(names);
    for (DocumentOutcome outcome : outcomes) {
      for (List<String> row : cells.apply(outcome)) {
        List<String> whole = new ArrayList<>(List.of(outcome.document()));
        whole.addAll(row);
        whole.addAll(
            end(
                doubts,
                outcome.record().map(InvoiceTable::reasons).orElse(""),
                failures,
                outcome.failure().map(failure -> failure.problem().text()).orElse("")));
        rows.add(whole);
      }
    }
    return rows;
  }

  private static List<String> end(boolean doubts, String doubt, boolean failures, String failure) {
    List<String> end = new ArrayList<>();
    if (doubts) {
      end.add(doubt);
    }
    if (failures) {
      end.add(failure);
    }
    return end;
  }

  private static String reasons(InvoiceRecord record) {
    return record.doubts().stream().map(Doubt::reason).collect(Collectors.joining(" "));
  }

  private static Stream<InvoiceRecord> records(List<DocumentOutcome> outcomes) {
    return outcomes.stream().flatMap(outcome -> outcome.record().stream());
  }
}
