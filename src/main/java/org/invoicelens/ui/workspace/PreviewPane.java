package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Bounds;
import javafx.geometry.Insets;
import javafx.geometry.Point2D;
import javafx.scene.Cursor;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.ScrollPane.ScrollBarPolicy;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.input.ZoomEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/**
 * The page, as large as it fits or as the user likes, turned, and with the model's eyes; an
 * invitation while there is none.
 */
final class PreviewPane extends BorderPane {

  /** Pixels left over, so that rounding never brings up scroll bars. */
  private static final double SLACK = 2;

  /** From this factor on, the pixels that the model sees are shown as the squares they are. */
  private static final double SQUARES = 1.5;

  /** In fewer letters' width, the page needs the room that words on buttons take. */
  private static final double ROOM_FOR_WORDS = 18;

  private final PreviewViewModel model;
  private final PageZoom zoom = new PageZoom();
  private final ImageView picture = new ImageView();
  private final StackPane paper = new StackPane(picture);
  private final StackPane table = new StackPane(paper);
  private final ScrollPane scroll = new ScrollPane(table);
  private final Label size = Labels.plain("", "muted", "small");
  private final MenuButton zooms = new MenuButton();
  private final BooleanProperty roomForWords = new SimpleBooleanProperty(true);
  private final Map<KeyCombination, Runnable> keys;

  PreviewPane(WorkspaceViewModel workspace) {
    this.model = workspace.preview();
    getStyleClass().add("preview");
    paper.getStyleClass().add("paper");
    paper.setMaxSize(USE_PREF_SIZE, USE_PREF_SIZE);
    table.getStyleClass().add("table-top");
    picture.setPreserveRatio(true);
    picture.setAccessibleText(text("preview.picture"));
    scroll.setId("page-scroll");
    scroll.setPannable(true);
    scroll.setFitToWidth(true);
    scroll.setFitToHeight(true);
    scroll.getStyleClass().addAll("preview-scroll", "edge-to-edge");
    scroll.viewportBoundsProperty().subscribe(bounds -> scale());
    scroll.addEventFilter(ScrollEvent.SCROLL, this::turnWheel);
    scroll.addEventFilter(ZoomEvent.ZOOM, this::pinch);
    scroll.visibleProperty().bind(model.shown().isNotNull());

    StackPane middle = new StackPane(scroll, trouble(), new InvitationPane(workspace));
    middle.setMinHeight(0);
    setCenter(middle);
    setBottom(foot());
    widthProperty()
        .subscribe(width ->
            roomForWords.set(width.doubleValue() >= ROOM_FOR_WORDS * zooms.getFont().getSize()));
    workspace.selected().subscribe(item -> zoom.fitPage());
    model.shown().subscribe(page -> scale());
    keys =
        Map.ofEntries(
            Map.entry(shortcut(KeyCode.PLUS), () -> magnify(PageZoom.STEP)),
            Map.entry(shortcut(KeyCode.EQUALS), () -> magnify(PageZoom.STEP)),
            Map.entry(shortcut(KeyCode.ADD), () -> magnify(PageZoom.STEP)),
            Map.entry(shortcut(KeyCode.MINUS), () -> magnify(1 / PageZoom.STEP)),
            Map.entry(shortcut(KeyCode.SUBTRACT), () -> magnify(1 / PageZoom.STEP)),
            Map.entry(shortcut(KeyCode.DIGIT0), this::fitPage),
            Map.entry(shortcut(KeyCode.NUMPAD0), this::fitPage),
            Map.entry(shortcut(KeyCode.R), () -> model.rotate(1)),
            Map.entry(
                new KeyCodeCombination(
                    KeyCode.R, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN),
                () -> model.rotate(-1)),
            Map.entry(shortcut(KeyCode.PAGE_DOWN), () -> model.turnTo(model.page().get() + 1)),
            Map.entry(shortcut(KeyCode.PAGE_UP), () -> model.turnTo(model.page().get() - 1)),
            Map.entry(shortcut(KeyCode.E), this::toggleEyes));
  }

  private static KeyCombination shortcut(KeyCode code) {
    // Plus needs the shift key on some keyboards and not on others.
    return code == KeyCode.PLUS || code == KeyCode.EQUALS
        ? new KeyCodeCombination(code, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_ANY)
        : new KeyCodeCombination(code, KeyCombination.SHORTCUT_DOWN);
  }

