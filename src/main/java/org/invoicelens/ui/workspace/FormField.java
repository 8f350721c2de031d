package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.invoicelens.invoice.Doubt;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.RecordEntry;
import org.invoicelens.invoice.SampleInvoices.Comparison;
import org.invoicelens.ui.component.Mark;

/** A field of the form. Whoever sets its text corrects the document that is shown. */
final class FormField {

  private final String path;
  private final boolean amount;
  private final ReadOnlyStringWrapper label = new ReadOnlyStringWrapper();
  private final StringProperty text = new SimpleStringProperty("");
  private final ReadOnlyBooleanWrapper edited = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper readWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper doubt = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper printedWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Mark> printedMark = new ReadOnlyObjectWrapper<>();
  private String read = "";
  private boolean showing;

  /**
   * @param edit takes this field and its text, whenever that was changed by the user
   */
  FormField(String path, String label, boolean amount, BiConsumer<FormField, String> edit) {
    this.path = path;
    this.amount = amount;
    this.label.set(label);
    text.addListener((value, before, now) -> {
      if (!showing) {
        // What was read in several lines is shown in one.
        edit.accept(this, now.equals(inOneLine(read)) ? read : now);
      }
    });
  }

  /** Its path in records and edits. */
  String path() {
    return path;
  }

  /** Whether it is a number, which is set at the right. */
  boolean isAmount() {
    return amount;
  }

  ReadOnlyStringProperty label() {
    return label.getReadOnlyProperty();
  }

  /** Its name where its group says the rest. */
  String brief() {
    return FieldLabels.brief(path);
  }

  void name(String other) {
    label.set(other);
  }

  StringProperty value() {
    return text;
  }

  /** What the model wrote; empty where it wrote nothing. */
  String read() {
    return read;
  }

  /** Whether it was corrected. */
  ReadOnlyBooleanProperty edited() {
    return edited.getReadOnlyProperty();
  }

  /** What the model had read, in a sentence; empty where it was not corrected. */
  ReadOnlyStringProperty readWords() {
    return readWords.getReadOnlyProperty();
  }

  /** Why it is doubted; empty where it is not. */
  ReadOnlyStringProperty doubt() {
    return doubt.getReadOnlyProperty();
  }

  /** What is printed, where that is known and something else stands here; empty otherwise. */
  ReadOnlyStringProperty printedWords() {
    return printedWords.getReadOnlyProperty();
  }

  /** Whether it says what is printed; null where that is not known. */
  ReadOnlyObjectProperty<Mark> printedMark() {
    return printedMark.getReadOnlyProperty();
  }

  /** Shows a field of a record. */
  void show(RecordEntry<?> entry, InvoiceRecord record, Optional<Comparison> printed) {
    read = entry.read();
    put(entry.text());
    edited.set(entry.edited());
    readWords.set(
        !entry.edited() ? "" : read.isEmpty() ? text("form.readNothing") : text("form.read", read));
    doubt.set(record.doubts(path).stream().map(Doubt::reason).collect(Collectors.joining(" ")));
    printedWords.set(
        printed
            .filter(pair -> !pair.right())
            .map(pair -> text("fields.printed", pair.expected()))
            .orElse(""));
    printedMark.set(printed.map(pair -> pair.right() ? Mark.GOOD : Mark.FAILED).orElse(null));
  }

  /** Shows nothing. */
  void clear() {
    read = "";
    put("");
    edited.set(false);
    readWords.set("");
    doubt.set("");
    printedWords.set("");
    printedMark.set(null);
  }

  private void put(String words) {
    showing = true;
    text.set(inOneLine(words));
    showing = false;
  }

  private static String inOneLine(String words) {
    return words.strip().contains("\n") || words.contains("\r")
        ? words.strip().replaceAll("\\s*,?\\s*[\\r\\n]+\\s*", ", ")
        : words;
  }
}
