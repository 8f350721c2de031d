package org.invoicelens.ui.models;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModel.State;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.ShareBar;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.FailurePane;
import org.invoicelens.ui.models.ModelItem.Notice;
import org.invoicelens.ui.text.Amounts;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2OutlinedAL;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/** One model: what is here of it, and buttons for what can be done with it. */
final class ModelCard extends VBox {

  private final ModelsViewModel models;
  private final ModelItem item;
  private final VBox head = new VBox();
  private final FlowPane buttons = new FlowPane();

  /**
   * @param log where the log lies
   */
  ModelCard(ModelsViewModel models, ModelItem item, Desktop desktop, Path log) {
    this.models = models;
    this.item = item;
    setId("installed-" + item.model().get().name());
    getStyleClass().addAll("card", "model");
    head.getStyleClass().add("model-head");
    buttons.getStyleClass().add("buttons");
    FailurePane failure =
        new FailurePane(item.failure(), item.retryText(), item::retry, desktop, log);
    failure.getStyleClass().remove("card");
    failure.getStyleClass().add("model-failure");
    getChildren().addAll(head, notice(), failure, progress(), buttons);
    buttons.disableProperty().bind(item.busy());
    item.model().subscribe(this::show);
    item.inUse().subscribe(inUse -> show(item.model().get()));
    item.updateOffered().subscribe(offered -> show(item.model().get()));
  }

  private void show(InstalledModel model) {
    Node focused = getScene() == null ? null : getScene().getFocusOwner();
    String hadFocus =
        focused != null && buttons.getChildren().contains(focused) ? focused.getId() : "";
    head.getChildren().setAll(title(model), words(model));
    if (!model.commit().isEmpty() || model.start().isPresent()) {
      head.getChildren().add(facts(model));
    }
    if (model.sizes().total() > 0) {
      head.getChildren().add(new SizeBar(model.sizes()));
    }
    showButtons(model);
    // The button that was pressed is another one now.
    buttons.getChildren().stream()
        .filter(button -> button.getId().equals(hadFocus))
        .findFirst()
        .ifPresent(Node::requestFocus);
  }

  private Node title(InstalledModel model) {
    Label name = Labels.name(model.name(), "choice-name");
    HBox title =
        new HBox(
            new MarkIcon(mark(model.state())),
            name,
            Labels.tag(text("models.state." + model.state()), style(model.state())));
    if (item.inUse().get()) {
      title.getChildren().add(Labels.tag(text("models.inUse"), "accent"));
    }
    title.getStyleClass().add("choice-head");
    return title;
  }

  private static Mark mark(State state) {
    return switch (state) {
      case READY -> Mark.GOOD;
      case UNVERIFIED, CHANGED, FOLDER_MISSING -> Mark.REMARK;
      case PARTLY -> Mark.PAUSED;
      case NOT_INSTALLED, ON_SERVER -> Mark.WAITING;
      case CONFIGURATION_BROKEN -> Mark.FAILED;
    };
  }

  private static String style(State state) {
    return switch (mark(state)) {
      case GOOD -> "good";
      case REMARK, FAILED -> "attention";
      default -> "plain";
    };
  }

  private Label words(InstalledModel model) {
    String words =
        switch (model.state()) {
          case PARTLY -> {
            long here = model.sizes().files() + model.sizes().partial();
            yield model.sizes().whole() > here
                ? text("models.about.PARTLY", Amounts.bytesOf(here, model.sizes().whole()))
                : text("models.about.PARTLY.unknown", Amounts.bytes(here));
          }
          case ON_SERVER -> {
            RemoteServer server = model.config().orElseThrow().server().orElseThrow();
            yield text("models.about.ON_SERVER", server.model(), server.address());
          }
          case FOLDER_MISSING ->
              text("models.about.FOLDER_MISSING", model.folder().map(Path::toString).orElse(""));
          case CONFIGURATION_BROKEN ->
              model.fault().map(fault -> fault.problem().text()).orElse("");
          case NOT_INSTALLED ->
              model.sizes().whole() > 0
                  ? text("models.about.NOT_INSTALLED", Amounts.bytes(model.sizes().whole()))
                  : text("models.about.NOT_INSTALLED.unknown");
          case READY, UNVERIFIED, CHANGED ->
              model.config().isPresent()
                  ? text("models.about." + model.state())
                  : text("models.about.unconfigured");
        };
    return Labels.wrapped(words, "muted");
  }

