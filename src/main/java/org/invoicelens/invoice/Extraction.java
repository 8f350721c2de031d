package org.invoicelens.invoice;

import java.time.Duration;
import java.util.List;
import org.invoicelens.pixtral.GenerationResult;

/**
 * What was read from one document.
 *
 * @param document the document's name
 * @param fields the fields found
 * @param generation the model's answer and its timings
 * @param pages how many pages the document has
 * @param pagesRead how many of them, from the first, the model was given; fewer where all together
 *     do not fit into its context
 * @param seen the sizes at which the model saw these pages; empty where that is not known
 * @param notes what had to be done to read it, for the user; mostly empty
 */
public record Extraction(
    String document,
    InvoiceFields fields,
    GenerationResult generation,
    int pages,
    int pagesRead,
    List<SeenPage> seen,
    List<String> notes) {

  public Extraction {
    seen = List.copyOf(seen);
    notes = List.copyOf(notes);
  }

  /** An extraction of which there is nothing to note. */
  public Extraction(
      String document,
      InvoiceFields fields,
      GenerationResult generation,
      int pages,
      int pagesRead,
      List<SeenPage> seen) {
    this(document, fields, generation, pages, pagesRead, seen, List.of());
  }

  /** An extraction of which it is not known at which sizes the model saw the pages. */
  public Extraction(
      String document,
      InvoiceFields fields,
      GenerationResult generation,
      int pages,
      int pagesRead) {
    this(document, fields, generation, pages, pagesRead, List.of());
  }

  /** What is read from a document whose pages are empty. */
  static Extraction ofNothing(InvoiceDocument document) {
    GenerationResult.Timings none =
        new GenerationResult.Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0);
    int pages = document.pages().size();
    return new Extraction(
        document.name(),
        InvoiceFields.parse(""),
        new GenerationResult(
            "", new int[0], new int[0], GenerationResult.FinishReason.STOP, none, 0),
        pages,
        pages);
  }

  /**
   * A page as the model saw it.
   *
   * @param width in pixels
   * @param height in pixels
   */
  public record SeenPage(int width, int height) {}

  /** The same under another name of the document. */
  public Extraction named(String name) {
    return new Extraction(name, fields, generation, pages, pagesRead, seen, notes);
  }

  /** The same with what had to be done to read it. */
  Extraction noting(List<String> notes) {
    return new Extraction(document, fields, generation, pages, pagesRead, seen, notes);
  }
}
