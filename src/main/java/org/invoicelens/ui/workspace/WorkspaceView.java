package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
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
public final class WorkspaceView extends BorderPane {

  /** The width in em from which the bar has room for the names of all its buttons. */
  private static final double ROOMY = 62;

  private static final PseudoClass DRAGGED_OVER = PseudoClass.getPseudoClass("dragged-over");
  private static final KeyCombination OPEN =
      new KeyCodeCombination(KeyCode.O, KeyCombination.SHORTCUT_DOWN);
  private static final KeyCombination PASTE =
      new KeyCodeCombination(KeyCode.V, KeyCombination.SHORTCUT_DOWN);

  private final WorkspaceViewModel model;
  private final Desktop desktop;
  private final Intake intake;

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
    DocumentsPane documents = new DocumentsPane(model);
    SplitPane panes =
        new SplitPane(documents, new PreviewPane(model), new FieldsPane(model, desktop, log));
    panes.setDividerPositions(0.22, 0.6);
    panes.getItems().forEach(pane -> SplitPane.setResizableWithParent(pane, false));
    SplitPane.setResizableWithParent(panes.getItems().get(1), true);
    setTop(bar(setUpAnother, navigation));
    setCenter(panes);
    setBottom(status());
    addEventHandler(DragEvent.DRAG_OVER, this::over);
    addEventHandler(DragEvent.DRAG_EXITED, e -> pseudoClassStateChanged(DRAGGED_OVER, false));
    addEventHandler(DragEvent.DRAG_DROPPED, this::dropped);
    addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    visibleProperty()
        .subscribe(visible -> {
          if (visible) {
            // The keyboard begins where documents come in, once that is part of the window.
            Platform.runLater(documents::takeFocus);
          }
        });
  }

  private HBox bar(Runnable setUpAnother, Navigation navigation) {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Button another =
        button("another-model", "workspace.another", Material2OutlinedMZ.TUNE, setUpAnother);
    Button models =
        button(
            "models-open",
            "models.open",
            Material2OutlinedAL.LAYERS,
            () -> navigation.open(Place.MODELS));
    Button settings =
        button(
            "settings-open",
            "settings.open",
            Material2OutlinedMZ.SETTINGS,
            () -> navigation.open(Place.SETTINGS));
    HBox bar =
        new HBox(
            new Icon(Material2OutlinedAL.FIND_IN_PAGE),
            button("open", "workspace.open", Material2OutlinedAL.FOLDER_OPEN, model::open),
            button("paste", "workspace.paste", Material2AL.CONTENT_PASTE, this::paste),
            button(
                "samples",
                "workspace.samples",
                Material2OutlinedAL.COLLECTIONS,
                model::readSamples),
            gap,
            another,
            models,
            settings);
    // Where there is no room for words, the ways elsewhere are signs with tooltips.
    settings
        .contentDisplayProperty()
        .bind(
            Bindings.createObjectBinding(
                () ->
                    bar.getWidth() < ROOMY * settings.getFont().getSize()
                        ? ContentDisplay.GRAPHIC_ONLY
                        : ContentDisplay.LEFT,
                bar.widthProperty(),
                settings.fontProperty()));
    another.contentDisplayProperty().bind(settings.contentDisplayProperty());
    models.contentDisplayProperty().bind(settings.contentDisplayProperty());
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

  private Node status() {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox status =
        new HBox(
            new Icon(Material2AL.CHECK_CIRCLE),
            Labels.bound(model.modelWords(), "small"),
            Labels.bound(model.deviceWords(), "muted", "small"),
            Labels.bound(model.rateWords(), "muted", "small"),
            gap,
            new Icon(Material2OutlinedAL.LOCK),
            Labels.plain(text("status.private"), "muted", "small"));
    status.setId("status");
    status.getStyleClass().add("status");
    return status;
  }

  private void over(DragEvent event) {
    if (Intake.accepts(event.getDragboard())) {
      event.acceptTransferModes(TransferMode.COPY);
      pseudoClassStateChanged(DRAGGED_OVER, true);
      event.consume();
    }
  }

  private void dropped(DragEvent event) {
    pseudoClassStateChanged(DRAGGED_OVER, false);
    event.setDropCompleted(intake.take(event.getDragboard()));
    event.consume();
  }

  private void key(KeyEvent event) {
    if (OPEN.match(event)) {
      model.open();
      event.consume();
    } else if (PASTE.match(event) && !(event.getTarget() instanceof TextInputControl)) {
      paste();
      event.consume();
    }
  }

  private void paste() {
    if (!intake.take(Clipboard.getSystemClipboard())) {
      desktop.tell(text("workspace.nothingToPaste"));
    }
  }
}
