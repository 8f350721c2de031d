package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.invoicelens.invoice.InvoiceField;
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
      "{\"vendor\":\"Dib Group\",\"number\":\"2019-438\",\"date\":\"2026-08-27\",\"total\":677.00,"
          + "\"items\":[{\"amount\":677}]}";

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
    model.selected().set(right);
    assertThat(model.form().field(InvoiceField.VENDOR).printedMark().get()).isEqualTo(Mark.GOOD);
    assertThat(model.form().printed().get()).isEqualTo("3 of 5 as printed");
    assertThat(right.mark().get()).isEqualTo(Mark.REMARK);
    model.selected().set(item("slip-0.png"));
    FormField vendor = model.form().field(InvoiceField.VENDOR);
    assertThat(vendor.printedMark().get()).isEqualTo(Mark.FAILED);
    assertThat(vendor.printedWords().get()).isEqualTo("Printed: Xehea Thoud");
    vendor.value().set("Xehea Thoud");
    assertThat(vendor.printedMark().get()).isEqualTo(Mark.GOOD);
    assertThat(vendor.printedWords().get()).isEmpty();
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
    assertThat(model.form().doubts())
        .extracting(FormViewModel.Entry::words)
        .contains("The answer broke off, so fields or lines may be missing.");
  }

  @Test
  void readsAllAgain() {
    model.add(List.of(SAMPLES.resolve("slip-0.png"), SAMPLES.resolve("slip-1.png")));
    runner.runAll();
    session.model().set(Fixtures.model(ANSWER.replace("677", "678")));
    model.readAllAgain();
    runner.runAll();
    assertThat(model.documents())
        .extracting(item -> item.words().get())
        .containsExactly("Dib Group · 678.00", "Dib Group · 678.00");
    assertThat(desktop.asked).isEmpty();
  }

  @Test
  void readingAgainAsksBeforeCorrectionsAreDiscarded() {
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    DocumentItem item = model.documents().getFirst();
    model.form().field(InvoiceField.VENDOR).value().set("Somebody");
    desktop.answer = 1;
    model.readAgain();
    runner.runAll();
    assertThat(desktop.asked).hasSize(1);
    assertThat(item.edits()).containsExactly(Map.entry("vendor", "Somebody"));
    desktop.answer = 0;
    model.readAgain();
    runner.runAll();
    assertThat(item.edits()).isEmpty();
    assertThat(model.form().field(InvoiceField.VENDOR).value().get()).isEqualTo("Dib Group");
  }

  @Test
  void readsByThePromptInUseAndRemembersIt() {
    session.model().set(Fixtures.model(prompt -> "{\"vendor\":\"" + prompt.user().strip() + "\"}"));
    model.prompt().user().set("Who sent it?");
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    DocumentItem item = model.documents().getFirst();
    assertThat(item.record().get().vendor().text()).startsWith("Read this invoice");
    assertThat(item.facts().get().promptChanged()).isFalse();
    assertThat(item.facts().get().device()).isEqualTo("cuda:0");
    model.prompt().use();
    model.readAgain();
    runner.runAll();
    assertThat(item.record().get().vendor().text()).isEqualTo("Who sent it?");
    assertThat(item.facts().get().promptChanged()).isTrue();
  }

  @Test
  void tellsHowFarAReadingHasCome() {
    session.model().set(null);
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    DocumentItem item = model.documents().getFirst();
    item.reading();
    Instant since = item.progress().get().since();
    assertThat(item.progress().get().words(since.plusSeconds(5)))
        .isEqualTo("Looking at the page … 5 s");
    item.hear("{\"vendor", 3);
    assertThat(item.progress().get().words(since.plusSeconds(65)))
        .isEqualTo("3 tokens of the answer in 1 min 5 s");
    item.stop();
    assertThat(item.progress().get()).isNull();
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
