package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.invoicelens.invoice.InvoiceExport.Format;
import org.invoicelens.pixtral.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvoiceExportTest {

  @TempDir Path folder;

  private static DocumentOutcome read(String document, String answer) {
    return DocumentOutcome.read(Answers.extraction(document, answer, 1, 1));
  }

  private static final DocumentOutcome FAILED =
      DocumentOutcome.failed("c.txt", DocumentFault.bad("document.empty", "c.txt"));

  @Test
  void writesEveryDocumentAsAnObject() throws Exception {
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
  void notesWhatHadToBeDoneToReadADocument() throws Exception {
    Extraction again = Answers.extraction(GOOD).noting(List.of("Memory ran out."));
    JsonObject noted =
        InvoiceExport.json(List.of(DocumentOutcome.read(again))).get(0).getAsJsonObject();
    assertThat(noted.getAsJsonArray("notes").get(0).getAsString()).isEqualTo("Memory ran out.");
    assertThat(again.named("b.png").notes()).containsExactly("Memory ran out.");
  }

  @Test
  void writesOneRowForEachDocumentAndOneColumnForEachField() throws Exception {
    String csv =
        InvoiceExport.text(
            List.of(
                read("a.png", "{\"vendor\":\"Smith, \\\"Sons\\\"\",\"total\":-5.10}"),
                read("b.png", "{\"date\":\"2020-01-02\",\"total\":7}"),
                FAILED),
            Format.CSV);
    assertThat(csv)
        .isEqualTo(
            "document,vendor,total,date,doubts,error\r\n"
                + "a.png,\"Smith, \"\"Sons\"\"\",-5.10,,No invoice number was read. No date was"
                + " read.,\r\n"
                + "b.png,,7,2020-01-02,No seller was read. No invoice number was read.,\r\n"
                + "c.txt,,,,,c.txt is empty. Nothing was read from it. Save or scan it again.\r\n");
  }

  @Test
  void letsNoSpreadsheetTakeAValueForAFormula() throws Exception {
    String csv =
        InvoiceExport.text(
            List.of(
                read(
                    "=a.png",
                    "{\"@k\":\"=HYPERLINK(1)\",\"b\":\"-1+cmd|x\",\"c\":\"+49"
                        + " 30\",\"d\":\"-1,5\"}")),
            Format.CSV);
    assertThat(csv)
        .startsWith(
            "document,'@k,b,c,d,doubts\r\n'=a.png,'=HYPERLINK(1),'-1+cmd|x,'+49 30,\"-1,5\",");
  }

  private static final String GOOD = Answers.good("\"total\":5");

  private static DocumentOutcome edited(String answer, Map<String, String> edits) {
    Extraction extraction = Answers.extraction(answer);
    return DocumentOutcome.read(extraction, InvoiceRecord.of(extraction, edits, Answers.TODAY));
  }

  @Test
  void writesCorrectionsInTheirPlacesAndSaysWhatWasCorrectedAndWhatIsDoubted() throws Exception {
    JsonObject object =
        JsonParser.parseString(
                InvoiceExport.text(
                    List.of(
                        edited(
                            Answers.good(
                                "\"total\":1482,\"items\":[{\"amount\":1},{\"amount\":2}]"),
                            Map.of(
                                "total", "1.428,00", "items[0]", "removed", "items[2]", "added"))),
                    Format.JSON))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();
    assertThat(object.getAsJsonObject("fields").toString())
        .endsWith("\"total\":1428.00,\"items\":[{\"amount\":2}]}");
    assertThat(object.get("answer").getAsString()).contains("1482");
    assertThat(object.getAsJsonArray("edited").toString())
        .isEqualTo(
            "[{\"field\":\"items[0]\",\"change\":\"removed\"},{\"field\":\"items[2]\",\"change\":"
                + "\"added\"},{\"field\":\"total\",\"change\":"
                + "\"changed\",\"read\":\"1482\",\"now\":\"1.428,00\"}]");
    assertThat(object.getAsJsonArray("doubts").toString())
        .isEqualTo(
            "[{\"field\":\"total\",\"check\":\"lines\",\"reason\":\"The lines make 2.00, but the"
                + " total says 1,428.00.\"}]");
  }

  private static final String LINES =
      Answers.good(
          "\"total\":\"1.200,00\"",
          "\"items\":[{\"description\":\"=Bolts\",\"quantity\":4,\"amount\":\"900,00\"},"
              + "{\"description\":\"Nuts\",\"amount\":\"300,00\"}]",
          "\"note\":\"a\\tb\"");

  @Test
  void writesOneRowForEachLineItem() throws Exception {
    assertThat(
            InvoiceExport.text(
                List.of(edited(LINES, Map.of()), edited(GOOD, Map.of()), FAILED), Format.CSV_LINES))
        .isEqualTo(
            "document,vendor,vendor_address,vendor_vat_id,buyer,buyer_address,buyer_vat_id,number,date,due_date,currency,net,tax_rate,tax,total,iban,bic,payment_reference,line,description,quantity,unit,unit_price,amount,line_tax_rate,error\r\n"
                + "a.png,Müller &"
                + " Söhne,,,,,,2026-0417,2026-11-14,,,,,,1200.00,,,,1,'=Bolts,4,,,900.00,,\r\n"
                + "a.png,Müller &"
                + " Söhne,,,,,,2026-0417,2026-11-14,,,,,,1200.00,,,,2,Nuts,,,,300.00,,\r\n"
                + "a.png,Müller & Söhne,,,,,,2026-0417,2026-11-14,,,,,,5,,,,,,,,,,,\r\n"
                + "c.txt,,,,,,,,,,,,,,,,,,,,,,,,,c.txt is empty. Nothing was read from it. Save or"
                + " scan it again.\r\n");
  }

  @Test
  void everyFieldOfTheRecordHasItsTextAndItsMeaning() throws Exception {
    JsonObject record =
        InvoiceExport.json(List.of(edited(Answers.WHOLE, Map.of("total", "1.405,00"))))
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("record");
    assertThat(record.get("net").toString()).isEqualTo("{\"text\":\"1.200,00\",\"value\":1200.00}");
    assertThat(record.get("total").toString())
        .isEqualTo("{\"text\":\"1.405,00\",\"value\":1405.00}");
    assertThat(record.get("date").toString())
        .isEqualTo("{\"text\":\"14.11.2026\",\"value\":\"2026-11-14\"}");
    assertThat(record.get("iban").toString())
        .isEqualTo(
            "{\"text\":\"DE89 3704 0044 0532 0130 00\",\"value\":\"DE89370400440532013000\"}");
    assertThat(record.get("tax_rate").isJsonNull()).isTrue();
    assertThat(record.getAsJsonArray("taxes").get(1).toString())
        .isEqualTo(
            "{\"row\":\"taxes[1]\",\"rate\":{\"text\":\"7 %\",\"value\":7},"
                + "\"net\":{\"text\":\"200,00\",\"value\":200.00},"
                + "\"tax\":{\"text\":\"14,00\",\"value\":14.00}}");
    assertThat(record.getAsJsonArray("items").get(0).getAsJsonObject().get("unit").toString())
        .isEqualTo("{\"text\":\"Std.\",\"value\":\"Std.\"}");
    assertThat(record.keySet()).hasSize(InvoiceField.values().length + 2);
  }

  @Test
  void saysHowSureTheModelWas() {
    JsonObject record =
        InvoiceExport.json(
                List.of(DocumentOutcome.read(Answers.unsure(GOOD, "2026-0417", 0.45678))))
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("record");
    assertThat(record.get("number").toString())
        .isEqualTo("{\"text\":\"2026-0417\",\"value\":\"2026-0417\",\"confidence\":0.4568}");
  }

  @Test
  void anIbanThatIsWrongHasATextAndNoMeaning() throws Exception {
    JsonObject record =
        InvoiceExport.json(List.of(edited(GOOD, Map.of("iban", "DE89370400440532O13000"))))
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("record");
    assertThat(record.get("iban").toString())
        .isEqualTo("{\"text\":\"DE89370400440532O13000\",\"value\":null}");
  }

  @Test
  void linesHaveColumnsForAsManyRatesAsAnyDocumentHas() throws Exception {
    String csv =
        InvoiceExport.text(
            List.of(edited(Answers.WHOLE, Map.of()), edited(GOOD, Map.of())), Format.CSV_LINES);
    String[] rows = csv.split("\r\n");
    assertThat(rows[0])
        .endsWith(
            "total,iban,bic,payment_reference,taxes[0].rate,taxes[0].net,taxes[0].tax,"
                + "taxes[1].rate,taxes[1].net,taxes[1].tax,line,description,quantity,unit,"
                + "unit_price,amount,line_tax_rate");
    assertThat(rows[1])
        .startsWith(
            "a.png,Müller & Söhne GmbH,\"Hafenstr. 1, 20457 Hamburg\",DE136695976,Wiener Handel"
                + " AG,")
        .endsWith(
            "1404.00,DE89370400440532013000,COBADEFFXXX,RE 2026-0417,19,1000.00,190.00,7,200.00,"
                + "14.00,1,Wartung,2.5,Std.,400.00,1000.00,19");
    assertThat(rows[3]).endsWith(",5,,,,,,,,,,,,,,,,");
  }

  @Test
  void givesASpreadsheetTheNumbersInTheUsersNotation() throws Exception {
    InvoiceRecord record = Answers.record(LINES);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(InvoiceTable.sheet(record, path -> "<" + path + ">"))
          .contains("<total>\t1200,00\r\n", "<note>\ta b\r\n", "<date>\t2026-11-14\r\n")
          .endsWith(
              "\r\n<description>\t<quantity>\t<unit>\t<unit_price>\t<amount>\t<tax_rate>\r\n"
                  + "'=Bolts\t4\t\t\t900,00\t\r\nNuts\t\t\t\t300,00\t\r\n");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void replacesAFileAsAWhole() throws Exception {
    Path file = folder.resolve("out.csv");
    Files.writeString(file, "old");
    InvoiceExport.write(file, List.of(read("ä.png", GOOD)), Format.CSV);
    assertThat(file)
        .hasContent(
            "\uFEFFdocument,vendor,number,date,total\r\nä.png,Müller &"
                + " Söhne,2026-0417,2026-11-14,5\r\n");
    assertThat(folder).isDirectoryContaining("glob:**/out.csv");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void saysWhereAFileCannotBeWritten() throws Exception {
    Path file = folder.resolve("missing").resolve("out.json");
    assertThatThrownBy(() -> InvoiceExport.write(file, List.of(FAILED), Format.JSON))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.OUTPUT_NOT_WRITABLE));
  }

  @Test
  void givesTheUsersSpreadsheetItsOwnNotation() throws Exception {
    List<DocumentOutcome> outcomes =
        List.of(read("a;b.png", LINES.replace("Nuts", "Nuts;\\nand \\\"Bolts\\\"")));
    Path file = folder.resolve("lines.csv");
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      InvoiceExport.write(file, outcomes, Format.CSV_LINES, InvoiceExport.Reader.SPREADSHEET);
      assertThat(file)
          .content()
          .startsWith("\uFEFFdocument;vendor;")
          .contains("\"a;b.png\";", ";1200,00;", ";\"Nuts;\nand \"\"Bolts\"\"\";");
      Locale.setDefault(Locale.UK);
      InvoiceExport.write(file, outcomes, Format.CSV_LINES, InvoiceExport.Reader.SPREADSHEET);
      assertThat(file).content().contains("document,vendor,", ",1200.00,");
      Locale.setDefault(Locale.GERMANY);
      InvoiceExport.write(file, outcomes, Format.CSV_LINES);
      assertThat(file).content().contains("document,vendor,", ",1200.00,");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void keepsTheDigitsOfNumbersThatAreNames() throws Exception {
    DocumentOutcome outcome =
        read("a.png", "{\"number\":\"05201\",\"order\":\"20260000000000000417\",\"total\":0.50}");
    Path file = folder.resolve("a.csv");
    InvoiceExport.write(file, List.of(outcome), Format.CSV, InvoiceExport.Reader.SPREADSHEET);
    assertThat(file)
        .content()
        .contains("\"=\"\"05201\"\"\"", "\"=\"\"20260000000000000417\"\"\"", "0.50");
    InvoiceExport.write(file, List.of(outcome), Format.CSV);
    assertThat(file).content().contains(",05201,20260000000000000417,0.50");
  }

  @Test
  void knowsFormulasInWideFormsAndBehindLineBreaks() throws Exception {
    String csv =
        InvoiceExport.text(
            List.of(read("a.png", "{\"a\":\"\uFF1D1+1\",\"b\":\"\\n=1+1\",\"c\":\"\uFF20x\"}")),
            Format.CSV);
    assertThat(csv).contains("a.png,'\uFF1D1+1,\"'\n=1+1\",'\uFF20x,");
  }
}
