package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.function.DoubleUnaryOperator;
import javafx.beans.binding.Bindings;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.geometry.Insets;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The page, as large as it fits or as the user likes; an invitation while there is none. */
final class PreviewPane extends BorderPane {

  private static final double STEP = 1.25;
  private static final double LARGEST = 8;
  private static final double SMALLEST = 0.05;

  /** Small pictures are not blown up beyond this to fit. */
  private static final double LARGEST_FIT = 3;

  /** Pixels left over, so that rounding never brings up scroll bars. */
  private static final double SLACK = 2;

  private final WorkspaceViewModel model;
  private final ImageView picture = new ImageView();
  private final StackPane paper = new StackPane(picture);
  private final StackPane table = new StackPane(paper);
  private final ScrollPane scroll = new ScrollPane(table);
  private final IntegerProperty page = new SimpleIntegerProperty();
  private final Label size = Labels.plain("", "muted", "small");
  private double zoom;

  PreviewPane(WorkspaceViewModel model) {
    this.model = model;
    getStyleClass().add("preview");
    paper.getStyleClass().add("paper");
    paper.setMaxSize(USE_PREF_SIZE, USE_PREF_SIZE);
    table.getStyleClass().add("table-top");
    picture.setPreserveRatio(true);
    picture.setSmooth(true);
    picture.setAccessibleText(text("preview.picture"));
    scroll.setPannable(true);
    scroll.setFitToWidth(true);
    scroll.setFitToHeight(true);
    scroll.getStyleClass().addAll("preview-scroll", "edge-to-edge");
    scroll.viewportBoundsProperty().subscribe(bounds -> scale());
    scroll.addEventFilter(
        ScrollEvent.SCROLL,
        event -> {
          if (event.isShortcutDown() && event.getDeltaY() != 0) {
            magnify(now -> event.getDeltaY() > 0 ? now * STEP : now / STEP);
            event.consume();
          }
        });

    StackPane middle = new StackPane(scroll, invitation());
    middle.setMinHeight(0);
    setCenter(middle);
    setBottom(tools());
    model.preview().subscribe(preview -> turnTo(0));
    scroll.visibleProperty().bind(model.preview().isNotNull());
  }

  private VBox invitation() {
    Button open = new Button(text("workspace.open"));
    open.setId("open-here");
    open.getStyleClass().add("accent");
    open.setOnAction(e -> model.open());
    Button samples = new Button(text("workspace.samples"));
    samples.setId("samples-here");
    samples.setOnAction(e -> model.readSamples());
    FlowPane buttons = new FlowPane(open, samples);
    buttons.getChildren().forEach(button -> ((Button) button).setMinWidth(USE_PREF_SIZE));
    buttons.getStyleClass().add("buttons");
    VBox invitation =
        new VBox(
            new Icon(Material2OutlinedAL.DESCRIPTION),
            Labels.wrapped(text("workspace.invitation"), "invitation-title"),
            Labels.wrapped(text("workspace.invitation.more"), "muted"),
            buttons);
    invitation.getStyleClass().add("invitation");
    invitation.visibleProperty().bind(model.selected().isNull());
    invitation.managedProperty().bind(invitation.visibleProperty());
    return invitation;
  }

  private FlowPane tools() {
    Button smaller = tool("zoom-out", Material2MZ.ZOOM_OUT, () -> magnify(now -> now / STEP));
    Button larger = tool("zoom-in", Material2MZ.ZOOM_IN, () -> magnify(now -> now * STEP));
    Button fit = new Button(text("preview.fit"));
    fit.setId("zoom-fit");
    fit.setOnAction(e -> {
      zoom = 0;
      scale();
    });
    Button back = tool("page-back", Material2AL.CHEVRON_LEFT, () -> turnTo(page.get() - 1));
    Button forth = tool("page-forth", Material2AL.CHEVRON_RIGHT, () -> turnTo(page.get() + 1));
    Label where = new Label();
    where
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> text("preview.page", page.get() + 1, pages()), page, model.preview()));
    back.disableProperty().bind(page.lessThan(1));
    forth
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(() -> page.get() + 1 >= pages(), page, model.preview()));
    HBox turning = new HBox(back, where, forth);
    turning.getStyleClass().add("tools");
    turning
        .visibleProperty()
        .bind(Bindings.createBooleanBinding(() -> pages() > 1, model.preview()));
    turning.managedProperty().bind(turning.visibleProperty());
    FlowPane tools = new FlowPane(smaller, fit, larger, turning, size);
    tools.getStyleClass().addAll("tools", "preview-tools");
    tools.visibleProperty().bind(model.preview().isNotNull());
    return tools;
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

  private int pages() {
    return model.preview().get() == null ? 0 : model.preview().get().pages().size();
  }

  private void turnTo(int number) {
    Preview preview = model.preview().get();
    page.set(number);
    picture.setImage(preview == null ? null : preview.pages().get(number));
    zoom = 0;
    scale();
  }

  private void magnify(DoubleUnaryOperator change) {
    double now = zoom == 0 ? fitting() : zoom;
    zoom = Math.clamp(change.applyAsDouble(now), SMALLEST, LARGEST);
    scale();
  }

  /** The factor at which the whole page is seen. */
  private double fitting() {
    Image image = picture.getImage();
    Insets insets = table.getInsets();
    return Math.clamp(
        Math.min(
            (scroll.getViewportBounds().getWidth() - insets.getLeft() - insets.getRight() - SLACK)
                / image.getWidth(),
            (scroll.getViewportBounds().getHeight() - insets.getTop() - insets.getBottom() - SLACK)
                / image.getHeight()),
        SMALLEST,
        LARGEST_FIT);
  }

  private void scale() {
    Image image = picture.getImage();
    if (image == null) {
      return;
    }
    double factor = zoom == 0 ? fitting() : zoom;
    picture.setFitWidth(image.getWidth() * factor);
    size.setText(text("preview.size", (int) image.getWidth(), (int) image.getHeight(), factor));
  }
}
