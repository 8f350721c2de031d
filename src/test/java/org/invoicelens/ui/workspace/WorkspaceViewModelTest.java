package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.stage.Problem;
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
    model = new WorkspaceViewModel(session, runner, desktop, Fixtures.surroundings(own));
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
    assertThat(model.preview().pages().get()).isEqualTo(1);
    assertThat(model.status().rateWords().get()).isEqualTo("first word 2.1 s · 34 tokens/s");
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
    assertThat(item.record().get().seller().name().text()).startsWith("Read this invoice");
    assertThat(item.facts().get().promptChanged()).isFalse();
    assertThat(item.facts().get().device()).isEqualTo("cuda:0");
    model.prompt().use();
    model.readAgain();
    runner.runAll();
    assertThat(item.record().get().seller().name().text()).isEqualTo("Who sent it?");
    assertThat(item.facts().get().promptChanged()).isTrue();
  }

  @Test
  void showsTheModelThatTookOverWhereMemoryRanOut() {
    session.model().set(Fixtures.steppingDown(Fixtures.model(ANSWER)));
    assertThat(model.status().modelWords().get()).contains("4 bit (nf4)");
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();

    DocumentItem item = model.documents().getFirst();
    assertThat(item.mark().get()).isEqualTo(Mark.GOOD);
    assertThat(item.answer().get()).isEqualTo(ANSWER);
    assertThat(item.facts().get().precision()).isEqualTo("4 bit (int4)");
    assertThat(item.facts().get().device()).isEqualTo("cpu");
    assertThat(model.status().modelWords().get()).contains("4 bit (int4)");
    assertThat(desktop.told.getLast()).contains("Memory ran out", "4 bit (int4), Processor");
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

  private List<Path> copies(int count) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(Files.copy(SAMPLES.resolve("slip-0.png"), own.resolve("copy-" + i + ".png")));
    }
    return files;
  }

  @Test
  void theModelIsGivenThePagesAsTheyWereTurned() {
    List<InvoiceDocument> given = new ArrayList<>();
    session.model().set(Fixtures.watched(ANSWER, given::add));
    model.add(List.of(SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    model.preview().rotate(-1);
    assertThat(given).hasSize(1);
    model.readAgain();
    runner.runAll();
    assertThat(given)
        .extracting(document -> document.pages().getFirst().getWidth())
        .containsExactly(176, 224);
    assertThat(model.documents().getFirst().rotation().get()).isEqualTo(3);
  }

  @Test
  void countsWhatWaitsAndWhatWasRead() throws Exception {
    Path broken = Files.writeString(own.resolve("broken.png"), "no picture");
    session.model().set(null);
    model.add(copies(3));
    model.add(List.of(broken));
    runner.runAll();
    assertThat(model.tally().words().get()).isEqualTo("4 waiting");
    assertThat(model.tally().busy().get()).isTrue();
    session.model().set(Fixtures.model(ANSWER));
    assertThat(model.tally().words().get()).isEqualTo("3 waiting · 1 being read");
    runner.runAll();
    assertThat(model.tally().words().get()).isEqualTo("3 read · 1 not readable");
    assertThat(model.tally().busy().get()).isFalse();
    model.remove(List.of(model.documents().getFirst()));
    assertThat(model.tally().words().get()).isEqualTo("2 read · 1 not readable");
  }

  @Test
  void goesOnInOrderWithWhatWasStopped() throws Exception {
    session.model().set(null);
    model.add(copies(3));
    runner.runAll();
    model.stop();
    assertThat(model.tally().putOff().get()).isTrue();
    session.model().set(Fixtures.model(ANSWER));
    List<String> read = new ArrayList<>();
    model
        .documents()
        .forEach(
            item -> item.extraction().subscribe(now -> read.add(now == null ? "" : item.name())));
    read.clear();
    model.goOn();
    runner.runAll();
    assertThat(read).containsExactly("copy-0.png", "copy-1.png", "copy-2.png");
    assertThat(model.tally().putOff().get()).isFalse();
  }

  @Test
  void aFileThatIsInTheListIsShownAndNotReadTwice() throws Exception {
    List<Path> files = copies(2);
    model.add(files);
    runner.runAll();
    DocumentItem first = model.documents().getFirst();
    model.add(List.of(files.getFirst()));
    runner.runAll();
    assertThat(model.documents()).hasSize(2);
    assertThat(model.selected().get()).isSameAs(first);
    assertThat(desktop.told.getLast()).isEqualTo("copy-0.png is in the list already.");
  }

  @Test
  void aFileThatCouldNotBeReadIsTriedAgainWhenItComesAgain() throws Exception {
    Path file = Files.writeString(own.resolve("broken.png"), "no picture");
    model.add(List.of(file));
    runner.runAll();
    Files.copy(SAMPLES.resolve("slip-0.png"), file, StandardCopyOption.REPLACE_EXISTING);
    model.add(List.of(file));
    runner.runAll();
    assertThat(model.documents()).extracting(item -> item.mark().get()).containsExactly(Mark.GOOD);
    assertThat(desktop.told).isEmpty();
  }

  @Test
  void saysWhatIsNotTakenAndWhy() throws Exception {
    Path notes = Files.writeString(own.resolve("notes.txt"), "none");
    Path empty = Files.createDirectory(own.resolve("empty"));
    model.add(List.of(notes, empty, own.resolve("gone.pdf"), SAMPLES.resolve("slip-0.png")));
    runner.runAll();
    assertThat(model.documents()).extracting(DocumentItem::name).containsExactly("slip-0.png");
    assertThat(model.incoming().refused())
        .extracting(Problem::what)
        .satisfiesExactly(
            why -> assertThat(why).startsWith("notes.txt is not a picture or PDF"),
            why -> assertThat(why).contains("empty", "holds no picture or PDF"),
            why -> assertThat(why).contains("gone.pdf"));
    model.add(List.of(SAMPLES.resolve("slip-1.png")));
    assertThat(model.incoming().refused()).isEmpty();
  }

  @Test
  void asksBeforeItReadsVeryMany() throws Exception {
    Path folder = Files.createDirectory(own.resolve("many"));
    for (int i = 0; i <= Incoming.MANY; i++) {
      Files.createFile(folder.resolve(i + ".png"));
    }
    session.model().set(null);
    desktop.answer = 1;
    model.add(List.of(folder));
    runner.runAll();
    assertThat(desktop.asked.getLast().title()).isEqualTo("Read 201 documents?");
    assertThat(model.documents()).isEmpty();
    desktop.answer = 0;
    model.add(List.of(folder));
    runner.runAll();
    assertThat(model.documents()).hasSize(201);
  }

  @Test
  void aSearchHidesDocumentsAndLeavesTheOneOnScreen() throws Exception {
    model.add(copies(3));
    runner.runAll();
    DocumentItem onScreen = model.selected().get();
    model.filter().set("  COPY-1 ");
    assertThat(model.shown()).extracting(DocumentItem::name).containsExactly("copy-1.png");
    assertThat(model.selected().get()).isSameAs(onScreen);
    model.add(List.of(SAMPLES.resolve("slip-1.png")));
    runner.runAll();
    assertThat(model.filter().get()).isEmpty();
    assertThat(model.shown()).hasSize(4);
  }

  @Test
  void severalAreRemovedAndReadAgainAtOnce() throws Exception {
    model.add(copies(4));
    runner.runAll();
    model.chosen().setAll(model.documents().subList(0, 2));
    session.model().set(Fixtures.model(ANSWER.replace("677", "9")));
    model.readAllAgain();
    runner.runAll();
    assertThat(model.documents())
        .extracting(item -> item.words().get())
        .containsExactly(
            "Dib Group · 9.00", "Dib Group · 9.00", "Dib Group · 677.00", "Dib Group · 677.00");
    model.selected().set(model.documents().getFirst());
    model.remove();
    assertThat(desktop.asked.getLast().title()).isEqualTo("Remove 2 documents?");
    assertThat(model.documents())
        .extracting(DocumentItem::name)
        .containsExactly("copy-2.png", "copy-3.png");
    assertThat(model.selected().get().name()).isEqualTo("copy-2.png");
  }

  @Test
  void whatWaitsIsRemovedWithoutAQuestion() throws Exception {
    session.model().set(null);
    model.add(copies(1));
    runner.runAll();
    model.remove();
    assertThat(desktop.asked).isEmpty();
    assertThat(model.documents()).isEmpty();
  }

  @Test
  void theSamplesAreAtHandAsPictures() {
    model.incoming().showSamples();
    model.incoming().showSamples();
    runner.runAll();
    assertThat(model.incoming().cards()).hasSize(8);
    model.incoming().addSample(model.incoming().cards().get(2).sample());
    runner.runAll();
    assertThat(model.documents()).extracting(DocumentItem::name).containsExactly("slip-2.png");
    assertThat(model.documents().getFirst().comparisons()).isNotEmpty();
  }

  @Test
  void leadsToTheFileOfADocument() {
    Path file = SAMPLES.resolve("slip-0.png");
    model.add(List.of(file));
    runner.runAll();
    DocumentItem item = model.documents().getFirst();
    model.openFile(item);
    model.showInFolder(item);
    model.copyPath(item);
    runner.runAll();
    assertThat(desktop.shown).containsExactly(file, SAMPLES);
    assertThat(desktop.copied).containsExactly(file.toString());
  }
}
