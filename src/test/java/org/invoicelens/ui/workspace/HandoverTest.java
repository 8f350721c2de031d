package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest {

  private static final String ANSWER =
      "{\"vendor\":\"Dib Group\",\"total\":677.00,\"items\":[{\"description\":\"Bolts\"}]}";

  @TempDir Path own;

  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private WorkspaceViewModel model;

  @BeforeEach
  void read() {
    SetupSession session = new SetupSession();
    model = new WorkspaceViewModel(session, runner, desktop, Fixtures.surroundings(own));
    session.config().set(Fixtures.config("pixtral", own));
    session.model().set(Fixtures.model(ANSWER));
    Path samples = Path.of("assets", "samples").toAbsolutePath();
    model.add(List.of(samples.resolve("slip-0.png"), samples.resolve("slip-1.png")));
    runner.runAll();
  }

  private Path save(String name) {
    Path file = own.resolve(name);
    desktop.target = Optional.of(file);
    return file;
  }

  @Test
  void copiesFieldsWithTheirCorrections() {
    model.handover().copyJson();
    assertThat(desktop.copied.getLast()).contains("\"total\":677.00");
    model.form().field(InvoiceField.TOTAL).value().set("678.00");
    model.handover().copyJson();
    assertThat(desktop.copied.getLast()).contains("\"total\":678.00");
    model.handover().copyTable();
    assertThat(desktop.copied.getLast()).contains("Seller\tDib Group\r\n", "Total\t678.00\r\n");
    assertThat(desktop.copied.getLast())
        .endsWith("Item\tQty\tUnit\tPrice\tAmount\tTax rate\r\nBolts\t\t\t\t\t\r\n");
    model.handover().copyAnswer();
    assertThat(desktop.copied.getLast()).isEqualTo(ANSWER);
  }

  @Test
  void savesTheSelectedDocumentOrAll() {
    model.form().field(InvoiceField.VENDOR).value().set("Somebody");
    Path one = save("one.json");
    model.handover().save(InvoiceExport.Format.JSON);
    runner.runAll();
    assertThat(one).content().contains("slip-1.png", "Somebody").doesNotContain("slip-0.png");
    Path all = save("all.csv");
    model.handover().saveAll(InvoiceExport.Format.CSV_LINES);
    runner.runAll();
    assertThat(all)
        .content()
        .contains("\r\nslip-0.png,Dib Group,", "\r\nslip-1.png,Somebody,", ",Bolts,");
    assertThat(desktop.told.getLast()).contains("all.csv");
  }

  @Test
  void saysWhyItCouldNotSave() {
    save("no such folder/read.csv");
    model.handover().saveAll(InvoiceExport.Format.CSV);
    runner.runAll();
    assertThat(desktop.told.getLast()).contains("cannot be written");
  }

  @Test
  void saysAllThatIsMissingForAnEInvoiceBeforeItAsksWhere() {
    Path file = save("slip.xml");
    model.handover().save(InvoiceExport.Format.XML);
    runner.runAll();
    assertThat(file).doesNotExist();
    assertThat(desktop.asked.getLast().title()).contains("slip-1.png", "e-invoice");
    assertThat(desktop.asked.getLast().text())
        .contains("the invoice number", "the seller’s address", "the quantity of item 1");
  }
}
