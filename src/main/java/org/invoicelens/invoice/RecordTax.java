package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.List;

/**
 * The tax of one rate in a record.
 *
 * @param rate in percent
 * @param net the amount that is taxed at this rate
 */
public record RecordTax(
    int number,
    boolean added,
    RecordEntry<BigDecimal> rate,
    RecordEntry<BigDecimal> net,
    RecordEntry<BigDecimal> tax)
    implements RecordRow {

  @Override
  public List<RecordEntry<?>> entries() {
    return List.of(rate, net, tax);
  }

  /** One of its fields. */
  public RecordEntry<?> entry(TaxField field) {
    return entries().get(field.ordinal());
  }
}
