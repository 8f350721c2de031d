package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An invoice as its fields were read and corrected, with what there is to doubt about them.
 *
 * @param currency its value is a code of ISO 4217
 * @param lines the line items that count
 * @param taxes the taxes for each rate that count; an answer that tells one tax only may have them
 *     in {@code taxRate} and {@code tax} alone
 * @param rowsRead how many rows of each list were read, whether they count or not
 * @param taxRate in percent, where the invoice has one rate for all
 * @param tax the tax as a whole
 * @param total what is to be paid: the gross amount
 * @param further what the model read beside these, under its own names
 * @param doubts the reasons not to trust it, those about the whole document first
 * @param sumsHold how many sums were tried and hold
 * @param fields the answer's fields with the corrections in their places
 */
public record InvoiceRecord(
    RecordParty seller,
    RecordParty buyer,
    RecordEntry<String> number,
    RecordEntry<LocalDate> date,
    RecordEntry<LocalDate> dueDate,
    RecordEntry<String> currency,
    List<RecordLine> lines,
    List<RecordTax> taxes,
    Map<InvoiceList, Integer> rowsRead,
    RecordEntry<BigDecimal> net,
    RecordEntry<BigDecimal> taxRate,
    RecordEntry<BigDecimal> tax,
    RecordEntry<BigDecimal> total,
    RecordPayment payment,
    List<RecordEntry<String>> further,
    List<Doubt> doubts,
    int sumsHold,
    InvoiceFields fields) {

  public InvoiceRecord {
    lines = List.copyOf(lines);
    taxes = List.copyOf(taxes);
    rowsRead = Map.copyOf(rowsRead);
    further = List.copyOf(further);
    doubts = List.copyOf(doubts);
  }

  /**
   * The record of what was read.
   *
   * @param edits what a user changed, as in {@link InvoiceEdits}; may be empty
   * @param today the day by which dates far in the future are told
   */
  public static InvoiceRecord of(
      Extraction extraction, Map<String, String> edits, LocalDate today) {
    return new RecordReading(extraction, edits, today).record();
  }

  /** The same with these doubts. */
  InvoiceRecord with(List<Doubt> doubts) {
    return new InvoiceRecord(
        seller, buyer, number, date, dueDate, currency, lines, taxes, rowsRead, net, taxRate, tax,
        total, payment, further, doubts, sumsHold, fields);
  }

  /** The fields that an invoice has once, in order. */
  public List<RecordEntry<?>> entries() {
    return List.of(
        seller.name(),
        seller.address(),
        seller.vatId(),
        buyer.name(),
        buyer.address(),
        buyer.vatId(),
        number,
        date,
        dueDate,
        currency,
        net,
        taxRate,
        tax,
        total,
        payment.iban(),
        payment.bic(),
        payment.reference());
  }

  /** One of these. */
  public RecordEntry<?> entry(InvoiceField field) {
    return entries().get(field.ordinal());
  }

  /** The rows of a list that count. */
  public List<? extends RecordRow> rows(InvoiceList list) {
    return switch (list) {
      case LINES -> lines;
      case TAXES -> taxes;
    };
  }

  /** Every field there is, those of lists and further fields included. */
  public Stream<RecordEntry<?>> all() {
    Stream<RecordEntry<?>> rows =
        Stream.of(InvoiceList.values())
            .flatMap(list -> rows(list).stream())
            .flatMap(row -> row.entries().stream());
    return Stream.concat(Stream.concat(entries().stream(), rows), further.stream());
  }

  /** The numbers of a list's rows that were read and taken away. */
  public List<Integer> removed(InvoiceList list) {
    Set<Integer> left = rows(list).stream().map(RecordRow::number).collect(Collectors.toSet());
    return IntStream.range(0, rowsRead.get(list))
        .boxed()
        .filter(row -> !left.contains(row))
        .toList();
  }

  /** The doubts about one field. */
  public List<Doubt> doubts(String path) {
    return doubts.stream().filter(doubt -> doubt.path().equals(path)).toList();
  }
}
