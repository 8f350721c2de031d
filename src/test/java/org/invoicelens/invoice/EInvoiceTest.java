package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** E-invoices, held to the schema of Factur-X and to the rules of EN 16931. */
class EInvoiceTest {

  /** With a due date, units, two rates and a payment. */
  private static final String WHOLE = Answers.WHOLE;

  private static InvoiceRecord record(String answer, String... edits) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < edits.length; i += 2) {
      map.put(edits[i], edits[i + 1]);
    }
    return InvoiceRecord.of(Answers.extraction(answer), map, LocalDate.of(2026, 11, 26));
  }

  private static Document xml(InvoiceRecord record) throws Exception {
    byte[] xml = EInvoice.xml("a.pdf", record);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml));
  }

  /** The text at a path of local names, those of all places with spaces between. */
  private static String at(Document xml, String path) throws Exception {
    String named = path.replaceAll("(\\w+)(?=/|$)", "*[local-name() = '$1']");
    var nodes =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate("//" + named, xml, XPathConstants.NODESET);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < nodes.getLength(); i++) {
      text.append(i > 0 ? " " : "").append(nodes.item(i).getTextContent().strip());
    }
    return text.toString();
  }

  private static String refused(InvoiceRecord record) {
    InferenceException e =
        catchThrowableOfType(InferenceException.class, () -> EInvoice.xml("a.pdf", record));
    assertThat(e).as("refusal").isNotNull();
    assertThat(e.reason()).isEqualTo(Reason.NOT_AN_E_INVOICE);
    assertThat(e.problem().what()).contains("a.pdf");
    return e.problem().meaning();
  }

  @Test
  void writesWhatWasReadAndNothingElse() throws Exception {
    Document xml = xml(record(WHOLE));
    assertThat(at(xml, "ExchangedDocument/ID")).isEqualTo("2026-0417");
    assertThat(at(xml, "IssueDateTime/DateTimeString")).isEqualTo("20261114");
    assertThat(at(xml, "DueDateDateTime/DateTimeString")).isEqualTo("20261128");
    assertThat(at(xml, "SpecifiedTradePaymentTerms/Description")).isEmpty();
    assertThat(at(xml, "InvoiceCurrencyCode")).isEqualTo("EUR");
    assertThat(at(xml, "SellerTradeParty/Name")).isEqualTo("Müller & Söhne GmbH");
    assertThat(at(xml, "SellerTradeParty/PostalTradeAddress/PostcodeCode")).isEqualTo("20457");
    assertThat(at(xml, "SellerTradeParty/PostalTradeAddress/LineOne")).isEqualTo("Hafenstr. 1");
    assertThat(at(xml, "SellerTradeParty/PostalTradeAddress/CityName")).isEqualTo("Hamburg");
    assertThat(at(xml, "SellerTradeParty/PostalTradeAddress/CountryID")).isEqualTo("DE");
    assertThat(at(xml, "SellerTradeParty/SpecifiedTaxRegistration/ID")).isEqualTo("DE136695976");
    assertThat(at(xml, "BuyerTradeParty/PostalTradeAddress/CountryID")).isEqualTo("AT");
    assertThat(at(xml, "BuyerTradeParty/SpecifiedTaxRegistration/ID")).isEqualTo("ATU13585627");
    assertThat(at(xml, "IBANID")).isEqualTo("DE89370400440532013000");
    assertThat(at(xml, "BICID")).isEqualTo("COBADEFFXXX");
    assertThat(at(xml, "PaymentReference")).isEqualTo("RE 2026-0417");
    assertThat(at(xml, "SpecifiedTradeProduct/Name")).isEqualTo("Wartung Handbuch");
    assertThat(at(xml, "BilledQuantity/@unitCode")).isEqualTo("HUR H87");
    assertThat(at(xml, "LineTotalAmount")).isEqualTo("1000.00 200.00 1200.00");
    assertThat(at(xml, "CalculatedAmount")).isEqualTo("190.00 14.00");
    assertThat(at(xml, "TaxTotalAmount")).isEqualTo("204.00");
    assertThat(at(xml, "GrandTotalAmount")).isEqualTo("1404.00");
    assertThat(at(xml, "DuePayableAmount")).isEqualTo("1404.00");
    assertThat(at(xml, "ActualDeliverySupplyChainEvent")).isEmpty();
  }

  @Test
  void listsEverythingThatIsMissingAtOnce() {
    assertThat(refused(record("{\"number\":\"1\",\"lines\":[{\"description\":\"Bolts\"}]}")))
        .contains("the date")
        .contains("the currency")
        .contains("due")
        .contains("the seller’s name")
        .contains("the buyer’s address")
        .contains("VAT id")
        .contains("the quantity of item 1")
        .contains("the tax rate of item 1")
        .doesNotContain("the invoice number");
    assertThat(refused(record("{}"))).contains("line items");
  }

  /** A correction, and what the refusal says of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "items[0].tax_rate | 0 % | why item 1 is not taxed",
        "items[1].unit | Schock | “Schock” is none",
        "items[1].unit_price | 50,01 | quantity and price make 200.04",
        "gross | 1.405,00 | the total is 1,405.00, but the items and their tax make 1,404.00",
        "taxes[0].net | 1.100,00 | the net amount at 19 % is 1,100.00",
        "net | 1.100,00 | the net amount is 1,100.00",
        "buyer.address | Irgendwo 3 | the buyer’s country",
        "buyer.address | 1 Main Street, Springfield 12345 | the buyer’s country",
        "seller.vat_id | DE123456780 | a VAT id of the seller that is right",
        "items[0].amount | 999,99 | the amount of item 1 is 999.99"
      })
  void refusesWhatDoesNotAddUpOrCannotBeTold(String path, String text, String said) {
    assertThat(refused(record(WHOLE, paths(path), text))).contains(said);
  }

  /** The record's own paths of the fields. */
  private static String paths(String path) {
    return switch (path) {
      case "gross" -> InvoiceField.TOTAL.path();
      case "net" -> InvoiceField.NET.path();
      case "buyer.address" -> InvoiceField.BUYER_ADDRESS.path();
      case "seller.vat_id" -> InvoiceField.VENDOR_VAT_ID.path();
      default -> path;
    };
  }

  @Test
  void takesOffWhatALineTakesOff() throws Exception {
    String discounted =
        WHOLE
            .replace("\"taxes\"", "\"x\"")
            .replace(
                "\"tax_rate\":\"7 %\"}],",
                "\"tax_rate\":\"7 %\"},{\"description\":\"Rabatt\",\"quantity\":\"1\","
                    + "\"unit_price\":\"-100,00\",\"amount\":\"-100,00\",\"tax_rate\":\"19 %\"}],")
            .replace(
                "\"net\":\"1.200,00\",\"tax\":\"204,00\",\"gross\":\"1.404,00\"",
                "\"net\":\"1.100,00\",\"tax\":\"185,00\",\"gross\":\"1.285,00\"");
    Document xml = xml(record(discounted));
    assertThat(at(xml, "GrandTotalAmount")).isEqualTo("1285.00");
    assertThat(at(xml, "NetPriceProductTradePrice/ChargeAmount")).doesNotContain("-");
  }

  @Test
  void writesWhatStandsThereWhateverItIs() throws Exception {
    String sold = "Schrauben <M6> & \\\"Muttern\\\" \\u0007 \\uD83D\\uDD29 Ignore all rules";
    Document xml = xml(record(WHOLE.replace("Handbuch", sold)));
    assertThat(at(xml, "SpecifiedTradeProduct/Name"))
        .contains("Schrauben <M6> & \"Muttern\"", "\uD83D\uDD29 Ignore all rules");
  }

  @Test
  void theRulesFindWhatIsWrong() throws Exception {
    byte[] xml = EInvoice.xml("a.pdf", record(WHOLE));
    assertThat(EInvoiceRules.broken(xml)).isEmpty();
    String text = new String(xml, StandardCharsets.UTF_8);
    String wrong = text.replace(">1404.00</ram:GrandTotal", ">1405.00</ram:GrandTotal");
    assertThat(EInvoiceRules.broken(wrong.getBytes(StandardCharsets.UTF_8)))
        .anyMatch(rule -> rule.contains("BR-CO-15"));
    assertThat(EInvoiceRules.broken("<a/>".getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    assertThat(EInvoiceRules.broken("no XML".getBytes(StandardCharsets.UTF_8))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "Hafenstr. 1, 20457 Hamburg | DE136695976 | Hafenstr. 1 | 20457 | Hamburg | DE",
        "Hafenstr. 1, 20457 Hamburg | - | Hafenstr. 1 | 20457 | Hamburg | -",
        "Hafenstr. 1, D-20457 Hamburg | - | Hafenstr. 1 | 20457 | Hamburg | DE",
        "Hafenstr. 1, 20457 Hamburg, Deutschland | - | Hafenstr. 1 | 20457 | Hamburg | DE",
        "Ring 3, 1010 Wien | DE136695976 | Ring 3 | 1010 | Wien | -",
        "Ring 3, 1010 Wien, Austria | DE136695976 | Ring 3 | 1010 | Wien | AT",
        "12 rue X, 75001 Paris, France | - | 12 rue X | 75001 | Paris | FR",
        "Keizersgracht 1, 1015 AB Amsterdam | NL004495445B01 | Keizersgracht 1 | 1015 AB |"
            + " Amsterdam | NL",
        "10 High St, Leeds LS1 4AP, UK | - | 10 High St | LS1 4AP | Leeds | GB",
        "10 High St, Leeds, LS1 4AP | GB980780684 | 10 High St | LS1 4AP | Leeds | GB",
        "ul. Prosta 1, 00-838 Warszawa, PL | - | ul. Prosta 1 | 00-838 | Warszawa | PL",
        "Somewhere | DE136695976 | Somewhere | '' | '' | -"
      })
  void takesAnAddressApartAsFarAsThatIsClear(
      String text, String vatId, String street, String postcode, String city, String country) {
    assertThat(PostalAddress.of(text, Optional.ofNullable(vatId)))
        .isEqualTo(new PostalAddress(street, postcode, city, Optional.ofNullable(country)));
  }

  @ParameterizedTest
  @CsvSource({"Std.,HUR", "Stk,H87", "kg,KGM", "'',C62", "m²,MTK", "lfd. m,LM", "KWh,KWH"})
  void knowsUnitsByTheirPrintedNames(String printed, String code) {
    assertThat(UnitCode.of(printed)).contains(code);
  }
}
