package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.scene.AccessibleRole;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The documents with their states, and the place to drop more. */
final class DocumentsPane extends VBox {

  private final VBox drop = new VBox();

  DocumentsPane(WorkspaceViewModel model) {
    getStyleClass().addAll("pane", "documents");
    ListView<DocumentItem> list = new ListView<>(model.documents());
    list.setId("documents");
    list.setAccessibleText(text("workspace.documents"));
    list.setCellFactory(view -> new Cell());
    list.setPlaceholder(Labels.wrapped(text("workspace.noDocuments"), "muted", "small"));
    VBox.setVgrow(list, Priority.ALWAYS);
    list.getSelectionModel().selectedItemProperty().subscribe(model.selected()::set);
    model
        .selected()
        .subscribe(item -> {
          if (item != list.getSelectionModel().getSelectedItem()) {
            if (item == null) {
              list.getSelectionModel().clearSelection();
            } else {
              list.getSelectionModel().select(item);
              list.scrollTo(item);
            }
          }
        });
    list.setOnKeyPressed(key -> {
      if (key.getCode() == KeyCode.DELETE) {
        model.remove();
      }
    });

    drop.getChildren()
        .addAll(
            new Icon(Material2OutlinedAL.CLOUD_UPLOAD),
            Labels.wrapped(text("workspace.drop")),
            Labels.wrapped(text("workspace.drop.keys"), "muted", "small"));
    drop.setId("drop-zone");
    drop.getStyleClass().add("drop-zone");
    drop.setMinHeight(USE_PREF_SIZE);
    drop.setFocusTraversable(true);
    drop.setAccessibleRole(AccessibleRole.BUTTON);
    drop.setAccessibleText(text("workspace.drop.spoken"));
    drop.setOnMouseClicked(e -> model.open());
    drop.setOnKeyPressed(key -> {
      if (key.getCode() == KeyCode.ENTER || key.getCode() == KeyCode.SPACE) {
        model.open();
      }
    });
    getChildren().addAll(Labels.plain(text("workspace.documents"), "pane-title"), list, drop);
  }

  /** Puts the keyboard where documents come in. */
  void takeFocus() {
    drop.requestFocus();
  }

  private static final class Cell extends ListCell<DocumentItem> {

    private final Label name = new Label();
    private final Label words = Labels.plain("", "muted", "small");
    private final Tooltip place = new Tooltip();
    private final HBox box = new HBox();
    private Subscription mark = Subscription.EMPTY;

    Cell() {
      name.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
      VBox texts = new VBox(name, words);
      texts.getStyleClass().add("document-words");
      texts.setMinWidth(0);
      HBox.setHgrow(texts, Priority.ALWAYS);
      box.getChildren().addAll(new MarkIcon(Mark.WAITING), texts);
      box.getStyleClass().add("document");
      // A cell is as wide as its list and not as its longest name, so that names are cut.
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(DocumentItem item, boolean empty) {
      super.updateItem(item, empty);
      mark.unsubscribe();
      words.textProperty().unbind();
      if (empty || item == null) {
        setGraphic(null);
        setTooltip(null);
        setAccessibleText("");
        return;
      }
      name.setText(item.name());
      words.textProperty().bind(item.words());
      mark =
          item.mark()
              .subscribe(state -> {
                box.getChildren().set(0, new MarkIcon(state));
                setAccessibleText(text("document.spoken", item.name(), item.words().get()));
              });
      place.setText(item.place());
      setTooltip(place);
      setGraphic(box);
    }
  }
}
