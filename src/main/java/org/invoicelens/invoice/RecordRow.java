package org.invoicelens.invoice;

import java.util.List;

/** A row of a list of a record. */
public sealed interface RecordRow permits RecordLine, RecordTax {

  /** Its number from 0 on, which other rows do not change. */
  int number();

  /** Whether a user added it. */
  boolean added();

  /** Its fields in order. */
  List<RecordEntry<?>> entries();
}
