package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.invoice.Doubt;
import org.invoicelens.invoice.InvoiceEdits;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.invoice.InvoiceList;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.LineField;
import org.invoicelens.invoice.RecordEntry;
import org.invoicelens.invoice.RecordRow;
import org.invoicelens.invoice.SampleInvoices.Comparison;
import org.invoicelens.invoice.TaxField;
import org.invoicelens.ui.component.Mark;

/**
 * The selected document's record as a form: every field to be looked at and corrected, and what is
 * doubtful. For the UI thread only.
 */
final class FormViewModel {

  /** How many doubts are listed before the user asks for all. */
  private static final int FEW = 3;

  /**
   * A doubt as an entry of the list.
   *
   * @param path the field it is about; empty where it is about the whole document
   * @param words what is doubted, and why
   */
  record Entry(String path, String words) {}

  private final ObservableValue<DocumentItem> shown;
  private final Map<InvoiceField, FormField> fields = new EnumMap<>(InvoiceField.class);
  private final Map<InvoiceList, ObservableList<FormRow>> rows = new EnumMap<>(InvoiceList.class);
  private final ObservableList<FormField> further = FXCollections.observableArrayList();
  private final ObservableList<Entry> doubts = FXCollections.observableArrayList();
  private final ReadOnlyIntegerWrapper doubtsHidden = new ReadOnlyIntegerWrapper();
  private final BooleanProperty allDoubts = new SimpleBooleanProperty();
  private final ReadOnlyStringWrapper verdict = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Mark> verdictMark = new ReadOnlyObjectWrapper<>(Mark.GOOD);
  private final ReadOnlyStringWrapper printed = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper asPrinted = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper editedWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<String> wanted = new ReadOnlyObjectWrapper<>("");
  private DocumentItem last;

  FormViewModel(ObservableValue<DocumentItem> shown) {
    this.shown = shown;
    for (InvoiceField field : InvoiceField.values()) {
      fields.put(
          field,
          new FormField(
              field.path(), FieldLabels.label(field.path()), field.isAmount(), this::edit));
    }
    for (InvoiceList list : InvoiceList.values()) {
      rows.put(list, FXCollections.observableArrayList());
    }
    // Records of two documents may be alike, so that neither change alone tells all.
    shown.subscribe(item -> show(record()));
    shown.flatMap(DocumentItem::record).subscribe(this::show);
    allDoubts.subscribe(all -> show(record()));
  }

  /** A field that an invoice has once. */
  FormField field(InvoiceField field) {
    return fields.get(field);
  }

  /** The document that is shown; null where none is. */
  ObservableValue<DocumentItem> document() {
    return shown;
  }

  ObservableList<FormRow> lines() {
    return rows.get(InvoiceList.LINES);
  }

  /** The taxes for each rate. */
  ObservableList<FormRow> taxes() {
    return rows.get(InvoiceList.TAXES);
  }

  /** What the model read beside what every invoice has. */
  ObservableList<FormField> further() {
    return further;
  }

  /** The first few doubts, or all of them. */
  ObservableList<Entry> doubts() {
    return doubts;
  }

  /** How many more doubts there are than listed. */
  ReadOnlyIntegerProperty doubtsHidden() {
    return doubtsHidden.getReadOnlyProperty();
  }

  /** Whether all doubts are listed. */
  BooleanProperty allDoubts() {
    return allDoubts;
  }

  /** What is to be made of it, in a few words; empty where nothing was read. */
  ReadOnlyStringProperty verdict() {
    return verdict.getReadOnlyProperty();
  }

  ReadOnlyObjectProperty<Mark> verdictMark() {
    return verdictMark.getReadOnlyProperty();
  }

  /** How many fields are as printed, where that is known; empty otherwise. */
  ReadOnlyStringProperty printed() {
    return printed.getReadOnlyProperty();
  }

  ReadOnlyBooleanProperty asPrinted() {
    return asPrinted.getReadOnlyProperty();
  }

  /** What was corrected, in a few words; empty where nothing was. */
  ReadOnlyStringProperty editedWords() {
    return editedWords.getReadOnlyProperty();
  }

  /** The path of the field that the keyboard is to go to; empty where it may stay. */
  ReadOnlyObjectProperty<String> wanted() {
    return wanted.getReadOnlyProperty();
  }

  /** Sends the keyboard to a field. */
  void goTo(String path) {
    wanted.set("");
    wanted.set(path);
  }

  /** Adds an empty line and sends the keyboard there. */
  void addLine() {
    goTo(LineField.DESCRIPTION.path(add(InvoiceList.LINES)));
  }

  /** Adds an empty row for the tax of another rate and sends the keyboard there. */
  void addTax() {
    goTo(TaxField.RATE.path(add(InvoiceList.TAXES)));
  }

