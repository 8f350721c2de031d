package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.List;

/**
 * One line item of a record.
 *
 * @param unit of the quantity, as it is printed
 * @param taxRate in percent
 */
public record RecordLine(
    int number,
    boolean added,
    RecordEntry<String> description,
    RecordEntry<BigDecimal> quantity,
    RecordEntry<String> unit,
    RecordEntry<BigDecimal> unitPrice,
    RecordEntry<BigDecimal> amount,
    RecordEntry<BigDecimal> taxRate)
    implements RecordRow {

  @Override
  public List<RecordEntry<?>> entries() {
    return List.of(description, quantity, unit, unitPrice, amount, taxRate);
  }

  /** One of its fields. */
  public RecordEntry<?> entry(LineField field) {
    return entries().get(field.ordinal());
  }
}
