package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceViewModelTest {

  private static final Path SAMPLES = Path.of("assets", "samples").toAbsolutePath();

  private static final String ANSWER =
      "{\"vendor\":\"Dib Group\",\"number\":\"2019-438\",\"total\":677.00,"
          + "\"items\":[{\"amount\":1}]}";

  @TempDir Path own;

  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private WorkspaceViewModel model;

  @BeforeEach
  void ready() {
    model =
        new WorkspaceViewModel(session, runner, desktop, new SampleInvoices(Fixtures.folders(own)));
    session.config().set(Fixtures.config("pixtral", own));
    session.model().set(Fixtures.model(ANSWER));
  }

  @Test
  void readsOneAfterTheOtherAndShowsTheOneItReads() {
    model.add(List.of(SAMPLES.resolve("slip-0.png"), SAMPLES.resolve("slip-1.png")));
    runner.runAll();
    assertThat(model.documents())
        .extracting(DocumentItem::name)
        .containsExactly("slip-0.png", "slip-1.png");
    assertThat(model.documents())
        .allSatisfy(item -> {
          assertThat(item.mark().get()).isEqualTo(Mark.GOOD);
          assertThat(item.words().get()).isEqualTo("Dib Group · 677.00");
          assertThat(item.answer().get()).isEqualTo(ANSWER);
        });
    assertThat(model.selected().get().name()).isEqualTo("slip-1.png");
    assertThat(model.preview().get().pages()).hasSize(1);
    assertThat(model.rateWords().get()).isEqualTo("first word 2.1 s · 34 tokens/s");
  }

  @Test
  void readsTheDocumentsOfAFolder() throws Exception {
    Files.copy(SAMPLES.resolve("slip-0.png"), own.resolve("b.png"));
    Files.copy(SAMPLES.resolve("slip-1.png"), own.resolve("a.png"));
    Files.writeString(own.resolve("notes.txt"), "none");
    model.add(List.of(own));
    runner.runAll();
    assertThat(model.documents()).extracting(DocumentItem::name).containsExactly("a.png", "b.png");
  }

  @Test
  void aDocumentThatCannotBeReadDoesNotHoldUpTheNext() throws Exception {
    Path broken = Files.writeString(own.resolve("broken.png"), "no picture");
    model.add(List.of(broken, SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    assertThat(model.documents())
        .extracting(item -> item.mark().get())
        .containsExactly(Mark.FAILED, Mark.GOOD);
    assertThat(model.documents().getFirst().failure().get().problem().what())
        .contains("broken.png");
    assertThat(model.reading().get()).isFalse();
  }

  @Test
  void marksWhatIsNotAsPrinted() {
    model.readSamples();
    runner.runAll();
    DocumentItem right = item("slip-2.png");
    assertThat(right.fields())
        .filteredOn(row -> row.name().equals("vendor"))
        .containsExactly(new FieldRow("vendor", "Dib Group", Optional.of("Dib Group"), true));
    assertThat(right.fields())
        .filteredOn(row -> row.name().equals("items[0].amount"))
        .extracting(FieldRow::label)
        .containsExactly("Item 1 amount");
    assertThat(right.verdict()).isEqualTo("3 of 5 as printed");
    DocumentItem wrong = item("slip-0.png");
    assertThat(wrong.fields())
        .filteredOn(row -> row.name().equals("vendor"))
        .containsExactly(new FieldRow("vendor", "Dib Group", Optional.of("Xehea Thoud"), false));
    assertThat(wrong.mark().get()).isEqualTo(Mark.REMARK);
  }

  private DocumentItem item(String name) {
    return model.documents().stream()
        .filter(item -> item.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void stopsAllAndReadsAgainWhenAsked() {
    session.model().set(null);
    model.add(List.of(SAMPLES.resolve("slip-0.png"), SAMPLES.resolve("slip-1.png")));
    runner.runAll();
    model.stop();
    assertThat(model.documents()).extracting(item -> item.mark().get()).containsOnly(Mark.PAUSED);
    session.model().set(Fixtures.model(ANSWER));
    model.selected().set(model.documents().getLast());
    model.readAgain();
    runner.runAll();
    assertThat(model.documents())
        .extracting(item -> item.mark().get())
        .containsExactly(Mark.PAUSED, Mark.GOOD);
  }

  @Test
  void anAnswerThatBrokeOffIsMarked() {
    session.model().set(Fixtures.model("{\"vendor\":\"Dib Group\",\"number\":\"20"));
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    DocumentItem item = model.documents().getFirst();
    assertThat(item.mark().get()).isEqualTo(Mark.REMARK);
    assertThat(item.verdict()).isEqualTo("answer broke off");
  }

  @Test
  void copiesAndSavesWhatWasRead() throws Exception {
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    model.copyJson();
    assertThat(desktop.copied.getFirst()).contains("\"total\":677.00");
    Path file = own.resolve("read.json");
    desktop.target = Optional.of(file);
    model.export(InvoiceExport.Format.JSON);
    runner.runAll();
    assertThat(file).content().contains("slip-0.png", "Dib Group");
    assertThat(desktop.told.getLast()).contains("read.json");
  }

  @Test
  void saysWhyItCouldNotSave() {
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    desktop.target = Optional.of(own.resolve("no such folder").resolve("read.csv"));
    model.export(InvoiceExport.Format.CSV);
    runner.runAll();
    assertThat(desktop.told.getLast()).contains("cannot be written");
  }

  @Test
  void takesADocumentOffTheListAndSelectsItsNeighbour() {
    model.add(List.of(SAMPLES.resolve("slip-0.png"), SAMPLES.resolve("slip-1.png")));
    runner.runAll();
    model.selected().set(model.documents().getFirst());
    model.remove();
    assertThat(model.selected().get().name()).isEqualTo("slip-1.png");
    model.remove();
    assertThat(model.selected().get()).isNull();
    assertThat(SAMPLES.resolve("slip-1.png")).exists();
  }
}
