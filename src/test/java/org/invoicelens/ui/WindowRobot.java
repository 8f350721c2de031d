package org.invoicelens.ui;

import com.sun.javafx.scene.input.DragboardHelper;
import com.sun.javafx.tk.TKClipboard;
import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import javafx.event.Event;
import javafx.event.EventType;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.DataFormat;
import javafx.scene.input.DragEvent;
import javafx.scene.input.Dragboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.PickResult;
import javafx.scene.input.TransferMode;
import javafx.stage.Stage;
import javafx.stage.WindowEvent;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.ui.instance.Restart;
import org.invoicelens.ui.pipeline.Stages;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/**
 * Opens windows and works them as a user does: by what is on screen. What a test leaves open is
 * closed after it.
 */
final class WindowRobot implements BeforeEachCallback, AfterEachCallback {

  final FxRobot robot = new FxRobot();
  final FakeDesktop desktop = new FakeDesktop();
  private final List<Stage> open = new ArrayList<>();
  private Stage stage;
  private InvoiceLensWindow.Notifier notifier;

  @Override
  public void beforeEach(ExtensionContext test) throws Exception {
    FxToolkit.registerPrimaryStage();
  }

  /** Opens a window on these stages, with everything the user has in a folder of the test. */
  void open(Path own, Stages stages) throws Exception {
    FxToolkit.setupFixture(() -> {
      stage = new Stage();
      open.add(stage);
      InvoiceLensWindow window =
          new InvoiceLensWindow(
              stage,
              Fixtures.folders(own),
              new SettingsStore(Fixtures.folders(own)),
              new SecretsFile(Fixtures.folders(own)),
              stages,
              Restart.ofThisProgram(),
              given -> {
                notifier = given;
                return desktop;
              });
      window.show();
    });
  }

  /** Lets the window say something, as work that has come to its end does. */
  void tell(String sentence) {
    robot.interact(() -> notifier.tell(sentence));
  }

  /** Asks the window to close, as the cross in its corner does. */
  void requestClose() {
    robot.interact(() -> stage.fireEvent(new WindowEvent(stage, WindowEvent.WINDOW_CLOSE_REQUEST)));
  }

  boolean isOpen() {
    return stage.isShowing();
  }

