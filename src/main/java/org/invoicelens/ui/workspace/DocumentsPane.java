package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.Observable;
import javafx.beans.binding.Bindings;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.collections.ListChangeListener;
import javafx.scene.AccessibleRole;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The documents with their states, those of earlier days below, and the place to drop more. */
final class DocumentsPane extends VBox {

  /** With so many documents, one looks for a name instead of reading all. */
  private static final int MANY = 8;

  private final WorkspaceViewModel model;
  private final ListView<DocumentItem> list = new ListView<>();
  private final TextField filter = new TextField();
  private final VBox drop = new VBox();

  DocumentsPane(WorkspaceViewModel model) {
    this.model = model;
    getStyleClass().addAll("pane", "documents");
    fillList();
    getChildren().addAll(head(), counts(), search(), list, dropZone());
  }

  /**
   * Puts the keyboard where documents come in; where this is no part of a window yet, as soon as it
   * is. A split pane takes its parts in only when it is first laid out, which may be later than
   * whatever was put off until the window is there.
   */
  void takeFocus() {
    if (drop.getScene() != null) {
      drop.requestFocus();
      return;
    }
    drop.sceneProperty()
        .addListener(
            new InvalidationListener() {
              @Override
              public void invalidated(Observable scene) {
                scene.removeListener(this);
                Platform.runLater(drop::requestFocus);
              }
            });
  }

  /** Puts the keyboard where documents are searched for, where that is shown. */
  void takeFocusToSearch() {
    if (filter.isVisible()) {
      filter.requestFocus();
    }
  }

  private HBox head() {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Button stop = small("stop-all", "queue.stop", Material2MZ.STOP, model::stop);
    Shown.when(model.tally().busy(), stop);
    Button goOn = small("go-on", "queue.goOn", Material2MZ.PLAY_ARROW, model::goOn);
    Shown.when(model.tally().putOff().and(model.tally().busy().not()), goOn);
    MenuButton more = new MenuButton(null, new Icon(Material2MZ.MORE_VERT));
    more.setId("documents-more");
    more.getStyleClass().addAll("flat", "button-icon", "no-arrow", "more");
    more.setAccessibleText(text("documents.more"));
    more.setTooltip(new Tooltip(text("documents.more")));
    more.setMinWidth(USE_PREF_SIZE);
    MenuItem delete = item("history-delete", "history.deleteAll", model::deleteHistory);
    delete.disableProperty().bind(model.history().size().isEqualTo(0));
    more.getItems()
        .addAll(
            item("open-folder", "workspace.folder", model::openFolder),
            new SeparatorMenuItem(),
            delete);
    Label title = Labels.plain(text("workspace.documents"), "pane-title");
    HBox head = new HBox(title, gap, stop, goOn, more);
    head.getStyleClass().add("pane-head");
    return head;
  }

  private static Button small(String id, String key, Ikon icon, Runnable action) {
    Button button = new Button(text(key), new Icon(icon));
    button.setId(id);
    button.getStyleClass().addAll("flat", "small");
    button.setMinWidth(USE_PREF_SIZE);
    button.setTooltip(new Tooltip(text(key + ".tip")));
    button.setOnAction(e -> action.run());
    return button;
  }

  private static MenuItem item(String id, String key, Runnable action) {
    MenuItem item = new MenuItem(text(key));
    item.setId(id);
    item.setOnAction(e -> action.run());
    return item;
  }

