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
 * @param linesRead how many were read, whether they count or not
 * @param taxRate in percent
 * @param further what the model read beside these, under its own names
 * @param doubts the reasons not to trust it, those about the whole document first
 * @param sumsHold how many sums were tried and hold
 * @param fields the answer's fields with the corrections in their places
 */
public record InvoiceRecord(
    RecordEntry<String> vendor,
    RecordEntry<String> number,
    RecordEntry<LocalDate> date,
    RecordEntry<LocalDate> dueDate,
    RecordEntry<String> currency,
    List<RecordLine> lines,
    int linesRead,
    RecordEntry<BigDecimal> net,
    RecordEntry<BigDecimal> taxRate,
    RecordEntry<BigDecimal> tax,
    RecordEntry<BigDecimal> total,
    List<RecordEntry<String>> further,
    List<Doubt> doubts,
    int sumsHold,
    InvoiceFields fields) {

  public InvoiceRecord {
    lines = List.copyOf(lines);
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

  /** The fields that an invoice has once, in order. */
  public List<RecordEntry<?>> entries() {
    return List.of(vendor, number, date, dueDate, currency, net, taxRate, tax, total);
  }

  /** One of these. */
  public RecordEntry<?> entry(InvoiceField field) {
    return entries().get(field.ordinal());
  }

  /** Every field there is, lines and further fields included. */
  public Stream<RecordEntry<?>> all() {
    return Stream.concat(
        Stream.concat(entries().stream(), lines.stream().flatMap(line -> line.entries().stream())),
        further.stream());
  }

  /** The numbers of the lines that were read and taken away. */
  public List<Integer> removedLines() {
    Set<Integer> left = lines.stream().map(RecordLine::number).collect(Collectors.toSet());
    return IntStream.range(0, linesRead).boxed().filter(line -> !left.contains(line)).toList();
  }

  /** The doubts about one field. */
  public List<Doubt> doubts(String path) {
    return doubts.stream().filter(doubt -> doubt.path().equals(path)).toList();
  }
}