  private static Node facts(InstalledModel model) {
    FlowPane facts = new FlowPane();
    facts.getStyleClass().add("model-facts");
    fact(facts, "repository", Optional.of(Labels.name(model.repository())));
    if (!model.commit().isEmpty()) {
      Label version = Labels.plain(ModelsViewModel.shortCommit(model.commit()), "raw");
      version.setTooltip(new Tooltip(model.commit()));
      version.setAccessibleText(model.commit());
      fact(facts, "version", Optional.of(version));
    }
    fact(facts, "downloaded", model.history().downloaded().map(Amounts::moment).map(Labels::plain));
    fact(facts, "verified", model.history().verified().map(Amounts::moment).map(Labels::plain));
    fact(facts, "used", model.history().used().map(Amounts::moment).map(Labels::plain));
    fact(
        facts,
        "start",
        model
            .start()
            .map(start ->
                text(
                    start.device().startsWith("cpu") ? "models.start.cpu" : "models.start.gpu",
                    start.precision().title()))
            .map(Labels::plain));
    return facts;
  }

  private static void fact(FlowPane facts, String id, Optional<Label> value) {
    value.ifPresent(label -> {
      Label name = Labels.plain(text("models.fact." + id), "muted", "small");
      facts.getChildren().add(new VBox(name, label));
    });
  }

  private Node notice() {
    HBox row = new HBox();
    row.getStyleClass().add("model-notice");
    row.setId("notice-" + item.model().get().name());
    Shown.when(item.notice().map(notice -> true).orElse(false), row);
    item.notice()
        .subscribe((Notice notice) -> {
          if (notice != null) {
            Label words = Labels.wrapped(notice.words());
            HBox.setHgrow(words, Priority.ALWAYS);
            row.getChildren().setAll(new MarkIcon(notice.mark()), words);
          }
        });
    return row;
  }

  private Node progress() {
    ShareBar bar = new ShareBar(item.model().get().name(), item.fraction());
    HBox.setHgrow(bar, Priority.ALWAYS);
    Button stop = new Button(text("models.stop"));
    stop.setId("stop-" + item.model().get().name());
    stop.setMinWidth(Region.USE_PREF_SIZE);
    stop.setOnAction(e -> item.stop());
    Label amount = Labels.bound(item.amount(), "muted", "small");
    amount.setMinWidth(Region.USE_PREF_SIZE);
    HBox row = new HBox(bar, amount, stop);
    row.getStyleClass().add("file");
    Label pace = Labels.bound(item.pace(), "muted", "small");
    Shown.when(item.pace().isNotEmpty(), pace);
    VBox progress = new VBox(Labels.wrapped(item.doing()), row, pace);
    Shown.when(item.busy(), progress);
    return progress;
  }

  private void showButtons(InstalledModel model) {
    buttons.getChildren().clear();
    if (item.isUsable() && !item.inUse().get()) {
      boolean here = model.state() == State.READY || model.state() == State.ON_SERVER;
      button(
          "use",
          here ? "models.use" : "models.setUp",
          here ? Material2OutlinedMZ.PLAY_ARROW : Material2OutlinedAL.ARROW_FORWARD,
          () -> models.use(item));
    }
    if (item.isVerifiable()) {
      button(
          "verify", "models.verify", Material2OutlinedMZ.VERIFIED_USER, () -> models.verify(item));
    }
    if (item.updateOffered().get()) {
      button("update", "models.update", Material2OutlinedAL.GET_APP, () -> models.update(item));
    } else if (item.isUpdatable()) {
      button("look", "models.look", Material2OutlinedMZ.UPDATE, () -> models.lookForUpdate(item));
    }
    if (item.canGoBack()) {
      button("back", "models.back", Material2OutlinedMZ.UNDO, () -> models.back(item));
    }
    if (model.sizes().spare() > 0) {
      button(
          "free",
          "models.free",
          Material2OutlinedAL.CLEANING_SERVICES,
          () -> models.freeSpace(item));
    }
    if (model.sizes().total() > 0) {
      button(
          "folder",
          "models.folder",
          Material2OutlinedAL.FOLDER_OPEN,
          () -> models.openFolder(item));
    }
    if (item.isMovable()) {
      button("move", "models.move", Material2OutlinedMZ.SWAP_HORIZ, () -> models.move(item));
    }
    if (item.isFindable()) {
      button("find", "models.find", Material2OutlinedMZ.SEARCH, () -> models.find(item));
    }
    if (item.isRemovable()) {
      button("remove", "models.remove", Material2OutlinedAL.DELETE, () -> models.remove(item));
    }
    buttons.setVisible(!buttons.getChildren().isEmpty());
    buttons.setManaged(!buttons.getChildren().isEmpty());
  }

  private void button(String id, String key, Ikon icon, Runnable action) {
    Button button = new Button(text(key), new Icon(icon));
    button.setId(id + "-" + item.model().get().name());
    button.setTooltip(new Tooltip(text(key + ".tip")));
    button.setOnAction(e -> action.run());
    if (id.equals("update")) {
      button.getStyleClass().add("accent");
    }
    buttons.getChildren().add(button);
  }
}