  /** Closes the window for good and waits until everything has stopped. */
  void close() throws Exception {
    desktop.answer = 0;
    requestClose();
    await(() -> !stage.isShowing());
  }

  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    for (Stage left : open) {
      if (left.isShowing()) {
        stage = left;
        close();
      }
    }
  }

  void await(BooleanSupplier condition) throws Exception {
    WaitForAsyncUtils.waitFor(25, TimeUnit.SECONDS, condition::getAsBoolean);
    WaitForAsyncUtils.waitForFxEvents();
  }

  /** The visible node of that id; null where there is none. */
  Node seen(String id) {
    return WaitForAsyncUtils.waitForAsyncFx(
        5000,
        () ->
            robot.from(stage.getScene().getRoot()).lookup(id).queryAll().stream()
                .filter(WindowRobot::isVisible)
                .findFirst()
                .orElse(null));
  }

  void awaitSeen(String id) throws Exception {
    await(() -> seen(id) != null);
  }

  /** Waits until the button can be clicked and clicks it. */
  void click(String id) throws Exception {
    await(() -> seen(id) != null && !seen(id).isDisabled());
    robot.interact(() -> reveal(seen(id)));
    robot.clickOn(seen(id));
    WaitForAsyncUtils.waitForFxEvents();
  }

  /**
   * Scrolls to what is out of sight, as a user does: how much room texts take is up to the font.
   */
  private static void reveal(Node node) {
    for (Parent around = node.getParent(); around != null; around = around.getParent()) {
      if (around instanceof ScrollPane pane && pane.getContent() != null) {
        Bounds place = node.localToScene(node.getLayoutBounds());
        Bounds view = pane.localToScene(pane.getLayoutBounds());
        double hidden =
            pane.getContent().getLayoutBounds().getHeight() - pane.getViewportBounds().getHeight();
        if (hidden > 0 && (place.getMinY() < view.getMinY() || place.getMaxY() > view.getMaxY())) {
          double top = pane.getContent().sceneToLocal(place).getMinY();
          pane.setVvalue(Math.clamp(top / hidden, 0, 1) * pane.getVmax());
          pane.layout();
        }
      }
    }
  }

  /** The text of a label, button or field. */
  String text(String id) {
    return switch (seen(id)) {
      case Labeled labeled -> labeled.getText();
      case TextInputControl input -> input.getText();
      case null, default -> throw new AssertionError("no text at " + id);
    };
  }

  /** Every text on screen below a node, in order. */
  List<String> texts(String id) {
    return robot
        .from(seen(id))
        .lookup((Predicate<Node>) node -> node instanceof Labeled)
        .queryAll()
        .stream()
        .filter(WindowRobot::isVisible)
        .map(node -> ((Labeled) node).getText())
        .filter(text -> text != null && !text.isEmpty())
        .toList();
  }

  private static boolean isVisible(Node node) {
    return node == null || (node.isVisible() && isVisible(node.getParent()));
  }

  /** Drops files on a node, as from the desktop; returns whether they were accepted. */
  boolean drop(String id, Path... files) {
    Node target = seen(id);
    boolean[] accepted = new boolean[1];
    robot.interact(() -> {
      Dragboard board = board(List.of(files).stream().map(Path::toFile).toList());
      DragEvent over = event(DragEvent.DRAG_OVER, board, target);
      Event.fireEvent(target, over);
      accepted[0] = over.getAcceptedTransferMode() == TransferMode.COPY;
      if (accepted[0]) {
        Event.fireEvent(target, event(DragEvent.DRAG_DROPPED, board, target));
      }
    });
    WaitForAsyncUtils.waitForFxEvents();
    return accepted[0];
  }

  /** Drags files over a node and holds them there. */
  void dragOver(String id, Path... files) {
    Node target = seen(id);
    robot.interact(() ->
        Event.fireEvent(
            target,
            event(
                DragEvent.DRAG_OVER,
                board(List.of(files).stream().map(Path::toFile).toList()),
                target)));
    WaitForAsyncUtils.waitForFxEvents();
  }

  /** Drags what is held over a node away from it. */
  void dragAway(String id) {
    Node target = seen(id);
    robot.interact(
        () -> Event.fireEvent(target, event(DragEvent.DRAG_EXITED, board(List.of()), target)));
    WaitForAsyncUtils.waitForFxEvents();
  }

  /** Presses a key together with others. */
  void type(KeyCode key, KeyCode... held) {
    robot.press(held);
    robot.type(key);
    robot.release(held);
    WaitForAsyncUtils.waitForFxEvents();
  }

  private static DragEvent event(EventType<DragEvent> type, Dragboard board, Node target) {
    return new DragEvent(
        null,
        target,
        type,
        board,
        5,
        5,
        5,
        5,
        TransferMode.COPY,
        null,
        null,
        new PickResult(target, 5, 5));
  }

  private static Dragboard board(List<File> files) {
    TKClipboard clipboard =
        (TKClipboard)
            Proxy.newProxyInstance(
                TKClipboard.class.getClassLoader(),
                new Class<?>[] {TKClipboard.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "hasContent" -> arguments[0] == DataFormat.FILES;
                      case "getContent" -> arguments[0] == DataFormat.FILES ? files : null;
                      case "getContentTypes" -> Set.of(DataFormat.FILES);
                      case "getTransferModes" -> EnumSet.of(TransferMode.COPY);
                      default -> null;
                    });
    return DragboardHelper.createDragboard(clipboard);
  }

  /** A gate that a scripted stage waits at until the test opens it. */
  static CountDownLatch gate() {
    return new CountDownLatch(1);
  }
}
