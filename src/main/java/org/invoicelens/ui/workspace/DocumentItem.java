package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.invoice.DocumentOutcome;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceFields;
import org.invoicelens.invoice.SampleInvoices.Comparison;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.failure.Failure;

/** A document in the workspace, from waiting to its fields. For the UI thread only. */
public final class DocumentItem {

  private final DocumentSource source;
  private final Optional<Sample> sample;
  private final ReadOnlyObjectWrapper<Mark> mark = new ReadOnlyObjectWrapper<>(Mark.WAITING);
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper(text("document.waiting"));
  private final ReadOnlyStringWrapper answer = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Extraction> extraction = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<Failure> failure = new ReadOnlyObjectWrapper<>();
  private Throwable thrown;

  DocumentItem(DocumentSource source, Optional<Sample> sample) {
    this.source = source;
    this.sample = sample;
  }

  DocumentSource source() {
    return source;
  }

  public String name() {
    return source.name();
  }

  /** The whole of where it is. */
  public String place() {
    return source.place();
  }

  public ReadOnlyObjectProperty<Mark> mark() {
    return mark.getReadOnlyProperty();
  }

  /** How it stands in a few words, or the most important of its fields. */
  public ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  /** What the model has written so far. */
  public ReadOnlyStringProperty answer() {
    return answer.getReadOnlyProperty();
  }

  /** What was read; null until then. */
  public ReadOnlyObjectProperty<Extraction> extraction() {
    return extraction.getReadOnlyProperty();
  }

  /** Why it could not be read; null where it could. */
  public ReadOnlyObjectProperty<Failure> failure() {
    return failure.getReadOnlyProperty();
  }

  /** The fields that were read, beside what is printed where that is known. */
  List<FieldRow> fields() {
    if (extraction.get() == null) {
      return List.of();
    }
    InvoiceFields read = extraction.get().fields();
    List<FieldRow> rows = new ArrayList<>();
    for (Comparison pair : comparisons()) {
      rows.add(new FieldRow(pair.name(), pair.read(), Optional.of(pair.expected()), pair.right()));
    }
    Set<String> shown = rows.stream().map(FieldRow::name).collect(Collectors.toSet());
    read.fields().stream()
        .filter(field -> !shown.contains(field.name()))
        .forEach(
            field -> rows.add(new FieldRow(field.name(), field.value(), Optional.empty(), true)));
    return rows;
  }

  /** How the answer is to be taken, in a few words; empty where there is nothing to say. */
  String verdict() {
    if (extraction.get() == null) {
      return "";
    }
    if (!extraction.get().fields().complete()) {
      return text("fields.incomplete");
    }
    List<Comparison> pairs = comparisons();
    return pairs.isEmpty()
        ? ""
        : text("fields.asPrinted", pairs.stream().filter(Comparison::right).count(), pairs.size());
  }

  /** Whether nothing speaks against the answer. */
  boolean isUndoubted() {
    return extraction.get() != null
        && extraction.get().fields().complete()
        && comparisons().stream().allMatch(Comparison::right);
  }

  private List<Comparison> comparisons() {
    return sample.map(known -> known.compare(extraction.get().fields())).orElse(List.of());
  }

  /** What became of it; empty while nothing did. */
  Optional<DocumentOutcome> outcome() {
    if (extraction.get() != null) {
      return Optional.of(DocumentOutcome.read(extraction.get()));
    }
    return thrown instanceof StageException stage
        ? Optional.of(DocumentOutcome.failed(name(), stage))
        : Optional.empty();
  }

  void queue() {
    extraction.set(null);
    failure.set(null);
    thrown = null;
    answer.set("");
    show(Mark.WAITING, text("document.waiting"));
  }

  void reading() {
    show(Mark.WORKING, text("document.reading"));
  }

  void hear(String soFar) {
    answer.set(soFar);
  }

  void read(Extraction result) {
    answer.set(result.generation().text());
    extraction.set(result);
    show(isUndoubted() ? Mark.GOOD : Mark.REMARK, summary(result.fields()));
  }

  void fail(Throwable cause) {
    thrown = cause;
    failure.set(Failure.of(cause));
    show(Mark.FAILED, failure.get().problem().what());
  }

  void stop() {
    show(Mark.PAUSED, text("document.stopped"));
  }

  private void show(Mark state, String text) {
    words.set(text);
    mark.set(state);
  }

  private static String summary(InvoiceFields fields) {
    String money =
        (fields.value("total").orElse("") + " " + fields.value("currency").orElse("")).strip();
    String vendor = fields.value("vendor").orElse("");
    if (vendor.isEmpty() && money.isEmpty()) {
      return text("document.done");
    }
    return vendor.isEmpty() || money.isEmpty()
        ? vendor + money
        : text("document.summary", vendor, money);
  }
}
