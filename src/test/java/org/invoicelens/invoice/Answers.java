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

  /**
   * An answer of which the model was not sure everywhere.
   *
   * @param unsure a part of it, which becomes a token of its own
   */
  static Extraction unsure(String answer, String unsure, double probability) {
    int start = answer.indexOf(unsure);
    GenerationResult generation =
        new GenerationResult(
            answer,
            new int[] {5, 6, 2},
            new int[] {1, 3, 4},
            GenerationResult.FinishReason.STOP,
            new GenerationResult.Timings(
                Duration.ofMillis(3), Duration.ofMillis(10), Duration.ofMillis(5), 3, 1),
            1000,
            answer.length(),
            List.of(
                new GenerationResult.Certainty(start, 0.99),
                new GenerationResult.Certainty(start + unsure.length(), probability),
                new GenerationResult.Certainty(answer.length(), 0.98)));
    return new Extraction("a.png", InvoiceFields.of(generation), generation, 1, 1);
  }

  static InvoiceRecord record(String answer) {
    return record(answer, Map.of());
  }

  static InvoiceRecord record(String answer, Map<String, String> edits) {
    return InvoiceRecord.of(extraction(answer), edits, TODAY);
  }

  /** An invoice in the form of {@code invoice.schema.json}, every field filled. */
  static final String WHOLE =
      """
      {"seller":{"name":"Müller & Söhne GmbH","address":"Hafenstr. 1, 20457 Hamburg",
        "vat_id":"DE 136 695 976"},
       "buyer":{"name":"Wiener Handel AG","address":"Ring 3, 1010 Wien","vat_id":"ATU13585627"},
       "number":"2026-0417","issue_date":"14.11.2026","due_date":"28.11.2026","currency":"EUR",
       "lines":[
         {"description":"Wartung","quantity":"2,5","unit":"Std.","unit_price":"400,00",
          "amount":"1.000,00","tax_rate":"19 %"},
         {"description":"Handbuch","quantity":"4","unit":"Stk","unit_price":"50,00",
          "amount":"200,00","tax_rate":"7 %"}],
       "taxes":[{"rate":"19 %","net":"1.000,00","tax":"190,00"},
                {"rate":"7 %","net":"200,00","tax":"14,00"}],
       "net":"1.200,00","tax":"204,00","gross":"1.404,00",
       "payment":{"iban":"DE89 3704 0044 0532 0130 00","bic":"COBADEFFXXX",
                  "reference":"RE 2026-0417"}}
      """;

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
