package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.MapChangeListener;
import javafx.collections.ObservableMap;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentOutcome;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.PastReading;
import org.invoicelens.invoice.ReadingFacts;
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
  private final ObservableMap<String, String> edits = FXCollections.observableMap(new TreeMap<>());
  private final ReadOnlyObjectWrapper<InvoiceRecord> record = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<ReadingFacts> facts = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<ReadingProgress> progress = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyIntegerWrapper rotation = new ReadOnlyIntegerWrapper();
  private final ObjectProperty<Image> thumbnail = new SimpleObjectProperty<>();
  private final LocalDate arrived = LocalDate.now();
  private boolean earlier;
  private Throwable thrown;

  DocumentItem(DocumentSource source, Optional<Sample> sample) {
    this.source = source;
    this.sample = sample;
    edits.addListener((MapChangeListener<String, String>) change -> judge());
  }

  /**
   * A document of the history, with what was read of it.
   *
   * @param judged what is to be made of it
   */
  static DocumentItem earlier(
      DocumentSource source, Optional<Sample> sample, PastReading past, InvoiceRecord judged) {
    DocumentItem item = new DocumentItem(source, sample);
    item.earlier = true;
    item.rotation.set(past.rotation());
    item.edits.putAll(past.edits());
    item.facts.set(past.facts());
    item.answer.set(past.extraction().generation().text());
    item.extraction.set(past.extraction());
    item.show(judged);
    return item;
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

  /** By how many quarters of a turn its pages are turned clockwise, 0 to 3. */
  ReadOnlyIntegerProperty rotation() {
    return rotation.getReadOnlyProperty();
  }

  /** Turns its pages clockwise by so many quarters; the next reading has them so. */
  void turn(int quarters) {
    rotation.set(Math.floorMod(rotation.get() + quarters, 4));
  }

  /** Its first page, very small; null until it was opened. */
  ObjectProperty<Image> thumbnail() {
    return thumbnail;
  }

  /** Whether it is shown for what was read before the window was opened. */
  boolean isEarlier() {
    return earlier;
  }

  /** The day it was read, or came. */
  LocalDate day() {
    return facts.get() == null
        ? arrived
        : LocalDate.ofInstant(facts.get().at(), ZoneId.systemDefault());
  }

  /** Whether it is one of the samples that ship. */
  boolean isSample() {
    return sample.isPresent();
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

  /**
   * The corrections of what was read, in the form of {@link org.invoicelens.invoice.InvoiceEdits}.
   * The record follows every change.
   */
  public ObservableMap<String, String> edits() {
    return edits;
  }

  /** What was read and corrected, with what there is to doubt; null until it was read. */
  public ReadOnlyObjectProperty<InvoiceRecord> record() {
    return record.getReadOnlyProperty();
  }

  /** By what it was read; null where that is not known. */
  ReadOnlyObjectProperty<ReadingFacts> facts() {
    return facts.getReadOnlyProperty();
  }

  /** How far the reading under way has come; null while there is none. */
  ReadOnlyObjectProperty<ReadingProgress> progress() {
    return progress.getReadOnlyProperty();
  }

  /** The fields beside what is printed, where that is known. */
  List<Comparison> comparisons() {
    return record.get() == null
        ? List.of()
        : sample.map(known -> known.compare(record.get().fields())).orElse(List.of());
  }

  /** What became of it; empty while nothing did. */
  Optional<DocumentOutcome> outcome() {
    if (extraction.get() != null) {
      return Optional.of(DocumentOutcome.read(extraction.get(), record.get()));
    }
    return thrown instanceof StageException stage
        ? Optional.of(DocumentOutcome.failed(name(), stage))
        : Optional.empty();
  }

  /** Puts it among those to be read; what was read of it before, and corrected, is gone. */
  void queue() {
    earlier = false;
    extraction.set(null);
    record.set(null);
    facts.set(null);
    edits.clear();
    failure.set(null);
    thrown = null;
    answer.set("");
    show(Mark.WAITING, text("document.waiting"));
  }

  void reading() {
    progress.set(new ReadingProgress(Instant.now(), 0));
    show(Mark.WORKING, text("document.reading"));
  }

  void hear(String soFar, long tokens) {
    answer.set(soFar);
    progress.set(new ReadingProgress(progress.get().since(), tokens));
  }

  /** Shows what was read, and by what. */
  void read(Extraction result, ReadingFacts by) {
    progress.set(null);
    facts.set(by);
    answer.set(result.generation().text());
    extraction.set(result);
    judge();
  }

  /** Works out anew what is to be made of what was read and corrected. */
  private void judge() {
    if (extraction.get() != null) {
      show(InvoiceRecord.of(extraction.get(), edits, LocalDate.now()));
    }
  }

  private void show(InvoiceRecord judged) {
    record.set(judged);
    boolean good = judged.doubts().isEmpty() && comparisons().stream().allMatch(Comparison::right);
    show(good ? Mark.GOOD : Mark.REMARK, summary(judged));
  }

  void fail(Throwable cause) {
    progress.set(null);
    thrown = cause;
    failure.set(Failure.of(cause));
    show(Mark.FAILED, failure.get().problem().what());
  }

  void stop() {
    progress.set(null);
    show(Mark.PAUSED, text("document.stopped"));
  }

  private void show(Mark state, String text) {
    words.set(text);
    mark.set(state);
  }

  private static String summary(InvoiceRecord record) {
    String money = (record.total().text() + " " + record.currency().text()).strip();
    String vendor = record.seller().name().text();
    if (vendor.isEmpty() && money.isEmpty()) {
      return text("document.done");
    }
    return vendor.isEmpty() || money.isEmpty()
        ? vendor + money
        : text("document.summary", vendor, money);
  }
}
