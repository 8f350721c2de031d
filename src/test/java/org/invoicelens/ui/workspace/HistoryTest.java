package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javafx.scene.image.WritableImage;
import javafx.scene.paint.Color;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What survives the end of the program. */
class HistoryTest {

  private static final String ANSWER =
      "{\"vendor\":\"Dib Group\",\"number\":\"2019-438\",\"date\":\"2026-08-27\",\"total\":677.00,"
          + "\"items\":[{\"amount\":677}]}";

  @TempDir Path own;

  private final FakeDesktop desktop = new FakeDesktop();
  private ManualRunner runner;
  private SetupSession session;
  private WorkspaceViewModel model;

  @BeforeEach
  void start() {
    runner = new ManualRunner();
    session = new SetupSession();
    model = new WorkspaceViewModel(session, runner, desktop, Fixtures.surroundings(own));
    model.history().begin();
    runner.runAll();
    session.config().set(Fixtures.config("pixtral", own));
    session.model().set(Fixtures.model(ANSWER));
  }

  private void restart() {
    model.leave();
    runner.runAll();
    start();
  }

  private Path copy(String name) throws Exception {
    return Files.copy(Path.of("assets", "samples", "slip-0.png"), own.resolve(name));
  }

  private void read(Path... files) {
    model.add(List.of(files));
    runner.runAll();
  }

  private List<String> names() {
    return model.documents().stream().map(DocumentItem::name).toList();
  }