  /** Does what a key means for the page, wherever in the workspace it was pressed. */
  boolean take(KeyEvent key) {
    if (model.shown().get() == null) {
      return false;
    }
    return keys.entrySet().stream()
        .filter(entry -> entry.getKey().match(key))
        .findFirst()
        .map(entry -> {
          entry.getValue().run();
          return true;
        })
        .orElse(false);
  }

  private void toggleEyes() {
    if (model.canSee().getValue()) {
      model.asSeen().set(!model.asSeen().get());
    }
  }

  private Node trouble() {
    Label words = Labels.wrapped(model.trouble(), "muted");
    words.setId("preview-trouble");
    VBox trouble = new VBox(new Icon(Material2OutlinedAL.BROKEN_IMAGE), words);
    trouble.getStyleClass().add("invitation");
    trouble.visibleProperty().bind(model.trouble().isNotEmpty());
    return trouble;
  }

  private Node foot() {
    Label seen = Labels.wrapped(model.seenWords(), "small", "seen-words");
    seen.setId("seen-words");
    Label remark = Labels.wrapped(model.remark(), "small", "seen-remark");
    remark.setId("seen-remark");
    Tooltip more = new Tooltip();
    more.textProperty().bind(model.advice());
    remark
        .tooltipProperty()
        .bind(Bindings.when(model.advice().isEmpty()).then((Tooltip) null).otherwise(more));
    Label advice = Labels.wrapped(model.advice(), "muted", "small");
    for (Label label : List.of(seen, remark, advice)) {
      BooleanBinding spoken = label.textProperty().isNotEmpty();
      Shown.when(label == advice ? spoken.and(roomForWords) : spoken, label);
    }
    size.setId("page-size");
    VBox foot = new VBox(seen, remark, advice, tools());
    foot.getStyleClass().add("preview-foot");
    foot.visibleProperty().bind(model.shown().isNotNull());
    return foot;
  }

  private FlowPane tools() {
    HBox zooming =
        new HBox(
            tool("zoom-out", Material2MZ.ZOOM_OUT, () -> magnify(1 / PageZoom.STEP)),
            zoomMenu(),
            tool("zoom-in", Material2MZ.ZOOM_IN, () -> magnify(PageZoom.STEP)));
    HBox turn =
        new HBox(
            tool("rotate-left", Material2MZ.ROTATE_LEFT, () -> model.rotate(-1)),
            tool("rotate-right", Material2MZ.ROTATE_RIGHT, () -> model.rotate(1)));
    ToggleButton eyes =
        new ToggleButton(text("preview.eyes"), new Icon(Material2OutlinedMZ.VISIBILITY));
    eyes.setId("as-seen");
    eyes.setTooltip(new Tooltip(text("preview.eyes.tip")));
    eyes.setMinWidth(USE_PREF_SIZE);
    eyes.setAccessibleText(text("preview.eyes"));
    eyes.selectedProperty().bindBidirectional(model.asSeen());
    model.canSee().subscribe(can -> eyes.setDisable(!can));
    eyes.contentDisplayProperty()
        .bind(
            Bindings.when(roomForWords)
                .then(ContentDisplay.LEFT)
                .otherwise(ContentDisplay.GRAPHIC_ONLY));
    FlowPane tools = new FlowPane(zooming, turn, eyes, pages(), size);
    for (Node group : List.of(zooming, turn)) {
      group.getStyleClass().add("tools");
    }
    tools.getStyleClass().addAll("tools", "preview-tools");
    return tools;
  }

  private MenuButton zoomMenu() {
    zooms.setId("zoom");
    zooms.setMinWidth(USE_PREF_SIZE);
    zooms.setTooltip(new Tooltip(text("preview.zoom")));
    zooms
        .getItems()
        .addAll(
            item("zoom-page", "preview.fit", this::fitPage),
            item(
                "zoom-width",
                "preview.fitWidth",
                () -> {
                  zoom.fitWidth();
                  scale();
                }),
            item("zoom-whole", "preview.whole", () -> zoomTo(1, null)));
    return zooms;
  }

  private static MenuItem item(String id, String key, Runnable action) {
    MenuItem item = new MenuItem(text(key));
    item.setId(id);
    item.setOnAction(e -> action.run());
    return item;
  }

