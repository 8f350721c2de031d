package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.invoice.LineField;
import org.invoicelens.invoice.TaxField;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormViewModelTest {

  private static final String ANSWER =
      """
      {"vendor":"Müller","number":"7","date":"2026-08-27","net":"1.200,00","tax":"228,00",\
      "total":"1.428,00","items":[{"description":"Wartung","amount":"900,00"},\
      {"description":"Dichtung","quantity":4,"unit_price":"75,00","amount":"300,00"}],\
      "terms":"14 days"}\
      """;

  @TempDir Path own;

  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private WorkspaceViewModel model;
  private FormViewModel form;

  @BeforeEach
  void read() {
    model = new WorkspaceViewModel(session, runner, new FakeDesktop(), Fixtures.surroundings(own));
    form = model.form();
    session.config().set(Fixtures.config("pixtral", own));
    session.model().set(Fixtures.model(ANSWER));
    Path samples = Path.of("assets", "samples").toAbsolutePath();
    model.add(List.of(samples.resolve("slip-0.png"), samples.resolve("slip-1.png")));
    runner.runAll();
  }

  private FormField field(InvoiceField field) {
    return form.field(field);
  }

  private Map<String, String> edits() {
    return model.selected().get().edits();
  }

  private List<String> doubts() {
    return form.doubts().stream().map(FormViewModel.Entry::words).toList();
  }

  @Test
  void showsEveryFieldAndThatItAddsUp() {
    assertThat(form.verdict().get()).isEqualTo("adds up");
    assertThat(form.verdictMark().get()).isEqualTo(Mark.GOOD);
    assertThat(field(InvoiceField.TOTAL).value().get()).isEqualTo("1.428,00");
    assertThat(field(InvoiceField.DUE_DATE).value().get()).isEmpty();
    assertThat(form.lines())
        .extracting(line -> line.field(LineField.AMOUNT).value().get())
        .containsExactly("900,00", "300,00");
    assertThat(form.further()).extracting(field -> field.value().get()).containsExactly("14 days");
    assertThat(form.further().getFirst().label().get()).isEqualTo("Terms");
    assertThat(form.editedWords().get()).isEmpty();
  }

  @Test
  void whereNoSumCouldBeTriedItDoesNotSayThatItAddsUp() {
    session
        .model()
        .set(
            Fixtures.model(
                "{\"vendor\":\"A\",\"number\":\"1\",\"date\":\"2026-01-02\",\"total\":1}"));
    model.readAgain();
    runner.runAll();
    assertThat(form.verdict().get()).isEqualTo("no doubts");
  }

  @Test
  void aDoubtComesAndGoesWhileOneTypes() {
    field(InvoiceField.TOTAL).value().set("1.482,00");
    assertThat(form.verdict().get()).isEqualTo("1 doubt");
    assertThat(form.verdictMark().get()).isEqualTo(Mark.REMARK);
    assertThat(doubts())
        .containsExactly(
            "Total: Net 1,200.00 and tax 228.00 make 1,428.00, but the total says 1,482.00.");
    assertThat(field(InvoiceField.TOTAL).doubt().get()).startsWith("Net 1,200.00");
    assertThat(field(InvoiceField.TOTAL).edited().get()).isTrue();
    assertThat(field(InvoiceField.TOTAL).readWords().get()).isEqualTo("Read: 1.428,00");
    assertThat(form.editedWords().get()).isEqualTo("1 correction");
    assertThat(model.selected().get().mark().get()).isEqualTo(Mark.REMARK);

    field(InvoiceField.TOTAL).value().set("1.428,00");
    assertThat(edits()).isEmpty();
    assertThat(form.verdict().get()).isEqualTo("adds up");
    assertThat(field(InvoiceField.TOTAL).edited().get()).isFalse();
    assertThat(model.selected().get().mark().get()).isEqualTo(Mark.GOOD);
  }

  @Test
  void whatWasCorrectedCanBePutBack() {
    field(InvoiceField.VENDOR).value().set("Meier");
    FormField amount = form.lines().getFirst().field(LineField.AMOUNT);
    amount.value().set("1");
    assertThat(form.editedWords().get()).isEqualTo("2 corrections");
    form.reset(amount);
    assertThat(amount.value().get()).isEqualTo("900,00");
    form.resetAll();
    assertThat(field(InvoiceField.VENDOR).value().get()).isEqualTo("Müller");
    assertThat(edits()).isEmpty();
  }

  @Test
  void linesCanBeAddedFilledAndTakenAway() {
    FormRow second = form.lines().get(1);
    form.addLine();
    assertThat(form.lines()).hasSize(3);
    assertThat(form.wanted().get()).isEqualTo("items[2].description");
    assertThat(form.verdict().get()).isEqualTo("adds up");
    form.lines().get(2).field(LineField.AMOUNT).value().set("100,00");
    assertThat(doubts())
        .containsExactly("Net: The lines make 1,300.00, but the net amount says 1,200.00.");
    form.remove(form.lines().get(0));
    assertThat(form.lines().getFirst()).isSameAs(second);
    assertThat(second.field(LineField.AMOUNT).label().get()).isEqualTo("Amount of line 1");
    assertThat(edits())
        .containsOnlyKeys("items[0]", "items[2]", "items[2].amount")
        .containsEntry("items[0]", "removed");
    form.remove(form.lines().get(1));
    assertThat(edits()).containsOnlyKeys("items[0]");
    form.resetAll();
    assertThat(form.verdict().get()).isEqualTo("adds up");
  }

  private void readAgain(String answer) {
    session.model().set(Fixtures.model(answer));
    model.readAgain();
    runner.runAll();
  }

  @Test
  void taxesForEachRateAreAddedFilledAndTakenAway() {
    assertThat(form.taxes()).isEmpty();
    form.addTax();
    assertThat(form.wanted().get()).isEqualTo("taxes[0].rate");
    FormRow row = form.taxes().getFirst();
    row.field(TaxField.RATE).value().set("19 %");
    row.field(TaxField.NET).value().set("1.200,00");
    row.field(TaxField.TAX).value().set("222,00");
    assertThat(doubts())
        .containsExactly(
            "Tax in tax row 1: 19 % of 1,200.00 are 228.00, but the tax says 222.00.",
            "Tax: The taxes for each rate make 222.00, but the tax as a whole says 228.00.");
    assertThat(row.field(TaxField.TAX).doubt().get()).startsWith("19 % of");
    row.field(TaxField.TAX).value().set("228,00");
    assertThat(form.verdict().get()).isEqualTo("adds up");
    form.remove(row);
    assertThat(form.taxes()).isEmpty();
    assertThat(edits()).isEmpty();
  }

  @Test
  void anAddressInSeveralLinesIsShownInOneAndIsNoCorrection() {
    readAgain(
        "{\"seller\":{\"name\":\"A\",\"address\":\"Ring 3,\\n 1010 Wien\\nAustria\"},"
            + "\"number\":\"1\",\"date\":\"2026-01-02\",\"total\":1}");
    FormField address = field(InvoiceField.VENDOR_ADDRESS);
    assertThat(address.value().get()).isEqualTo("Ring 3, 1010 Wien, Austria");
    assertThat(edits()).isEmpty();
    address.value().set("Ring 4, 1010 Wien, Austria");
    assertThat(edits()).containsEntry("vendor_address", "Ring 4, 1010 Wien, Austria");
    address.value().set("Ring 3, 1010 Wien, Austria");
    assertThat(edits()).isEmpty();
  }

  @Test
  void aWrongIbanIsDoubtedWhereItStandsAndLeftAsItIs() {
    readAgain(ANSWER.replace("\"terms\":\"14 days\"", "\"iban\":\"DE8937O400440532013000\""));
    FormField iban = field(InvoiceField.IBAN);
    assertThat(iban.value().get()).isEqualTo("DE8937O400440532013000");
    assertThat(iban.doubt().get()).contains("an O may be a zero");
    iban.value().set("DE89 3704 0044 0532 0130 00");
    assertThat(iban.doubt().get()).isEmpty();
    assertThat(iban.brief()).isEqualTo("IBAN");
    assertThat(field(InvoiceField.VENDOR_VAT_ID).label().get()).isEqualTo("Seller’s VAT id");
    assertThat(field(InvoiceField.VENDOR_VAT_ID).brief()).isEqualTo("VAT id");
  }

  @Test
  void correctionsBelongToTheirDocument() {
    DocumentItem first = model.documents().getFirst();
    DocumentItem last = model.documents().getLast();
    field(InvoiceField.VENDOR).value().set("Meier");
    assertThat(last.edits()).containsKey("vendor");
    model.selected().set(first);
    assertThat(field(InvoiceField.VENDOR).value().get()).isEqualTo("Müller");
    field(InvoiceField.NUMBER).value().set("8");
    assertThat(first.edits()).containsOnlyKeys("number");
    assertThat(last.edits()).containsOnlyKeys("vendor");
    model.selected().set(last);
    assertThat(field(InvoiceField.VENDOR).value().get()).isEqualTo("Meier");
    assertThat(field(InvoiceField.NUMBER).value().get()).isEqualTo("7");
  }

  @Test
  void editsPutInFromOutsideAreShown() {
    model.selected().get().edits().putAll(Map.of("total", "5", "items[1]", "removed"));
    assertThat(field(InvoiceField.TOTAL).value().get()).isEqualTo("5");
    assertThat(form.lines()).hasSize(1);
    assertThat(form.editedWords().get()).isEqualTo("2 corrections");
  }

  @Test
  void manyDoubtsAreListedWhenAskedFor() {
    field(InvoiceField.VENDOR).value().set("");
    field(InvoiceField.NUMBER).value().set("");
    field(InvoiceField.DATE).value().set("soon");
    field(InvoiceField.CURRENCY).value().set("Taler");
    field(InvoiceField.TOTAL).value().set("5");
    assertThat(form.verdict().get()).isEqualTo("5 doubts");
    assertThat(form.doubts()).hasSize(3);
    assertThat(form.doubtsHidden().get()).isEqualTo(2);
    form.allDoubts().set(true);
    assertThat(form.doubts()).hasSize(5);
    assertThat(form.doubtsHidden().get()).isZero();
  }

  @Test
  void withoutAReadingTheFormIsEmpty() {
    session.model().set(null);
    model.readAgain();
    runner.runAll();
    assertThat(form.verdict().get()).isEmpty();
    assertThat(field(InvoiceField.VENDOR).value().get()).isEmpty();
    assertThat(form.lines()).isEmpty();
    assertThat(edits()).isEmpty();
  }
}
