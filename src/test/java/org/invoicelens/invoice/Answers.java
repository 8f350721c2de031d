package org.invoicelens.invoice;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.invoicelens.pixtral.GenerationResult;

/** Answers of a model, as if they had just been generated. */
final class Answers {

  static final LocalDate TODAY = LocalDate.of(2026, 11, 26);

  private Answers() {}

  static Extraction extraction(String answer) {
    return extraction("a.png", answer, 1, 1);
  }

  static Extraction extraction(String document, String answer, int pages, int pagesRead) {
    GenerationResult generation =
        new GenerationResult(
            answer,
            new int[] {5, 2},
            new int[] {1, 3, 4},
            GenerationResult.FinishReason.STOP,
            new GenerationResult.Timings(
                Duration.ofMillis(3), Duration.ofMillis(10), Duration.ofMillis(5), 3, 1),
            1000);
    return new Extraction(document, InvoiceFields.parse(answer), generation, pages, pagesRead);
  }

  static InvoiceRecord record(String answer) {
    return record(answer, Map.of());
  }

  static InvoiceRecord record(String answer, Map<String, String> edits) {
    return InvoiceRecord.of(extraction(answer), edits, TODAY);
  }

  /** An invoice without a doubt, with further fields in JSON. */
  static String good(String... more) {
    return "{\"vendor\":\"Müller & Söhne\",\"number\":\"2026-0417\",\"date\":\"2026-11-14\""
        + String.join("", List.of(more).stream().map(field -> "," + field).toList())
        + "}";
  }

  static List<String> reasons(InvoiceRecord record) {
    return record.doubts().stream().map(Doubt::reason).toList();
  }
}