  private List<Path> kept() throws Exception {
    Path folder = Fixtures.history(own);
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aRestartBringsReadingsBackWithTheirCorrectionsAndTheirTurn() throws Exception {
    read(copy("a.png"), copy("b.png"));
    model.selected().set(model.documents().getFirst());
    model.form().field(InvoiceField.VENDOR).value().set("Dib Group Ltd");
    model.form().field(InvoiceField.TOTAL).value().set("678.00");
    model.preview().rotate(1);
    restart();

    assertThat(names()).containsExactly("b.png", "a.png");
    DocumentItem item = model.documents().getLast();
    assertThat(item.isEarlier()).isTrue();
    assertThat(item.edits()).isEqualTo(Map.of("vendor", "Dib Group Ltd", "total", "678.00"));
    assertThat(item.rotation().get()).isEqualTo(1);
    assertThat(item.words().get()).isEqualTo("Dib Group Ltd · 678.00");
    assertThat(item.mark().get()).isEqualTo(Mark.REMARK);
    assertThat(item.facts().get().device()).isEqualTo("cuda:0");
    assertThat(item.answer().get()).isEqualTo(ANSWER);
    assertThat(model.documents().getFirst().mark().get()).isEqualTo(Mark.GOOD);
    assertThat(model.selected().get()).isNull();
    assertThat(model.tally().words().get()).isEmpty();

    model.selected().set(item);
    runner.runAll();
    assertThat(model.form().field(InvoiceField.VENDOR).value().get()).isEqualTo("Dib Group Ltd");
    assertThat(model.preview().shown().get().width()).isEqualTo(224);
  }

  @Test
  void correctionsOfAnEarlierReadingAreKeptToo() throws Exception {
    read(copy("a.png"));
    restart();
    model.selected().set(model.documents().getFirst());
    model.form().field(InvoiceField.VENDOR).value().set("Later");
    restart();
    assertThat(model.documents().getFirst().edits()).isEqualTo(Map.of("vendor", "Later"));
    assertThat(kept()).hasSize(1);
  }

  @Test
  void readingAgainReplacesTheEarlierReadingAndJoinsThoseOfToday() throws Exception {
    read(copy("a.png"), copy("b.png"));
    restart();
    read(copy("c.png"));
    session.model().set(Fixtures.model(ANSWER.replace("677", "9")));
    model.selected().set(model.documents().getLast());
    model.readAgain();
    runner.runAll();
    assertThat(names()).containsExactly("c.png", "a.png", "b.png");
    assertThat(model.selected().get().name()).isEqualTo("a.png");
    assertThat(model.tally().words().get()).isEqualTo("2 read");
    assertThat(kept()).hasSize(3);
    restart();
    assertThat(names()).containsExactly("a.png", "c.png", "b.png");
    assertThat(model.documents().getFirst().words().get()).isEqualTo("Dib Group · 9.00");
  }

  @Test
  void withoutTheFileTheFieldsStayAndThePreviewSaysSo() throws Exception {
    Path file = copy("a.png");
    read(file);
    Files.delete(file);
    restart();
    model.selected().set(model.documents().getFirst());
    runner.runAll();
    assertThat(model.form().field(InvoiceField.VENDOR).value().get()).isEqualTo("Dib Group");
    assertThat(model.preview().trouble().get()).contains("a.png", "What was read of it is kept.");
    model.openFile(model.selected().get());
    runner.runAll();
    assertThat(desktop.told.getLast()).contains("no longer there");
  }

  @Test
  void aPastedPictureIsKeptWithItsReadingAndGoesWithIt() throws Exception {
    WritableImage picture = new WritableImage(64, 48);
    picture.getPixelWriter().setColor(3, 2, Color.web("#123456"));
    model.addPicture(picture);
    runner.runAll();
    assertThat(kept()).hasSize(2);
    restart();
    assertThat(names()).containsExactly("Pasted picture 1");
    model.selected().set(model.documents().getFirst());
    runner.runAll();
    assertThat(model.preview().shown().get().sizes().getFirst().getPixelReader().getArgb(3, 2))
        .isEqualTo(0xff123456);
    model.readAgain();
    runner.runAll();
    assertThat(kept()).hasSize(2);
    model.remove();
    runner.runAll();
    assertThat(kept()).isEmpty();
  }

  @Test
  void samplesAreComparedWithWhatIsPrintedAfterARestartAsWell() {
    model.readSamples();
    runner.runAll();
    restart();
    DocumentItem item =
        model.documents().stream()
            .filter(document -> document.name().equals("slip-2.png"))
            .findFirst()
            .orElseThrow();
    assertThat(item.comparisons()).hasSize(5);
  }

  @Test
  void manyReadingsComeBackAFewAtATimeUntilTheyAreSearched() throws Exception {
    Path[] files = new Path[100];
    for (int i = 0; i < files.length; i++) {
      files[i] = copy("invoice " + i + ".png");
    }
    read(files);
    restart();
    assertThat(model.documents()).hasSize(40);
    assertThat(model.history().size().get()).isEqualTo(100);
    model.history().more();
    runner.runAll();
    assertThat(model.documents()).hasSize(80);
    model.filter().set("invoice 7");
    runner.runAll();
    assertThat(model.documents()).hasSize(100);
    assertThat(model.shown()).hasSize(11);
    model.filter().set("DIB GROUP");
    assertThat(model.shown()).hasSize(100);
    assertThat(names())
        .containsExactlyElementsOf(
            IntStream.range(0, 100).mapToObj(i -> "invoice " + i + ".png").toList().reversed());
  }

  @Test
  void deletingOneAsksAndLeavesTheInvoice() throws Exception {
    Path file = copy("a.png");
    read(file, copy("b.png"));
    restart();
    model.selected().set(model.documents().getLast());
    desktop.answer = 1;
    model.remove();
    assertThat(desktop.asked.getLast().text()).contains("The invoice itself stays");
    assertThat(model.documents()).hasSize(2);
    desktop.answer = 0;
    model.remove();
    runner.runAll();
    assertThat(names()).containsExactly("b.png");
    assertThat(kept()).hasSize(1);
    assertThat(file).exists();
    restart();
    assertThat(names()).containsExactly("b.png");
  }

  @Test
  void deletingAllSaysHowManyAndLeavesWhatWaits() throws Exception {
    read(copy("a.png"), copy("b.png"));
    restart();
    read(copy("c.png"));
    session.model().set(null);
    read(copy("d.png"));
    model.deleteHistory();
    runner.runAll();
    assertThat(desktop.asked.getLast().text()).startsWith("3 readings are deleted");
    assertThat(names()).containsExactly("d.png");
    assertThat(kept()).isEmpty();
    assertThat(model.history().size().get()).isZero();
    assertThat(own.resolve("a.png")).exists();
  }

  @Test
  void aReadingThatIsDeletedWhileItIsWrittenDoesNotComeBack() throws Exception {
    read(copy("a.png"));
    DocumentItem item = model.documents().getFirst();
    item.edits().put("vendor", "Somebody");
    model.remove();
    runner.runAll();
    assertThat(kept()).isEmpty();
  }

  @Test
  void saysOnceThatNothingCanBeKept() throws Exception {
    Files.createDirectories(Fixtures.history(own).getParent());
    Files.writeString(Fixtures.history(own), "no folder");
    read(copy("a.png"), copy("b.png"));
    assertThat(desktop.told).filteredOn(told -> told.contains("cannot be kept")).hasSize(1);
    assertThat(model.documents()).allMatch(item -> item.mark().get() == Mark.GOOD);
  }

  @Test
  void aBrokenReadingCostsNoOther() throws Exception {
    read(copy("a.png"), copy("b.png"));
    Files.writeString(kept().getFirst(), "{");
    restart();
    assertThat(model.documents()).hasSize(1);
    assertThat(kept()).anyMatch(file -> file.toString().endsWith(".broken"));
  }
}
