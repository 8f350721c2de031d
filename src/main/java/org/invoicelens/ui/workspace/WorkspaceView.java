package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.Button;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2OutlinedAL;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/** Documents on the left, the page in the middle, its fields on the right. */
public final class WorkspaceView extends StackPane {

  private static final KeyCombination OPEN =
      new KeyCodeCombination(KeyCode.O, KeyCombination.SHORTCUT_DOWN);
  private static final KeyCombination OPEN_FOLDER =
      new KeyCodeCombination(KeyCode.O, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN);
  private static final KeyCombination PASTE =
      new KeyCodeCombination(KeyCode.V, KeyCombination.SHORTCUT_DOWN);
  private static final KeyCombination SEARCH =
      new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN);
  private static final KeyCombination AGAIN = new KeyCodeCombination(KeyCode.F5);

  /** The share of the window that the documents have at first. */
  private static final double LEFT = 0.24;

  private final WorkspaceViewModel model;
  private final Desktop desktop;
  private final Intake intake;
  private final DocumentsPane documents;
  private final PreviewPane preview;
  private final FieldsPane fields;
  private final SplitPane panes = new SplitPane();
  private double right = 0.6;
  private final BooleanProperty dragged = new SimpleBooleanProperty();

  /**
   * @param log where the log lies
   * @param setUpAnother what leads to another model
   * @param navigation leads to the other places of the window
   */
  public WorkspaceView(
      WorkspaceViewModel model,
      Desktop desktop,
      Path log,
      Runnable setUpAnother,
      Navigation navigation) {
    this.model = model;
    this.desktop = desktop;
    this.intake = new Intake(model);
    getStyleClass().add("workspace");
    setId("workspace");
    documents = new DocumentsPane(model);
    preview = new PreviewPane(model);
    fields = new FieldsPane(model, desktop, log);
    panes.getItems().setAll(documents, preview);
    panes.setDividerPositions(LEFT);
    for (Region pane : List.of(documents, preview, fields)) {
      // What is too high for the window is cut off at its own bottom and not at the window's.
      pane.setMinHeight(0);
      SplitPane.setResizableWithParent(pane, pane == preview);
    }
    panes.setMinHeight(0);
    model.selected().subscribe(item -> showFields(item != null));
    BorderPane frame = new BorderPane(panes);
    frame.setTop(
        new VBox(bar(setUpAnother, navigation), new RefusalNotice(model.incoming().refused())));
    frame.setBottom(new StatusBar(model.status()));
    getChildren().addAll(frame, dropCover());
    addEventHandler(DragEvent.DRAG_OVER, this::over);
    addEventHandler(DragEvent.DRAG_EXITED, e -> dragged.set(false));
    addEventHandler(DragEvent.DRAG_DROPPED, this::dropped);
    addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    visibleProperty()
        .subscribe(visible -> {
          if (visible) {
            // The keyboard begins where documents come in, once that is part of the window.
            Platform.runLater(documents::takeFocus);
          }
        });
    model.history().begin();
  }

  /** Without a document there are no fields, and the invitation has their room. */
  private void showFields(boolean shown) {
    double[] dividers = panes.getDividerPositions();
    if (shown && !panes.getItems().contains(fields)) {
      panes.getItems().add(fields);
      panes.setDividerPositions(dividers[0], right);
    } else if (!shown && panes.getItems().contains(fields)) {
      right = dividers[1];
      panes.getItems().remove(fields);
      panes.setDividerPositions(dividers[0]);
    }
  }

  /** Lies over everything while documents are dragged over the window. */
  private VBox dropCover() {
    VBox cover =
        new VBox(
            new Icon(Material2OutlinedAL.CLOUD_UPLOAD),
            Labels.wrapped(text("workspace.dropNow"), "headline"),
            Labels.wrapped(text("workspace.dropNow.more"), "muted"));
    cover.setId("drop-cover");
    cover.getStyleClass().add("drop-cover");
    // What lies below is what the mouse is over, or the cover would end the dragging it shows.
    cover.setMouseTransparent(true);
    cover.visibleProperty().bind(dragged);
    return cover;
  }

  private HBox bar(Runnable setUpAnother, Navigation navigation) {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    List<Button> buttons =
        List.of(
            button("open", "workspace.open", Material2OutlinedAL.FOLDER_OPEN, model::open),
            button("paste", "workspace.paste", Material2AL.CONTENT_PASTE, this::paste),
            button(
                "samples",
                "workspace.samples",
                Material2OutlinedAL.COLLECTIONS,
                model::readSamples),
            button("another-model", "workspace.another", Material2OutlinedMZ.TUNE, setUpAnother),
            button(
                "models-open",
                "models.open",
                Material2OutlinedAL.LAYERS,
                () -> navigation.open(Place.MODELS)),
            button(
                "settings-open",
                "settings.open",
                Material2OutlinedMZ.SETTINGS,
                () -> navigation.open(Place.SETTINGS)));
    HBox bar = new ToolRow(buttons, new Icon(Material2OutlinedAL.FIND_IN_PAGE));
    bar.getChildren().addAll(buttons);
    bar.getChildren().add(bar.getChildren().indexOf(buttons.get(3)), gap);
    bar.getStyleClass().add("workspace-bar");
    return bar;
  }

  private static Button button(String id, String key, Ikon icon, Runnable action) {
    Button button = new Button(text(key), new Icon(icon));
    button.setId(id);
    button.getStyleClass().add("flat");
    button.setTooltip(new Tooltip(text(key + ".tip")));
    button.setOnAction(e -> action.run());
    return button;
  }

  private void over(DragEvent event) {
    if (Intake.accepts(event.getDragboard())) {
      event.acceptTransferModes(TransferMode.COPY);
      dragged.set(true);
      event.consume();
    }
  }

  private void dropped(DragEvent event) {
    dragged.set(false);
    event.setDropCompleted(intake.take(event.getDragboard()));
    event.consume();
  }

  private void key(KeyEvent event) {
    if (OPEN.match(event)) {
      model.open();
      event.consume();
    } else if (OPEN_FOLDER.match(event)) {
      model.openFolder();
      event.consume();
    } else if (PASTE.match(event) && !(event.getTarget() instanceof TextInputControl)) {
      paste();
      event.consume();
    } else if (SEARCH.match(event)) {
      documents.takeFocusToSearch();
      event.consume();
    } else if (AGAIN.match(event)) {
      model.readAgain();
      event.consume();
    } else if (preview.take(event)) {
      event.consume();
    }
  }

  private void paste() {
    if (!intake.take(Clipboard.getSystemClipboard())) {
      desktop.tell(text("workspace.nothingToPaste"));
    }
  }
}
