package org.invoicelens.invoice;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.stage.StageException;

/**
 * What became of one document among several: it was read, or it could not be.
 *
 * @param document the document's name
 * @param extraction what was read; empty where it could not be
 * @param record the same as a record, with a user's corrections; empty where it could not be read
 * @param failure why it could not be read; empty where it was
 */
public record DocumentOutcome(
    String document,
    Optional<Extraction> extraction,
    Optional<InvoiceRecord> record,
    Optional<StageException> failure) {

  /** A document that was read. */
  public static DocumentOutcome read(Extraction extraction) {
    return read(extraction, InvoiceRecord.of(extraction, Map.of(), LocalDate.now()));
  }

  /** A document that was read, and maybe corrected. */
  public static DocumentOutcome read(Extraction extraction, InvoiceRecord record) {
    return new DocumentOutcome(
        extraction.document(), Optional.of(extraction), Optional.of(record), Optional.empty());
  }

  /** A document that could not be read. */
  public static DocumentOutcome failed(String document, StageException failure) {
    return new DocumentOutcome(document, Optional.empty(), Optional.empty(), Optional.of(failure));
  }
}