  private int add(InvoiceList list) {
    DocumentItem item = shown.getValue();
    return InvoiceEdits.add(item.edits(), list, item.record().get().rowsRead().get(list));
  }

  void remove(FormRow row) {
    DocumentItem item = shown.getValue();
    InvoiceEdits.remove(
        item.edits(), row.list(), item.record().get().rowsRead().get(row.list()), row.number());
  }

  /** Puts a field back to what was read. */
  void reset(FormField field) {
    shown.getValue().edits().remove(field.path());
  }

  /** Puts everything back to what was read. */
  void resetAll() {
    shown.getValue().edits().clear();
  }

  private void edit(FormField field, String text) {
    InvoiceEdits.set(shown.getValue().edits(), field.path(), field.read(), text);
  }

  private InvoiceRecord record() {
    return shown.getValue() == null ? null : shown.getValue().record().get();
  }

  private void show(InvoiceRecord record) {
    if (shown.getValue() != last) {
      // Lines and further fields of one document are not those of another.
      last = shown.getValue();
      rows.values().forEach(List::clear);
      further.clear();
      allDoubts.set(false);
    }
    if (record == null) {
      fields.values().forEach(FormField::clear);
      rows.values().forEach(List::clear);
      further.clear();
      doubts.clear();
      doubtsHidden.set(0);
      Stream.of(verdict, printed, editedWords).forEach(words -> words.set(""));
      return;
    }
    List<Comparison> pairs = last.comparisons();
    fields.forEach(
        (field, view) -> view.show(record.entry(field), record, pair(pairs, field.path())));
    rows.keySet().forEach(list -> showRows(list, record));
    showFurther(record);
    showDoubts(record);
    long right = pairs.stream().filter(Comparison::right).count();
    printed.set(pairs.isEmpty() ? "" : text("fields.asPrinted", right, pairs.size()));
    asPrinted.set(right == pairs.size());
    long changed =
        record.all().filter(RecordEntry::edited).count()
            + rows.keySet().stream().mapToInt(list -> record.removed(list).size()).sum();
    editedWords.set(last.edits().isEmpty() ? "" : text("form.edited", Math.max(1, changed)));
  }

  private static Optional<Comparison> pair(List<Comparison> pairs, String path) {
    return pairs.stream().filter(pair -> pair.name().equals(path)).findFirst();
  }

  private void showRows(InvoiceList list, InvoiceRecord record) {
    ObservableList<FormRow> before = rows.get(list);
    Map<Integer, FormRow> known =
        before.stream().collect(Collectors.toMap(FormRow::number, Function.identity()));
    List<FormRow> now = new ArrayList<>();
    for (RecordRow row : record.rows(list)) {
      FormRow view =
          known.computeIfAbsent(row.number(), number -> new FormRow(list, number, this::edit));
      now.add(view);
      view.show(row, now.size(), record);
    }
    if (!now.equals(before)) {
      before.setAll(now);
    }
  }

  private void showFurther(InvoiceRecord record) {
    Map<String, FormField> known =
        further.stream().collect(Collectors.toMap(FormField::path, Function.identity()));
    List<FormField> now = new ArrayList<>();
    for (RecordEntry<String> entry : record.further()) {
      FormField view =
          known.computeIfAbsent(
              entry.path(),
              path -> new FormField(path, FieldLabels.label(path), false, this::edit));
      now.add(view);
      view.show(entry, record, Optional.empty());
    }
    if (!now.equals(further)) {
      further.setAll(now);
    }
  }

  private void showDoubts(InvoiceRecord record) {
    List<Entry> all =
        record.doubts().stream().map(doubt -> new Entry(doubt.path(), words(doubt))).toList();
    // A list of one hidden entry would be no shorter.
    boolean few = !allDoubts.get() && all.size() > FEW + 1;
    List<Entry> listed = few ? all.subList(0, FEW) : all;
    if (!listed.equals(doubts)) {
      doubts.setAll(listed);
    }
    doubtsHidden.set(all.size() - listed.size());
    verdictMark.set(all.isEmpty() ? Mark.GOOD : Mark.REMARK);
    if (!all.isEmpty()) {
      verdict.set(text("form.doubts", all.size()));
    } else {
      verdict.set(text(record.sumsHold() > 0 ? "form.addsUp" : "form.noDoubts"));
    }
  }

  private String words(Doubt doubt) {
    String label =
        Stream.concat(
                fields.values().stream(),
                rows.values().stream()
                    .flatMap(List::stream)
                    .flatMap(row -> row.list().fields().stream().map(row::field)))
            .filter(field -> field.path().equals(doubt.path()))
            .map(field -> field.label().get())
            .findFirst()
            .orElse("");
    return label.isEmpty() ? doubt.reason() : text("form.doubt", label, doubt.reason());
  }
}
