package org.invoicelens.ui.workspace;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.LineField;
import org.invoicelens.invoice.RecordLine;

/** A line item of the form. */
final class FormLine {

  private final int number;
  private final Map<LineField, FormField> fields = new EnumMap<>(LineField.class);

  /**
   * @param number its number in the record
   */
  FormLine(int number, BiConsumer<FormField, String> edit) {
    this.number = number;
    for (LineField field : LineField.values()) {
      fields.put(field, new FormField(field.path(number), "", field.isAmount(), edit));
    }
  }

  /** Its number in the record, which may have gaps. */
  int number() {
    return number;
  }

  FormField field(LineField field) {
    return fields.get(field);
  }

  /**
   * @param place its place in the form, from 1 on
   */
  void show(RecordLine line, int place, InvoiceRecord record) {
    fields.forEach((field, shown) -> {
      shown.name(FieldLabels.label(field.key(), place));
      shown.show(line.entry(field), record, Optional.empty());
    });
  }
}