  private HBox pages() {
    Button back =
        tool("page-back", Material2AL.CHEVRON_LEFT, () -> model.turnTo(model.page().get() - 1));
    Button forth =
        tool("page-forth", Material2AL.CHEVRON_RIGHT, () -> model.turnTo(model.page().get() + 1));
    Label where = new Label();
    where.setId("page-number");
    where.setMinWidth(USE_PREF_SIZE);
    where
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> text("preview.page", model.page().get() + 1, model.pages().get()),
                model.page(),
                model.pages()));
    back.disableProperty().bind(model.page().lessThan(1));
    forth.disableProperty().bind(model.page().add(1).greaterThanOrEqualTo(model.pages()));
    HBox pages = new HBox(back, where, forth);
    pages.getStyleClass().add("tools");
    Shown.when(model.pages().greaterThan(1), pages);
    return pages;
  }

  private static Button tool(String id, Ikon icon, Runnable action) {
    Button button = new Button(null, new Icon(icon));
    button.setId(id);
    button.getStyleClass().add("button-icon");
    button.setAccessibleText(text("preview." + id));
    button.setTooltip(new Tooltip(text("preview." + id)));
    button.setOnAction(e -> action.run());
    return button;
  }

  private void turnWheel(ScrollEvent event) {
    if (event.isShortcutDown() && event.getDeltaY() != 0) {
      double step = event.getDeltaY() > 0 ? PageZoom.STEP : 1 / PageZoom.STEP;
      zoomTo(factor() * step, new Point2D(event.getX(), event.getY()));
      event.consume();
    }
  }

  private void pinch(ZoomEvent event) {
    zoomTo(factor() * event.getZoomFactor(), new Point2D(event.getX(), event.getY()));
    event.consume();
  }

  private void magnify(double step) {
    zoomTo(factor() * step, null);
  }

  private void fitPage() {
    zoom.fitPage();
    scale();
  }

  /**
   * Shows the page by a factor, and the same point of it at the same place.
   *
   * @param at that place in the scroll pane; null for its middle
   */
  private void zoomTo(double wanted, Point2D at) {
    Bounds view = scroll.getViewportBounds();
    Point2D place = at == null ? new Point2D(view.getWidth() / 2, view.getHeight() / 2) : at;
    Bounds before = picture.getBoundsInLocal();
    Point2D point = picture.sceneToLocal(scroll.localToScene(place));
    zoom.set(wanted);
    scale();
    scroll.applyCss();
    scroll.layout();
    Bounds now = picture.getBoundsInLocal();
    Point2D moved =
        table.sceneToLocal(
            picture.localToScene(
                point.getX() * now.getWidth() / before.getWidth(),
                point.getY() * now.getHeight() / before.getHeight()));
    scroll.setHvalue(share(moved.getX() - place.getX(), table.getWidth() - view.getWidth()));
    scroll.setVvalue(share(moved.getY() - place.getY(), table.getHeight() - view.getHeight()));
  }

  private static double share(double offset, double most) {
    return most <= 0 ? 0 : Math.clamp(offset / most, 0, 1);
  }

  private double factor() {
    PageImage page = model.shown().get();
    Insets insets = table.getInsets();
    Bounds view = scroll.getViewportBounds();
    return zoom.factor(
        page.width(),
        page.height(),
        view.getWidth() - insets.getLeft() - insets.getRight() - SLACK,
        view.getHeight() - insets.getTop() - insets.getBottom() - SLACK);
  }

  private void scale() {
    PageImage page = model.shown().get();
    if (page == null) {
      picture.setImage(null);
      return;
    }
    // A scroll bar that came and went with the width would change it each time.
    scroll.setVbarPolicy(
        zoom.mode() == PageZoom.Mode.WIDTH ? ScrollBarPolicy.ALWAYS : ScrollBarPolicy.AS_NEEDED);
    double factor = factor();
    double width = page.width() * factor;
    double density = getScene() == null ? 1 : getScene().getWindow().getOutputScaleX();
    picture.setImage(page.at(width * density));
    picture.setFitWidth(width);
    picture.setSmooth(!model.asSeen().get() || factor < SQUARES);
    Bounds view = scroll.getViewportBounds();
    boolean larger = width > view.getWidth() || page.height() * factor > view.getHeight();
    table.setCursor(larger ? Cursor.OPEN_HAND : Cursor.DEFAULT);
    zooms.setText(text("preview.percent", factor));
    zooms.setAccessibleText(text("preview.zoom") + ": " + text("preview.percent", factor));
    size.setText(text("preview.size", page.width(), page.height()));
    size.setVisible(!model.asSeen().get());
    size.setManaged(!model.asSeen().get());
  }
}
