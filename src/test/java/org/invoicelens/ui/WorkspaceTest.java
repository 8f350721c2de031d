package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.ListView;
import javafx.scene.control.MenuButton;
import javafx.scene.control.ScrollPane;
import javafx.scene.image.ImageView;
import javafx.scene.input.KeyCode;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.invoice.InvoiceDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The left side and the middle of the workspace, worked as a user does. */
class WorkspaceTest {

  private static final String ANSWER =
      "{\"vendor\":\"Müller\",\"number\":\"7\",\"date\":\"2026-08-27\",\"total\":\"12,00\"}";
  private static final Path SLIP = Path.of("assets", "samples", "slip-0.png");

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final List<InvoiceDocument> given = Collections.synchronizedList(new ArrayList<>());
  @RegisterExtension final WindowRobot window = new WindowRobot();

  @BeforeEach
  void open() throws Exception {
    ModelConfig large = Fixtures.config("pixtral", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.watched(ANSWER, given::add);
    openWorkspace();
  }

  private void openWorkspace() throws Exception {
    window.open(own, stages);
    window.awaitSeen("#workspace");
    Node drop = window.seen("#drop-zone");
    window.await(() -> drop.getScene().getFocusOwner() == drop);
  }

  private Path copy(String name) throws Exception {
    return Files.copy(SLIP, own.resolve(name));
  }

  private void read(Path... files) throws Exception {
    assertThat(window.drop("#workspace", files)).isTrue();
    window.await(() ->
        window.seen("#counts") != null && window.text("#counts").equals(files.length + " read"));
  }

  private ListView<?> list() {
    return (ListView<?>) window.seen("#documents");
  }

  private String zoom() {
    return ((MenuButton) window.seen("#zoom")).getText();
  }

  @Test
  void aCoverOverTheWholeWindowInvitesToDrop() throws Exception {
    assertThat(window.seen("#drop-cover")).isNull();
    window.dragOver("#drop-zone", SLIP);
    Node cover = window.seen("#drop-cover");
    assertThat(window.texts("#drop-cover")).contains("Drop to read");
    assertThat(cover.getBoundsInParent().getWidth())
        .isEqualTo(window.seen("#workspace").getBoundsInLocal().getWidth());
    window.dragAway("#workspace");
    assertThat(window.seen("#drop-cover")).isNull();
    read(copy("a.png"));
    assertThat(window.seen("#drop-cover")).isNull();
  }

  @Test
  void whatIsRefusedIsSaidWithItsReason() throws Exception {
    Path notes = Files.writeString(own.resolve("notes.txt"), "none");
    window.drop("#workspace", notes);
    window.awaitSeen("#refused");
    assertThat(window.texts("#refused"))
        .contains("One choice was not taken:")
        .anyMatch(why -> why.startsWith("notes.txt is not a picture or PDF"));
    window.click("#refusals-close");
    window.await(() -> window.seen("#refused") == null);
  }

  @Test
  void aTurnedPageIsWhatTheModelIsGiven() throws Exception {
    read(copy("a.png"));
    window.type(KeyCode.R, KeyCode.CONTROL);
    window.await(() -> window.text("#page-size").equals("224 × 176 pixels"));
    window.type(KeyCode.F5);
    window.await(() -> given.size() == 2);
    assertThat(given.getFirst().pages().getFirst().getWidth()).isEqualTo(176);
    assertThat(given.getLast().pages().getFirst().getWidth()).isEqualTo(224);
    window.click("#rotate-left");
    window.await(() -> window.text("#page-size").equals("176 × 224 pixels"));
  }

  @Test
  void thePageIsZoomedWithTheKeyboard() throws Exception {
    read(copy("a.png"));
    window.awaitSeen("#zoom");
    assertThat(zoom()).endsWith("%");
    String fitting = zoom();
    window.type(KeyCode.PLUS, KeyCode.CONTROL);
    assertThat(zoom()).isNotEqualTo(fitting);
    window.type(KeyCode.MINUS, KeyCode.CONTROL);
    assertThat(zoom()).isEqualTo(fitting);
    for (int i = 0; i < 5; i++) {
      window.type(KeyCode.PLUS, KeyCode.CONTROL);
    }
    ScrollPane scroll = (ScrollPane) window.seen("#page-scroll");
    ImageView picture = window.robot.from(scroll).lookup(".image-view").query();
    assertThat(picture.getFitWidth()).isGreaterThan(scroll.getViewportBounds().getWidth());
    // The middle of the page stays in the middle.
    assertThat(scroll.getHvalue()).isBetween(0.4, 0.6);
    assertThat(scroll.getVvalue()).isBetween(0.4, 0.6);
    window.type(KeyCode.DIGIT0, KeyCode.CONTROL);
    assertThat(zoom()).isEqualTo(fitting);
  }

  @Test
  void thePagesPointUnderTheMouseStaysThere() throws Exception {
    read(copy("a.png"));
    ScrollPane scroll = (ScrollPane) window.seen("#page-scroll");
    ImageView picture = window.robot.from(scroll).lookup(".image-view").query();
    for (int i = 0; i < 4; i++) {
      window.type(KeyCode.PLUS, KeyCode.CONTROL);
    }
    var at = window.robot.bounds(scroll).query();
    double x = at.getMinX() + at.getWidth() / 4;
    double y = at.getMinY() + at.getHeight() / 3;
    window.robot.moveTo(x, y);
    var before = picture.screenToLocal(x, y).multiply(1 / picture.getFitWidth());
    window.robot.press(KeyCode.CONTROL).scroll(1, javafx.geometry.VerticalDirection.UP);
    window.robot.release(KeyCode.CONTROL);
    window.await(() -> picture.getFitWidth() > 0);
    var after = picture.screenToLocal(x, y).multiply(1 / picture.getFitWidth());
    assertThat(after.distance(before)).isLessThan(0.01);
  }

  @Test
  void whatTheModelSeesIsShownWithItsSize() throws Exception {
    read(copy("a.png"));
    window.click("#as-seen");
    window.awaitSeen("#seen-words");
    assertThat(window.text("#seen-words")).isEqualTo("The model sees 176 × 224 pixels, 168 tokens");
    window.type(KeyCode.E, KeyCode.CONTROL);
    window.await(() -> window.seen("#seen-words") == null);
  }

  @Test
  void aRestartBringsDocumentsBackWithTheirCorrections() throws Exception {
    read(copy("a.png"));
    window.awaitSeen("#field-vendor");
    window.robot.interact(() -> window.seen("#field-vendor").requestFocus());
    window.type(KeyCode.A, KeyCode.CONTROL);
    window.robot.write("Meier");
    window.await(() -> window.texts("#documents").contains("Meier · 12,00"));
    window.close();

    openWorkspace();
    window.await(() -> window.texts("#documents").contains("Meier · 12,00"));
    assertThat(window.texts("#documents")).contains("Today", "a.png");
    assertThat(window.text("#counts")).isEqualTo("1 earlier reading");
    window.robot.interact(() -> {
      list().requestFocus();
      list().getSelectionModel().select(0);
    });
    window.awaitSeen("#field-vendor");
    assertThat(window.text("#field-vendor")).isEqualTo("Meier");
    assertThat(given).hasSize(1);
  }

  @Test
  void theDeleteKeyRemovesWhatIsSelectedAfterAQuestion() throws Exception {
    Path file = copy("a.png");
    read(file, copy("b.png"), copy("c.png"));
    window.robot.interact(() -> {
      list().requestFocus();
      list().getSelectionModel().clearAndSelect(0);
    });
    window.type(KeyCode.DOWN, KeyCode.SHIFT);
    window.desktop.answer = 1;
    window.type(KeyCode.DELETE);
    assertThat(window.desktop.asked.getLast().title()).isEqualTo("Remove 2 documents?");
    assertThat(list().getItems()).hasSize(3);
    window.desktop.answer = 0;
    window.type(KeyCode.DELETE);
    window.await(() -> list().getItems().size() == 1);
    assertThat(window.texts("#documents")).contains("c.png");
    assertThat(file).exists();
    window.await(() -> Fixtures.history(own).toFile().list().length == 1);
  }

  @Test
  void theContextMenuLeadsToTheFile() throws Exception {
    Path file = copy("a.png");
    read(file);
    openMenu();
    window.robot.clickOn("Show in folder");
    window.await(() -> !window.desktop.shown.isEmpty());
    assertThat(window.desktop.shown).containsExactly(own);
    openMenu();
    window.robot.clickOn("Copy path");
    assertThat(window.desktop.copied).containsExactly(file.toString());
    openMenu();
    window.robot.clickOn("Read again");
    window.await(() -> given.size() == 2);
  }

  /** The test display knows no gesture that opens a menu. */
  private void openMenu() {
    window.robot.interact(() -> list().getContextMenu().show(list(), 100, 200));
  }

  @Test
  void manyDocumentsCanBeSearched() throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      files.add(copy("invoice-" + i + ".png"));
    }
    assertThat(window.seen("#filter")).isNull();
    read(files.toArray(Path[]::new));
    window.type(KeyCode.F, KeyCode.CONTROL);
    window.robot.write("-3");
    window.await(() -> list().getItems().size() == 1);
    assertThat(window.seen("#field-vendor")).isNotNull();
    window.type(KeyCode.ESCAPE);
    window.await(() -> list().getItems().size() == 9);
  }

  @Test
  void theWholeHistoryIsDeletedFromTheMenu() throws Exception {
    read(copy("a.png"), copy("b.png"));
    window.click("#documents-more");
    window.robot.clickOn("Delete the whole history …");
    window.await(() -> list().getItems().isEmpty());
    assertThat(window.desktop.asked.getLast().text()).startsWith("2 readings are deleted");
    window.await(() -> Fixtures.history(own).toFile().list().length == 0);
    assertThat(window.seen("#open-here")).isNotNull();
  }

  @Test
  void oneSampleIsReadByItsPicture() throws Exception {
    window.awaitSeen(".sample-card");
    window.robot.clickOn(window.seen(".sample-card"));
    window.await(() -> window.texts("#documents").contains("slip-0.png"));
    window.await(() -> given.size() == 1);
  }
}
