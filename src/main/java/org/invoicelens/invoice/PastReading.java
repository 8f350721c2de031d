package org.invoicelens.invoice;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A reading as the history keeps it: what was read of which document, by what, and how a user
 * corrected it. What there is to doubt is not kept; it follows from the rest.
 *
 * @param id what the {@link ReadingHistory} calls it
 * @param source where the document's pages come from
 * @param facts by what it was read
 * @param extraction what was read; the numbers of its tokens are not kept
 * @param rotation by how many quarters of a turn its pages are turned clockwise, 0 to 3
 * @param edits the corrections, in the form of {@link InvoiceEdits}
 */
public record PastReading(
    String id,
    Source source,
    ReadingFacts facts,
    Extraction extraction,
    int rotation,
    Map<String, String> edits) {

  public PastReading {
    edits = Map.copyOf(edits);
    if (!ReadingHistory.isId(id) || rotation < 0 || rotation > 3) {
      throw new IllegalArgumentException("reading " + id + ", turned by " + rotation);
    }
  }

  /**
   * Where a document's pages come from.
   *
   * @param name the document's name for the user
   * @param file its file, which may be gone by now; empty for a picture that never was one
   * @param picture what the history calls the picture it kept; empty for a file
   * @param sample whether it is a sample that ships
   */
  public record Source(String name, Optional<Path> file, Optional<String> picture, boolean sample) {
    public Source {
      if (file.isPresent() == picture.isPresent()
          || !picture.map(ReadingHistory::isId).orElse(true)) {
        throw new IllegalArgumentException("the source of " + name);
      }
    }
  }
}
