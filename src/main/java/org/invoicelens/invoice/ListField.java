package org.invoicelens.invoice;

import java.util.List;

/** A field that every row of a list of an invoice has. */
public sealed interface ListField permits LineField, TaxField {

  /** The list that it belongs to. */
  InvoiceList list();

  /** Its key in an exported row. */
  default String key() {
    return names().getFirst();
  }

  /** What the texts of the window know it by: the same in every row. */
  default String label() {
    return list() == InvoiceList.LINES ? key() : list().path() + "." + key();
  }

  /** Its path in records, edits, doubts and exports, such as {@code items[0].amount}. */
  default String path(int row) {
    return list().path(row) + "." + key();
  }

  /** The keys it goes by in answers, as {@link FieldPlaces} spells keys; the best of them first. */
  List<String> names();

  /** Whether it is a number. */
  boolean isAmount();
}
