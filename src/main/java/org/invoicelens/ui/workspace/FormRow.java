package org.invoicelens.ui.workspace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.invoicelens.invoice.InvoiceList;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.ListField;
import org.invoicelens.invoice.RecordRow;

/** A row of a list of the form: a line item, or the tax of one rate. */
final class FormRow {

  private final InvoiceList list;
  private final int number;
  private final Map<ListField, FormField> fields = new LinkedHashMap<>();

  /**
   * @param number its number in the record
   */
  FormRow(InvoiceList list, int number, BiConsumer<FormField, String> edit) {
    this.list = list;
    this.number = number;
    for (ListField field : list.fields()) {
      fields.put(field, new FormField(field.path(number), "", field.isAmount(), edit));
    }
  }

  InvoiceList list() {
    return list;
  }

  /** Its number in the record, which may have gaps. */
  int number() {
    return number;
  }

  FormField field(ListField field) {
    return fields.get(field);
  }

  /** Its fields in order. */
  Iterable<FormField> fields() {
    return fields.values();
  }

  /**
   * @param place its place in the form, from 1 on
   */
  void show(RecordRow row, int place, InvoiceRecord record) {
    for (int i = 0; i < list.fields().size(); i++) {
      ListField field = list.fields().get(i);
      fields.get(field).name(FieldLabels.label(field, place));
      fields.get(field).show(row.entries().get(i), record, Optional.empty());
    }
  }
}
