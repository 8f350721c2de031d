package org.invoicelens.invoice;

import java.util.List;

/**
 * The fields of an invoice as the model wrote them, in its order.
 *
 * @param fields one entry for each field
 * @param complete whether the answer was a complete JSON object
 */
public record InvoiceFields(List<Field> fields, boolean complete) {
  public InvoiceFields {
    fields = List.copyOf(fields);
  }

  /**
   * One field.
   *
   * @param name its key in the answer, a path such as {@code items[0].amount} where nested
   * @param value its value as text; empty where null
   */
  public record Field(String name, String value) {}
}