  private Label counts() {
    Label counts = Labels.wrapped("", "muted", "small");
    counts.setId("counts");
    counts
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                this::countWords, model.tally().words(), model.history().size()));
    Shown.when(counts.textProperty().isNotEmpty(), counts);
    return counts;
  }

  private String countWords() {
    String now = model.tally().words().get();
    int kept = model.history().size().get();
    return now.isEmpty() && kept > 0 ? text("tally.kept", kept) : now;
  }

  private TextField search() {
    filter.setId("filter");
    filter.setPromptText(text("documents.filter"));
    filter.setAccessibleText(text("documents.filter"));
    filter.textProperty().bindBidirectional(model.filter());
    Shown.when(
        Bindings.size(model.documents()).greaterThan(MANY).or(model.filter().isNotEmpty()), filter);
    filter.setOnKeyPressed(key -> {
      if (key.getCode() == KeyCode.ESCAPE) {
        filter.clear();
        key.consume();
      } else if (key.getCode() == KeyCode.DOWN) {
        list.requestFocus();
        key.consume();
      }
    });
    return filter;
  }

  private void fillList() {
    list.setId("documents");
    list.setItems(model.shown());
    list.setAccessibleText(text("workspace.documents"));
    list.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    IntegerProperty changes = new SimpleIntegerProperty();
    list.setCellFactory(view -> new DocumentCell(model.history(), changes));
    Label none = Labels.wrapped("", "muted", "small");
    none.textProperty()
        .bind(
            Bindings.when(model.filter().isEmpty())
                .then(text("workspace.noDocuments"))
                .otherwise(text("documents.noneFound")));
    list.setPlaceholder(none);
    list.setContextMenu(menu());
    list.setMinHeight(0);
    VBox.setVgrow(list, Priority.ALWAYS);
    list.getSelectionModel()
        .getSelectedItems()
        .addListener(
            (ListChangeListener<DocumentItem>)
                change ->
                    model
                        .chosen()
                        .setAll(
                            list.getSelectionModel().getSelectedItems().stream()
                                .filter(Objects::nonNull)
                                .toList()));
    list.getSelectionModel().selectedItemProperty().subscribe(this::listSelected);
    model.selected().subscribe(this::selectInList);
    model
        .shown()
        .addListener(
            (ListChangeListener<DocumentItem>)
                change -> {
                  changes.set(changes.get() + 1);
                  selectInList(model.selected().get());
                });
    list.setOnKeyPressed(key -> {
      if (key.getCode() == KeyCode.DELETE) {
        model.remove();
        key.consume();
      }
    });
  }

  /** A document that a search hides stays on screen. */
  private void listSelected(DocumentItem item) {
    if (item != null || !model.documents().contains(model.selected().get())) {
      model.selected().set(item);
    }
  }

  private void selectInList(DocumentItem item) {
    if (item != list.getSelectionModel().getSelectedItem()) {
      int place = model.shown().indexOf(item);
      if (place < 0) {
        list.getSelectionModel().clearSelection();
      } else {
        list.getSelectionModel().clearAndSelect(place);
        list.scrollTo(place);
      }
    }
  }

  private ContextMenu menu() {
    MenuItem again = item("menu-again", "document.again", () -> each(model::readAgain));
    MenuItem open = item("menu-open", "document.open", () -> one(model::openFile));
    MenuItem folder = item("menu-folder", "document.folder", () -> one(model::showInFolder));
    MenuItem path = item("menu-path", "document.path", () -> one(model::copyPath));
    MenuItem remove = item("menu-remove", "document.remove", () -> each(model::remove));
    ContextMenu menu =
        new ContextMenu(
            again, new SeparatorMenuItem(), open, folder, path, new SeparatorMenuItem(), remove);
    menu.setOnShowing(e -> {
      List<DocumentItem> chosen = List.copyOf(model.chosen());
      boolean isFile = chosen.size() == 1 && chosen.getFirst().source().origin().isPresent();
      List.of(open, folder, path).forEach(item -> item.setDisable(!isFile));
      List.of(again, remove).forEach(item -> item.setDisable(chosen.isEmpty()));
    });
    return menu;
  }

  private void each(Consumer<List<DocumentItem>> action) {
    action.accept(List.copyOf(model.chosen()));
  }

  private void one(Consumer<DocumentItem> action) {
    model.chosen().stream().findFirst().ifPresent(action);
  }

  private Node dropZone() {
    Icon icon = new Icon(Material2OutlinedAL.CLOUD_UPLOAD);
    // Who has documents knows how they come in, and needs the room for them.
    Shown.when(Bindings.isEmpty(model.documents()), icon);
    Label keys = Labels.wrapped(text("workspace.drop.keys"), "muted", "small");
    Shown.when(icon.visibleProperty(), keys);
    drop.getChildren().addAll(icon, Labels.wrapped(text("workspace.drop")), keys);
    Tooltip.install(drop, new Tooltip(text("workspace.drop.spoken")));
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
    return drop;
  }
}
