package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.invoicelens.invoice.Answers.WHOLE;
import static org.invoicelens.invoice.Answers.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.grammar.AnswerSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form that invoices are asked for, and what becomes of an answer in it. */
class InvoiceSchemaTest {

  private static final Path FILE =
      ApplicationFolders.current().program().resolve("assets/schema/invoice.schema.json");

  /** WHOLE without what the model would not write. */
  private static String compact(String answer) {
    return JsonParser.parseString(answer).toString();
  }

  private static BigDecimal amount(String text) {
    return new BigDecimal(text);
  }

  @Test
  void aWholeInvoiceIsOfThisFormAndOneWithoutAnything() throws Exception {
    AnswerSchema schema = AnswerSchema.read(FILE);
    assertThat(schema.allows(compact(WHOLE))).isTrue();
    assertThat(
            schema.allows(
                "{\"seller\":null,\"buyer\":null,\"number\":null,\"issue_date\":null,"
                    + "\"due_date\":null,\"currency\":null,\"lines\":[],\"taxes\":[],\"net\":null,"
                    + "\"tax\":null,\"gross\":null,\"payment\":null}"))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"net\":\"1.200,00\" | \"net\":1200.00",
        "\"net\":\"1.200,00\" | \"net\":\"about 1.200\"",
        "\"net\":\"1.200,00\" | \"net\":\"00000000000000000000000000\"",
        "\"currency\":\"EUR\" | \"currency\":\"Euro\"",
        "\"rate\":\"7 %\" | \"rate\":\"reduced\"",
        "\"currency\":\"EUR\" | \"currency\":\"EUR\",\"note\":\"x\"",
        "\"currency\":\"EUR\", | ''"
      })
  void whatIsOfAnotherFormIsNot(String part, String other) throws Exception {
    AnswerSchema schema = AnswerSchema.read(FILE);
    String answer = compact(WHOLE);
    assertThat(answer).contains(part);
    assertThat(schema.allows(answer.replace(part, other))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"27,80", "1.428,00", "1,428.00", "1'428.00", "1 428,00", "-15.50", "15,50-", "5"})
  void anAmountMayBeCopiedAsItIsPrinted(String printed) throws Exception {
    String answer = compact(WHOLE).replace("1.404,00", printed);
    assertThat(AnswerSchema.read(FILE).allows(answer)).isTrue();
    assertThat(record(answer).total().text()).isEqualTo(printed);
    assertThat(record(answer).total().value()).isPresent();
  }

  @Test
  void everythingInThisFormHasItsPlaceInTheRecord() throws Exception {
    InvoiceRecord record = record(WHOLE);
    assertThat(record.further()).isEmpty();
    assertThat(record.doubts()).isEmpty();
    assertThat(record.entries())
        .filteredOn(entry -> entry.text().isEmpty())
        .extracting(RecordEntry::path)
        .containsExactly("tax_rate");
    assertThat(record.all())
        .filteredOn(entry -> !entry.path().equals("tax_rate"))
        .allSatisfy(entry -> assertThat(entry.value()).as(entry.path()).isPresent());
    assertThat(record.seller().name().text()).isEqualTo("Müller & Söhne GmbH");
    assertThat(record.seller().vatId().value()).contains("DE136695976");
    assertThat(record.buyer().address().text()).isEqualTo("Ring 3, 1010 Wien");
    assertThat(record.lines().getFirst().unit().text()).isEqualTo("Std.");
    assertThat(record.lines().getLast().taxRate().value()).contains(amount("7"));
    assertThat(record.taxes().getFirst().net().value()).contains(amount("1000.00"));
    assertThat(record.tax().value()).contains(amount("204.00"));
    assertThat(record.total().value()).contains(amount("1404.00"));
    assertThat(record.payment().iban().value()).contains("DE89370400440532013000");
    assertThat(record.payment().bic().value()).contains("COBADEFFXXX");
    assertThat(record.payment().reference().text()).isEqualTo("RE 2026-0417");
    // two lines, two rates and their lines, the lines, the total, and both sums of the rates
    assertThat(record.sumsHold()).isEqualTo(10);
  }

  @Test
  void everyFieldIsDescribed() throws Exception {
    JsonObject schema = JsonParser.parseString(Files.readString(FILE)).getAsJsonObject();
    schema.getAsJsonObject("properties").asMap().values().forEach(InvoiceSchemaTest::described);
    JsonObject party = schema.getAsJsonObject("$defs").getAsJsonObject("party");
    party.getAsJsonObject("properties").asMap().values().forEach(InvoiceSchemaTest::described);
  }

  private static void described(JsonElement field) {
    JsonObject schema = field.getAsJsonObject();
    assertThat(schema.has("title")).as(field.toString()).isTrue();
    JsonObject rows = schema.has("items") ? schema.getAsJsonObject("items") : schema;
    if (rows.has("properties")) {
      rows.getAsJsonObject("properties").asMap().values().forEach(InvoiceSchemaTest::described);
    }
  }

  @Test
  void thePromptAsksForThisForm() throws Exception {
    ApplicationFolders folders = ApplicationFolders.current();
    ModelConfig config =
        new ConfigLoader(folders).load(folders.program().resolve("config/models/pixtral.yaml"));
    assertThat(config.prompt().schema().orElseThrow().toRealPath()).isEqualTo(FILE.toRealPath());
    List<String> keys = new ArrayList<>();
    keys(JsonParser.parseString(WHOLE), keys);
    int at = 0;
    for (String key : keys) {
      int found = config.prompt().user().indexOf("\"" + key + "\"", at);
      assertThat(found).as(key).isNotNegative();
      at = found + 1;
    }
  }

  private static void keys(JsonElement element, List<String> keys) {
    if (element instanceof JsonObject object) {
      object
          .entrySet()
          .forEach(entry -> {
            keys.add(entry.getKey());
            keys(entry.getValue(), keys);
          });
    } else if (element.isJsonArray()) {
      keys(element.getAsJsonArray().get(0), keys);
    }
  }

  /** A user's own form, in which little is what invoices usually have. */
  @Test
  void whatAFormOfTheUsersOwnHasBesideIsKept() throws Exception {
    String answer =
        "{\"invoice\":{\"number\":\"7\",\"project\":{\"code\":\"P-1\",\"site\":{\"town\":\"Kiel\"}}},"
            + "\"deliveries\":[{\"note\":\"L1\",\"pallets\":[{\"id\":\"A\"},{\"id\":\"B\"}]}],"
            + "\"total\":5}";
    assertThat(record(answer).further())
        .extracting(RecordEntry::path)
        .containsExactly(
            "invoice.project.code",
            "invoice.project.site.town",
            "deliveries[0].note",
            "deliveries[0].pallets[0].id",
            "deliveries[0].pallets[1].id");
    InvoiceRecord edited =
        record(answer, Map.of("deliveries[0].pallets[1].id", "C", "iban", "x", "vendor", "V"));
    assertThat(edited.fields().json())
        .isEqualTo(
            answer
                .replace("\"B\"", "\"C\"")
                .replaceFirst("}$", ",\"vendor\":\"V\",\"iban\":\"x\"}"));
    String csv =
        InvoiceExport.text(
            List.of(DocumentOutcome.read(Answers.extraction(answer))), InvoiceExport.Format.CSV);
    assertThat(csv).contains("deliveries[0].pallets[1].id").contains(",Kiel,L1,A,B,");
  }
}
