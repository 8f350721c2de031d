package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.invoicelens.invoice.InvoiceExport.Format;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvoiceExportTest {

  @TempDir Path folder;

  private static DocumentOutcome read(String document, String answer) {
    GenerationResult generation =
        new GenerationResult(
            answer,
            new int[] {5, 2},
            new int[] {1, 3, 4},
            GenerationResult.FinishReason.STOP,
            new GenerationResult.Timings(
                Duration.ofMillis(3), Duration.ofMillis(10), Duration.ofMillis(5), 3, 1),
            1000);
    return DocumentOutcome.read(
        new Extraction(document, InvoiceFields.parse(answer), generation, 1, 1));
  }

  private static final DocumentOutcome FAILED =
      DocumentOutcome.failed("c.txt", DocumentFault.bad("document.empty", "c.txt"));

  @Test
  void writesEveryDocumentAsAnObject() {
    JsonArray array =
        JsonParser.parseString(
                InvoiceExport.text(
                    List.of(read("a.png", "{\"total\":5691.00,\"items\":[{\"n\":null}]}"), FAILED),
                    Format.JSON))
            .getAsJsonArray();
    JsonObject first = array.get(0).getAsJsonObject();
    assertThat(first.get("document").getAsString()).isEqualTo("a.png");
    assertThat(first.get("fields").toString())
        .isEqualTo("{\"total\":5691.00,\"items\":[{\"n\":null}]}");
    assertThat(first.get("complete").getAsBoolean()).isTrue();
    assertThat(first.get("answer").getAsString()).startsWith("{\"total\"");
    assertThat(first.getAsJsonObject("timings").get("prefill_tokens_per_second").getAsDouble())
        .isEqualTo(300);
    JsonObject second = array.get(1).getAsJsonObject();
    assertThat(second.has("fields")).isFalse();
    assertThat(second.getAsJsonObject("error").get("reason").getAsString())
        .isEqualTo("BAD_DOCUMENT");
  }

  @Test
  void writesOneRowForEachDocumentAndOneColumnForEachField() {
    String csv =
        InvoiceExport.text(
            List.of(
                read("a.png", "{\"vendor\":\"Smith, \\\"Sons\\\"\",\"total\":-5.10}"),
                read("b.png", "{\"date\":\"2020-01-02\",\"total\":7}"),
                FAILED),
            Format.CSV);
    assertThat(csv)
        .isEqualTo(
            "document,vendor,total,date,error\r\n"
                + "a.png,\"Smith, \"\"Sons\"\"\",-5.10,,\r\n"
                + "b.png,,7,2020-01-02,\r\n"
                + "c.txt,,,,c.txt is empty. Nothing was read from it. Save or scan it again.\r\n");
  }

  @Test
  void letsNoSpreadsheetTakeAValueForAFormula() {
    String csv =
        InvoiceExport.text(
            List.of(
                read(
                    "=a.png",
                    "{\"@k\":\"=HYPERLINK(1)\",\"b\":\"-1+cmd|x\",\"c\":\"+49"
                        + " 30\",\"d\":\"-1,5\"}")),
            Format.CSV);
    assertThat(csv)
        .isEqualTo("document,'@k,b,c,d\r\n'=a.png,'=HYPERLINK(1),'-1+cmd|x,'+49 30,\"-1,5\"\r\n");
  }

  @Test
  void replacesAFileAsAWhole() throws Exception {
    Path file = folder.resolve("out.csv");
    Files.writeString(file, "old");
    InvoiceExport.write(file, List.of(read("ä.png", "{\"a\":1}")), Format.CSV);
    assertThat(file).hasContent("\uFEFFdocument,a\r\nä.png,1\r\n");
    assertThat(folder).isDirectoryContaining("glob:**/out.csv");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void saysWhereAFileCannotBeWritten() {
    Path file = folder.resolve("missing").resolve("out.json");
    assertThatThrownBy(() -> InvoiceExport.write(file, List.of(FAILED), Format.JSON))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.OUTPUT_NOT_WRITABLE));
  }
}
