package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import org.invoicelens.invoice.InvoiceList;
import org.invoicelens.invoice.ListField;
import org.invoicelens.ui.text.Messages;

/** What fields are called on screen. */
final class FieldLabels {

  private FieldLabels() {}

  /** The name of a field, by its path or {@link ListField#label}; of an unknown one the path. */
  static String label(String path) {
    if (Messages.has("field." + path)) {
      return text("field." + path);
    }
    String words = path.replace('_', ' ').replace('.', ' ').strip();
    return words.isEmpty() ? path : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /** The name of a field where its group or its column says the rest. */
  static String brief(String path) {
    String key = "field." + path + ".brief";
    return Messages.has(key) ? text(key) : label(path);
  }

  /**
   * The name of a row's field.
   *
   * @param place the row's place from 1 on
   */
  static String label(ListField field, int place) {
    String label = label(field.label());
    return field.list() == InvoiceList.LINES
        ? text("field.ofLine", label, place)
        : text("field.ofTax", label, place);
  }
}
