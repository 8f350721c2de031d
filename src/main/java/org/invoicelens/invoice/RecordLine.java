package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.List;

/**
 * One line item of a record.
 *
 * @param number its number from 0 on, which other lines do not change
 * @param added whether a user added it
 */
public record RecordLine(
    int number,
    boolean added,
    RecordEntry<String> description,
    RecordEntry<BigDecimal> quantity,
    RecordEntry<BigDecimal> unitPrice,
    RecordEntry<BigDecimal> amount) {

  /** Its fields in order. */
  public List<RecordEntry<?>> entries() {
    return List.of(description, quantity, unitPrice, amount);
  }

  /** One of its fields. */
  public RecordEntry<?> entry(LineField field) {
    return entries().get(field.ordinal());
  }
}
