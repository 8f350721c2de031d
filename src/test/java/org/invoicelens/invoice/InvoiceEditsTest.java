package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.invoicelens.invoice.Answers.record;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InvoiceEditsTest {

  private static final String ANSWER =
      "{\"Seller\":\"A\",\"totals\":{\"gross\":5.00},\"positions\":[{\"text\":\"Bolts\",\"sum\":2},"
          + "{\"text\":\"Nuts\",\"sum\":3}],\"note\":\"x\"}";

  private final Map<String, String> edits = new HashMap<>();

  private String fields() {
    return record(ANSWER, edits).fields().json();
  }

  @Test
  void withoutCorrectionsTheFieldsAreThoseOfTheAnswer() {
    assertThat(fields()).isEqualTo(InvoiceFields.parse(ANSWER).json());
  }

  @Test
  void aCorrectionTakesThePlaceTheAnswerHasForIt() {
    edits.put("total", "1.428,00");
    edits.put("items[1].description", "Washers");
    edits.put("items[1].quantity", "3");
    edits.put("note", "y");
    edits.put("date", "14.11.2026");
    edits.put("vendor", "");
    assertThat(fields())
        .isEqualTo(
            "{\"Seller\":null,\"totals\":{\"gross\":1428.00},\"positions\":[{\"text\":\"Bolts\","
                + "\"sum\":2},{\"text\":\"Washers\",\"sum\":3,\"quantity\":3}],\"note\":\"y\","
                + "\"date\":\"2026-11-14\"}");
  }

  @Test
  void whatCannotBeUnderstoodStaysAsItWasTyped() {
    edits.put("total", "about 5");
    edits.put("date", "03/04/2026");
    assertThat(fields()).contains("\"gross\":\"about 5\"", "\"date\":\"03/04/2026\"");
  }

  @Test
  void linesAreAddedAndTakenAwayWithoutMovingOthers() {
    int added = InvoiceEdits.add(edits, InvoiceList.LINES, 2);
    assertThat(added).isEqualTo(2);
    edits.put("items[2].amount", "4");
    InvoiceEdits.remove(edits, InvoiceList.LINES, 2, 0);
    assertThat(record(ANSWER, edits).lines())
        .extracting(RecordLine::number, RecordLine::added, line -> line.amount().text())
        .containsExactly(tuple(1, false, "3"), tuple(2, true, "4"));
    assertThat(record(ANSWER, edits).removed(InvoiceList.LINES)).containsExactly(0);
    assertThat(fields()).contains("\"positions\":[{\"text\":\"Nuts\",\"sum\":3},{\"amount\":4}]");
  }

  @Test
  void anAddedLineThatIsTakenAwayLeavesNothing() {
    InvoiceEdits.add(edits, InvoiceList.LINES, 2);
    int second = InvoiceEdits.add(edits, InvoiceList.LINES, 2);
    int third = InvoiceEdits.add(edits, InvoiceList.LINES, 2);
    edits.put("items[3].amount", "1");
    edits.put("items[4].amount", "2");
    InvoiceEdits.remove(edits, InvoiceList.LINES, 2, 2);
    InvoiceEdits.remove(edits, InvoiceList.LINES, 2, second);
    assertThat(edits).containsOnlyKeys("items[4]", "items[4].amount");
    assertThat(record(ANSWER, edits).lines())
        .extracting(RecordLine::number)
        .containsExactly(0, 1, third);
  }

  @Test
  void linesCanBeAddedWhereTheAnswerHasNone() {
    edits.put("items[0]", InvoiceEdits.ADDED);
    edits.put("items[0].description", "Bolts");
    assertThat(record("{\"total\":1}", edits).fields().json())
        .isEqualTo("{\"total\":1,\"items\":[{\"description\":\"Bolts\"}]}");
  }

  @Test
  void aLineThatWasAMereTextBecomesOneWithFields() {
    edits.put("items[0].amount", "1");
    assertThat(record("{\"total\":1,\"items\":[\"Bolts\"]}", edits).fields().json())
        .isEqualTo("{\"total\":1,\"items\":[{\"description\":\"Bolts\",\"amount\":1}]}");
  }

  @Test
  void aCorrectionGoesIntoTheObjectItBelongsTo() {
    String answer =
        "{\"seller\":{\"name\":\"A\"},\"payment\":null,\"lines\":[],\"taxes\":[],\"tax\":\"1\"}";
    edits.put("vendor_vat_id", "DE136695976");
    edits.put("iban", "DE89370400440532013000");
    edits.put("buyer", "B");
    edits.put("items[0]", InvoiceEdits.ADDED);
    edits.put("items[0].amount", "1,00");
    edits.put("taxes[0]", InvoiceEdits.ADDED);
    edits.put("taxes[0].rate", "19 %");
    assertThat(record(answer, edits).fields().json())
        .isEqualTo(
            "{\"seller\":{\"name\":\"A\",\"vat_id\":\"DE136695976\"},"
                + "\"payment\":{\"iban\":\"DE89370400440532013000\"},"
                + "\"lines\":[{\"amount\":1.00}],\"taxes\":[{\"rate\":19}],\"tax\":\"1\","
                + "\"buyer\":\"B\"}");
    assertThat(record(answer, edits).further()).isEmpty();
  }

  @Test
  void taxesAreAddedAndTakenAwayLikeLines() {
    int added = InvoiceEdits.add(edits, InvoiceList.TAXES, 2);
    edits.put(TaxField.TAX.path(added), "3,00");
    InvoiceEdits.remove(edits, InvoiceList.TAXES, 2, 0);
    InvoiceRecord record = record(Answers.WHOLE, edits);
    assertThat(record.taxes())
        .extracting(RecordTax::number, RecordTax::added, tax -> tax.tax().text())
        .containsExactly(tuple(1, false, "14,00"), tuple(2, true, "3,00"));
    assertThat(record.removed(InvoiceList.TAXES)).containsExactly(0);
    assertThat(record.fields().json()).contains("\"tax\":\"14,00\"},{\"tax\":3.00}]");
    assertThat(record.doubts())
        .extracting(Doubt::reason)
        .contains("The taxes for each rate make 17.00, but the tax as a whole says 204.00.");
  }

  @Test
  void aTextThatIsWhatWasReadIsNoEdit() {
    InvoiceEdits.set(edits, "total", "5.00", "6");
    assertThat(edits).containsEntry("total", "6");
    InvoiceEdits.set(edits, "total", "5.00", "5.00");
    assertThat(edits).isEmpty();
  }
}
