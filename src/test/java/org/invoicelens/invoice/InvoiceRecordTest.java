package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.invoicelens.invoice.Answers.good;
import static org.invoicelens.invoice.Answers.reasons;
import static org.invoicelens.invoice.Answers.record;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.invoicelens.invoice.Doubt.Check;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvoiceRecordTest {

  private static final String WHOLE =
      """
      {"vendor":"Müller & Söhne GmbH","number":"2026-0417","date":"14.11.2026",
       "due_date":"28.11.2026","currency":"EUR","net":"1.200,00","tax_rate":"19 %",
       "tax":"228,00","total":"1.428,00",
       "items":[{"description":"Wartung","quantity":1,"unit_price":"900,00","amount":"900,00"},
                {"description":"Dichtung","quantity":"4","unit_price":"75,00","amount":"300,00"}]}
      """;

  private static BigDecimal amount(String text) {
    return new BigDecimal(text);
  }

  @Test
  void anInvoiceThatAddsUpHasNoDoubts() {
    InvoiceRecord record = record(WHOLE);
    assertThat(record.doubts()).isEmpty();
    assertThat(record.sumsHold()).isEqualTo(5);
    assertThat(record.seller().name().value()).contains("Müller & Söhne GmbH");
    assertThat(record.date().value()).contains(LocalDate.of(2026, 11, 14));
    assertThat(record.dueDate().value()).contains(LocalDate.of(2026, 11, 28));
    assertThat(record.currency().value()).contains("EUR");
    assertThat(record.net().value()).contains(amount("1200.00"));
    assertThat(record.net().read()).isEqualTo("1.200,00");
    assertThat(record.taxRate().value()).contains(amount("19"));
    assertThat(record.total().value()).contains(amount("1428.00"));
    assertThat(record.lines())
        .extracting(line -> line.amount().value().orElseThrow())
        .containsExactly(amount("900.00"), amount("300.00"));
    assertThat(record.further()).isEmpty();
  }

  @Test
  void understandsOtherNamesAndKeepsWhatItDoesNotKnow() {
    InvoiceRecord record =
        record(
            """
            {"invoice":{"invoiceNumber":"7","Rechnungsdatum":"2026-11-14"},
             "seller":{"name":"A","address":{"city":"Hamburg"}},
             "lineItems":[{"Bezeichnung":"Bolts","Menge":2,"Einzelpreis":1.5,"Gesamt":3.0,
                           "unit":"kg","batch":"A7"}],
             "totals":{"subTotal":3.0,"taxes":[{"rate":10,"amount":0.30}],"gross":3.3},
             "currencyCode":"USD","terms":"14 days","vendor":null}
            """);
    assertThat(record.doubts()).isEmpty();
    assertThat(record.number().text()).isEqualTo("7");
    assertThat(record.seller().name().text()).isEqualTo("A");
    assertThat(record.date().value()).contains(LocalDate.of(2026, 11, 14));
    assertThat(record.net().value()).contains(amount("3.0"));
    assertThat(record.tax().value()).contains(amount("0.30"));
    assertThat(record.taxRate().value()).contains(amount("10"));
    assertThat(record.total().value()).contains(amount("3.3"));
    assertThat(record.lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.description().text()).isEqualTo("Bolts");
          assertThat(line.quantity().value()).contains(amount("2"));
          assertThat(line.unit().value()).contains("kg");
          assertThat(line.unitPrice().value()).contains(amount("1.5"));
          assertThat(line.amount().value()).contains(amount("3.0"));
        });
    assertThat(record.further())
        .extracting(RecordEntry::path, RecordEntry::text)
        .containsExactly(
            tuple("seller.address.city", "Hamburg"),
            tuple("lineItems[0].batch", "A7"),
            tuple("terms", "14 days"));
  }

  @Test
  void ofTwoKeysForOneFieldTheFirstFilledOneCountsAndTheOtherIsKept() {
    InvoiceRecord record = record(good("\"grand_total\":5.00", "\"amount_due\":3.00"));
    assertThat(record.total().value()).contains(amount("5.00"));
    assertThat(record.further()).extracting(RecordEntry::path).containsExactly("amount_due");
    assertThat(record(good("\"total\":null", "\"amount_due\":3.00")).total().text())
        .isEqualTo("3.00");
  }

  @Test
  void takesLinesThatAreMereTexts() {
    InvoiceRecord record = record(good("\"total\":1", "\"items\":[\"Bolts\",\"Nuts\"]"));
    assertThat(record.lines())
        .extracting(line -> line.description().text())
        .containsExactly("Bolts", "Nuts");
    assertThat(record(good("\"total\":1", "\"items\":[]")).further()).isEmpty();
  }

  @Test
  void understandsSeveralRatesOfTax() {
    InvoiceRecord record =
        record(
            good(
                "\"total\":130.70",
                "\"MwSt\":[{\"Satz\":\"19 %\",\"Netto\":100,\"Betrag\":19},"
                    + "{\"Satz\":7,\"Netto\":10,\"Betrag\":0.70,\"code\":\"B\"}]"));
    assertThat(record.tax().text()).isEmpty();
    assertThat(record.taxes())
        .extracting(tax -> tax.rate().value().get(), tax -> tax.tax().value().get())
        .containsExactly(tuple(amount("19"), amount("19")), tuple(amount("7"), amount("0.70")));
    assertThat(record.further()).extracting(RecordEntry::path).containsExactly("MwSt[1].code");
    assertThat(reasons(record))
        .containsExactly("Net 110.00 and tax 19.70 make 129.70, but the total says 130.70.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What sums say
        "\"net\":\"1.050\",\"tax\":\"200\",\"total\":\"1.250\" | 1250",
        "\"net\":\"1.050\",\"tax\":\"0.200\",\"total\":\"1.250\" | 1.250",
        "\"items\":[{\"amount\":\"1.000\"},{\"amount\":250}],\"total\":\"1.250\" | 1250",
        "\"net\":\"1.050\",\"taxes\":[{\"net\":\"1.050\",\"tax\":200}],\"total\":\"1.250\" | 1250",
        // What other amounts say
        "\"net\":\"100,50\",\"total\":\"1.250\" | 1250",
        "\"net\":\"100.50\",\"total\":\"1,250\" | 1250",
        // What the currency says
        "\"currency\":\"USD\",\"total\":\"1,250\" | 1250",
        "\"currency\":\"JPY\",\"total\":\"1.250\" | 1250",
        "\"currency\":\"PLN\",\"total\":\"1.250\" | 1250",
        "\"currency\":\"KWD\",\"total\":\"1.250\" | 1.250",
        "\"total\":\"$1,250\" | 1250"
      })
  void evidenceDecidesWhatAnAmbiguousAmountMeans(String fields, BigDecimal total) {
    InvoiceRecord record = record(good(fields));
    assertThat(record.total().value()).contains(total);
    assertThat(record.doubts(InvoiceField.TOTAL.path())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"total\":\"1.250\"",
        "\"currency\":\"EUR\",\"total\":\"1.250\"",
        "\"net\":\"27.80\",\"total\":\"1.250\"",
        "\"net\":\"27,80\",\"tax\":\"27.80\",\"total\":\"1.250\""
      })
  void withoutEvidenceAnAmbiguousAmountIsDoubted(String fields) {
    InvoiceRecord record = record(good(fields));
    assertThat(record.doubts(InvoiceField.TOTAL.path()))
        .extracting(Doubt::check)
        .contains(Check.DECIMAL_SIGN);
    assertThat(record.total().value()).contains(amount("1250"));
  }

  @Test
  void saysWhichTwoNumbersAnAmountCanBe() {
    assertThat(reasons(record(good("\"total\":\"1.250\""))))
        .containsExactly(
            "“1.250” can be 1,250.00 or 1.25, and nothing else on the invoice says which.");
  }

  @Test
  void aLineDecidesItsOwnNumbers() {
    InvoiceRecord record =
        record(
            good(
                "\"total\":\"150.00\"",
                "\"items\":[{\"quantity\":\"1.250\",\"unit_price\":\"0.10\",\"amount\":\"125.00\"},"
                    + "{\"quantity\":\"1.250\",\"unit_price\":\"20.00\",\"amount\":\"25.00\"}]"));
    assertThat(record.lines().get(0).quantity().value()).contains(amount("1250"));
    assertThat(record.lines().get(1).quantity().value()).contains(amount("1.250"));
    assertThat(record.doubts()).isEmpty();
  }

  @Test
  void manyAmbiguousAmountsAreDecidedTogether() {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      items.append(i == 0 ? "" : ",").append("{\"amount\":\"1.100\"}");
    }
    InvoiceRecord record =
        record(good("\"total\":\"44.000\"", "\"items\":[" + items + "]", "\"tax\":\"0.000\""));
    assertThat(record.lines()).hasSize(40);
    assertThat(record.total().value().orElseThrow()).isIn(amount("44000"), amount("44.000"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"net\":1200,\"tax\":228,\"total\":1482"
            + " | Net 1,200.00 and tax 228.00 make 1,428.00, but the total says 1,482.00.",
        "\"net\":1200,\"tax\":228,\"tax_rate\":\"16 %\",\"total\":1428"
            + " | 16 % of 1,200.00 are 192.00, but the tax says 228.00.",
        "\"items\":[{\"quantity\":4,\"unit_price\":944.27,\"amount\":3777.18}],\"total\":3777.18"
            + " | 4 × 944.27 make 3,777.08, but the amount says 3,777.18.",
        "\"items\":[{\"amount\":900},{\"amount\":300}],\"net\":1300,\"tax\":0,\"total\":1300"
            + " | The lines make 1,200.00, but the net amount says 1,300.00.",
        "\"items\":[{\"amount\":900},{\"amount\":300}],\"total\":1428"
            + " | The lines make 1,200.00, but the total says 1,428.00.",
        "\"items\":[{\"amount\":900},{\"amount\":300}],\"tax\":200,\"total\":1428"
            + " | The lines, 1,200.00, and tax 200.00 make 1,400.00, but the total says 1,428.00.",
        "\"items\":[{\"quantity\":2,\"unit_price\":450},{\"amount\":300}],\"total\":1428"
            + " | The lines make 1,200.00, but the total says 1,428.00.",
        "\"total\":\"about 50\" | “about 50” is no number that can be read.",
        "\"total\":5,\"currency\":\"Taler\" | “Taler” is no currency that is known.",
        "\"total\":5,\"due_date\":\"2026-11-01\""
            + " | It is due on November 1, 2026, before its date, November 14, 2026.",
        "\"total\":5,\"due_date\":\"soon\" | “soon” is no date that can be read.",
        "\"total\":5,\"due_date\":\"2036-11-14\" | November 14, 2036 is far in the future.",
        "\"net\":110,\"tax\":19.70,\"total\":129.70,\"taxes\":[{\"rate\":19,\"net\":100,\"tax\":19},{\"rate\":7,\"net\":10,\"tax\":7.00}]"
            + " | 7 % of 10.00 are 0.70, but the tax says 7.00. // The taxes for each rate make"
            + " 26.00, but the tax as a whole says 19.70.",
        "\"net\":120,\"tax\":19.70,\"total\":139.70,\"taxes\":[{\"rate\":19,\"net\":100,\"tax\":19},{\"rate\":7,\"net\":10,\"tax\":0.70}]"
            + " | The net amounts for each rate make 110.00, but the net amount as a whole says"
            + " 120.00.",
        "\"items\":[{\"amount\":100,\"tax_rate\":7},{\"amount\":10,\"tax_rate\":7}],\"total\":129.70,"
            + "\"tax\":19.70,\"taxes\":[{\"rate\":19,\"net\":100,\"tax\":19},{\"rate\":7,\"net\":10,\"tax\":0.70}]"
            + " | The lines at 7 % make 110.00, but the net amount at this rate says 10.00.",
        "\"total\":5,\"iban\":\"DE89370400440532O13000\" | In an IBAN of Germany, letters and"
            + " digits stand in other places: an O may be a zero, an I a one.",
        "\"total\":5,\"iban\":\"DE89370400440532031000\" | The check digits of the IBAN do not fit,"
            + " so that something in it was read or printed wrong.",
        "\"total\":5,\"iban\":\"DE8937040044053201300\" | The IBAN has 21 characters; one of"
            + " Germany has 22.",
        "\"total\":5,\"iban\":\"XX89370400440532013000\" | “XX89370400440532013000” does not begin"
            + " with the letters of a country that has IBANs.",
        "\"total\":5,\"iban\":\"532013000\" | “532013000” is no IBAN, which begins with two letters"
            + " and two digits.",
        "\"total\":5,\"bic\":\"COBADEF\" | “COBADEF” is no BIC, which has 8 or 11 letters and"
            + " digits.",
        "\"total\":5,\"bic\":\"UBSWCHZH80A\",\"iban\":\"DE89370400440532013000\" | The BIC is of a"
            + " bank in Switzerland, but the IBAN of one in Germany.",
        "\"total\":5,\"vat_id\":\"DE136695967\" | The check digits of “DE136695967” do not fit, so"
            + " that something in it was read or printed wrong.",
        "\"total\":5,\"buyer\":{\"vatId\":\"EL12\"} | “EL12” does not have the form of a VAT id of"
            + " Greece.",
        "\"total\":5,\"vat_id\":\"0E136695976\" | “0E136695976” does not begin with the letters of"
            + " a country, as a VAT id does.",
        "\"vendor\":null,\"total\":5 | No seller was read.",
        "\"total\":null | No total was read."
      })
  void everyDoubtNamesItsReason(String fields, String reason) {
    assertThat(reasons(record(good(fields)))).containsExactly(reason.split(" // "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Rounded by a minor unit, or by one for each line
        "\"net\":100.00,\"tax\":19.00,\"total\":119.01",
        "\"items\":[{\"quantity\":3,\"unit_price\":33.33,\"amount\":100.00}],\"total\":100.00",
        "\"items\":[{\"amount\":33.33},{\"amount\":33.33},{\"amount\":33.33}],\"total\":100.00",
        // Lines that are printed with the tax in them
        "\"items\":[{\"amount\":119}],\"net\":100,\"tax\":19,\"total\":119",
        "\"items\":[{\"amount\":119}],\"tax\":19,\"total\":119",
        "\"items\":[{\"amount\":100}],\"tax\":19,\"total\":119",
        // What is missing cannot be wrong
        "\"items\":[{\"amount\":100},{\"description\":\"free\"}],\"total\":119",
        "\"net\":100,\"total\":119",
        // No decimals in yen
        "\"currency\":\"JPY\",\"net\":1000,\"tax\":100,\"total\":1101",
        // Lines with the tax in them, of two rates
        "\"items\":[{\"amount\":119,\"tax_rate\":19},{\"amount\":10.70,\"tax_rate\":7}],"
            + "\"tax\":19.70,\"total\":129.70,\"taxes\":[{\"rate\":19,\"net\":100,\"tax\":19},"
            + "{\"rate\":7,\"net\":10,\"tax\":0.70}]",
        // Lines of which one says no rate
        "\"items\":[{\"amount\":100,\"tax_rate\":7},{\"amount\":10}],\"total\":129.70,\"tax\":19.70,"
            + "\"taxes\":[{\"rate\":19,\"net\":100,\"tax\":19},{\"rate\":7,\"net\":10,\"tax\":0.70}]",
        // A credit note
        "\"net\":-100,\"tax\":-19,\"total\":-119"
      })
  void whatMayBeRoundedOrCannotBeTriedIsNotDoubted(String fields) {
    assertThat(record(good(fields)).doubts()).isEmpty();
  }

  @Test
  void aDateInAnImpossibleTimeIsDoubted() {
    assertThat(
            reasons(
                record("{\"vendor\":\"A\",\"number\":\"1\",\"total\":1,\"date\":\"1889-01-02\"}")))
        .containsExactly("January 2, 1889 is before January 1, 1990.");
  }

  private static String dated(String date, String due) {
    return "{\"vendor\":\"A\",\"number\":\"1\",\"total\":1,\"date\":\""
        + date
        + "\",\"due_date\":\""
        + due
        + "\"}";
  }

  @ParameterizedTest
  @CsvSource({
    // The other date proves the order
    "03/04/2026,17/04/2026,2026-04-03,2026-04-17",
    "03/04/2026,03/18/2026,2026-03-04,2026-03-18",
    "03/04/2026,17.04.2026,2026-04-03,2026-04-17",
    // In one order only the invoice is due after its date
    "03/04/2026,02/05/2026,2026-04-03,2026-05-02",
    "04/03/2026,05/02/2026,2026-04-03,2026-05-02"
  })
  void theOtherDateDecidesTheOrderOfDayAndMonth(
      String date, String due, LocalDate read, LocalDate readDue) {
    InvoiceRecord record = record(dated(date, due));
    assertThat(record.doubts()).isEmpty();
    assertThat(record.date().value()).contains(read);
    assertThat(record.dueDate().value()).contains(readDue);
  }

  @Test
  void withoutEvidenceTheOrderOfDayAndMonthIsDoubted() {
    InvoiceRecord record = record(dated("03/04/2026", ""));
    assertThat(reasons(record))
        .containsExactly("“03/04/2026” can be April 3, 2026 or March 4, 2026.");
    assertThat(record.date().value()).contains(LocalDate.of(2026, 4, 3));
    assertThat(record(dated("03/04/2026", "2026-12-01")).doubts())
        .extracting(Doubt::check)
        .containsExactly(Check.DATE_ORDER);
  }

  @Test
  void anAnswerThatBrokeOffOrHoldsNothingIsDoubtedAsAWhole() {
    InvoiceRecord broken = record(good("\"total\":1").replaceFirst("}$", ",\"items\":[{\"am"));
    assertThat(broken.doubts())
        .containsExactly(
            new Doubt(
                "", Check.COMPLETE, "The answer broke off, so fields or lines may be missing."));
    assertThat(record("The picture shows a cat.").doubts())
        .extracting(Doubt::check)
        .containsExactly(Check.ANY_FIELD);
    assertThat(
            InvoiceRecord.of(
                    Answers.extraction("a.pdf", good("\"total\":1"), 5, 2), Map.of(), Answers.TODAY)
                .doubts())
        .extracting(Doubt::reason)
        .containsExactly(
            "Only the first 2 of 5 pages fit into one reading; what stands on the others is"
                + " missing.");
  }

  @Test
  void doubtsAreTellableInGermanToo() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(reasons(record(good("\"net\":1200,\"tax\":228,\"total\":1482"))))
          .containsExactly(
              "Netto 1.200,00 und Steuer 228,00 ergeben 1.428,00, der Gesamtbetrag lautet aber"
                  + " 1.482,00.");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void correctionsTakeDoubtsAwayAndBringThem() {
    String answer = good("\"net\":1200", "\"tax\":228", "\"total\":1482");
    assertThat(record(answer).doubts()).hasSize(1);
    InvoiceRecord right = record(answer, Map.of("total", "1.428,00"));
    assertThat(right.doubts()).isEmpty();
    assertThat(right.total().edited()).isTrue();
    assertThat(right.total().read()).isEqualTo("1482");
    assertThat(right.total().text()).isEqualTo("1.428,00");
    assertThat(record(answer, Map.of("total", "1.428,00", "vendor", "")).doubts())
        .extracting(Doubt::path)
        .containsExactly("vendor");
  }

  private static InvoiceRecord unsure(String part, double probability, Map<String, String> edits) {
    return InvoiceRecord.of(Answers.unsure(Answers.WHOLE, part, probability), edits, Answers.TODAY);
  }

  @Test
  void whatTheModelWasNotSureOfIsDoubtedUntilAUserSaysSomethingElse() {
    InvoiceRecord record = unsure("Handel", 0.456, Map.of());
    assertThat(record.buyer().name().confidence()).hasValue(0.456);
    assertThat(record.seller().name().confidence()).hasValue(0.99);
    assertThat(record.doubts())
        .containsExactly(
            new Doubt(
                "buyer",
                Check.CONFIDENCE,
                "The model was not sure of “Wiener Handel AG”, to 45 % only."));
    InvoiceRecord edited = unsure("Handel", 0.456, Map.of("buyer", "Wiener Händel AG"));
    assertThat(edited.doubts()).isEmpty();
    assertThat(edited.buyer().name().confidence()).isEmpty();
    assertThat(unsure("Handel", 0.71, Map.of()).doubts()).isEmpty();
  }

  /** Sums, check digits, and texts that can be copied in more than one way. */
  @ParameterizedTest
  @ValueSource(
      strings = {"400,00", "1.404,00", "190,00", "5320", "136 695", "1358", "Hafen", "Std"})
  void whatIsProvenOrFreelyWordedIsNotDoubtedForThat(String part) {
    assertThat(unsure(part, 0.3, Map.of()).doubts()).isEmpty();
  }

  @Test
  void aNumberInASumThatFailsIsNotProven() {
    InvoiceRecord record =
        InvoiceRecord.of(
            Answers.unsure(
                good("\"net\":\"100\"", "\"tax\":\"19\"", "\"total\":\"911\""), "19\"", 0.4),
            Map.of(),
            Answers.TODAY);
    assertThat(record.doubts())
        .extracting(Doubt::path, Doubt::check)
        .containsExactly(tuple("total", Check.TOTAL), tuple("tax", Check.CONFIDENCE));
  }

  @Test
  void anEmptyLineTakesNoDoubtAway() {
    String answer = good("\"items\":[{\"amount\":2}]", "\"total\":5");
    assertThat(record(answer, Map.of("items[1]", "added")).doubts())
        .extracting(Doubt::check)
        .containsExactly(Check.LINES);
  }

  @Test
  void nothingInAnAnswerBringsItToFall() {
    for (String answer :
        List.of(
            "{\"total\":{\"total\":{\"total\":1}}}",
            "{\"items\":[[1,2],[3]]}",
            "{\"items\":{\"amount\":1}}",
            "{\"\":\"\",\" \":1,\"[\":2,\"items[0]\":3,\"a.b\":4}",
            "{\"items\":[null,{\"amount\":null},true]}",
            "{\"total\":\"" + "9".repeat(5000) + "\",\"date\":\"" + "1/".repeat(3000) + "\"}",
            "{\"tax\":\"%\",\"total\":\"1e99999\",\"quantity\":\"١٢\"}")) {
      InvoiceRecord record = record(answer);
      assertThat(record.all()).allSatisfy(entry -> assertThat(entry.text()).isNotNull());
      assertThat(record(answer, Map.of("total", "5", "items[0].amount", "1", "items[9]", "added")))
          .isNotNull();
    }
  }
}
