package org.invoicelens.ui;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.animation.PauseTransition;
import javafx.application.HostServices;
import javafx.application.Platform;
import javafx.geometry.Rectangle2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.image.Image;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Screen;
import javafx.stage.Stage;
import javafx.util.Duration;
import org.controlsfx.control.NotificationPane;
import org.controlsfx.control.action.Action;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hardware.DeviceMeter;
import org.invoicelens.invoice.ReadingHistory;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.Settings;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Page;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.FxDesktop;
import org.invoicelens.ui.graphics.GraphicsCard;
import org.invoicelens.ui.instance.Leaving;
import org.invoicelens.ui.instance.Restart;
import org.invoicelens.ui.models.ModelsView;
import org.invoicelens.ui.models.ModelsViewModel;
import org.invoicelens.ui.network.NetworkPane;
import org.invoicelens.ui.network.NetworkViewModel;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.settings.LooksPane;
import org.invoicelens.ui.settings.PlacesPane;
import org.invoicelens.ui.settings.PlacesViewModel;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.shell.WizardShell;
import org.invoicelens.ui.shell.WizardViewModel;
import org.invoicelens.ui.step.Elsewhere;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.TaskRunner;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.update.UpdatePane;
import org.invoicelens.ui.update.UpdateViewModel;
import org.invoicelens.ui.workspace.Surroundings;
import org.invoicelens.ui.workspace.WorkspaceView;
import org.invoicelens.ui.workspace.WorkspaceViewModel;
import org.invoicelens.update.Release;

/** The window with everything in it, put together by hand. */
public final class InvoiceLensWindow {

  /** Room for the frame that the desktop puts around a window, in pixels. */
  private static final double FRAME = 40;

  private static final Duration NOTICE = Duration.seconds(5);

  /** How long a notice stays for each of its letters, where that is longer. */
  private static final Duration LETTER = Duration.millis(60);

  /** How long corrections are gathered before they are written. */
  private static final java.time.Duration KEPT_AFTER = java.time.Duration.ofMillis(800);

  private final Stage stage;
  private final WorkRunner runner = new TaskRunner();
  private final SetupSession session = new SetupSession();
  private final Navigation navigation = new Navigation();
  private final NotificationPane notices = new NotificationPane();
  private final StackPane content = new StackPane();
  private final Map<Place, Supplier<Node>> ways = new EnumMap<>(Place.class);
  private final WizardViewModel wizard;
  private final WorkspaceViewModel workspace;
  private final UpdateViewModel updates;
  private final Desktop desktop;
  private final Restart restart;

  /**
   * @param folders where samples and log lie
   * @param settings what the user chose before
   * @param secrets what the user entered before
   * @param restart starts the program again
   * @param host opens folders and pages
   */
  public InvoiceLensWindow(
      Stage stage,
      ApplicationFolders folders,
      SettingsStore settings,
      SecretsFile secrets,
      Stages stages,
      Restart restart,
      HostServices host) {
    this(
        stage,
        folders,
        settings,
        secrets,
        stages,
        restart,
        notifier -> new FxDesktop(stage, host, notifier::tell));
  }

  /** Shows a sentence for a while. */
  @FunctionalInterface
  interface Notifier {
    void tell(String sentence);
  }

  InvoiceLensWindow(
      Stage stage,
      ApplicationFolders folders,
      SettingsStore settings,
      SecretsFile secrets,
      Stages stages,
      Restart restart,
      Function<Notifier, Desktop> desktopWith) {
    this.stage = stage;
    this.restart = restart;
    this.desktop = desktopWith.apply(this::tell);
    Path log = folders.logs().resolve("invoicelens.log");
    workspace =
        new WorkspaceViewModel(
            session,
            runner,
            desktop,
            new Surroundings(
                new SampleInvoices(folders),
                new ReadingHistory(folders.data().resolve("history")),
                new DeviceMeter()::read,
                CompletableFuture.delayedExecutor(
                    KEPT_AFTER.toMillis(), TimeUnit.MILLISECONDS, Platform::runLater)));
    SettingsViewModel choices = new SettingsViewModel(settings, runner);
    NetworkViewModel network =
        new NetworkViewModel(stages, session, runner, desktop, choices, secrets);
    wizard = new WizardViewModel(stages, session, runner, desktop, workspace, choices, navigation);
    wizard
        .download()
        .leadTo(
            Elsewhere.CONNECTION,
            () -> {
              navigation.open(Place.NETWORK);
              network.test();
            });

    updates = new UpdateViewModel(stages, runner, desktop, choices);
    updates.newer().subscribe(this::announce);
    PlacesViewModel places = new PlacesViewModel(folders, runner, desktop, navigation);
    ways.put(
        Place.SETUP,
        () -> new WizardShell(wizard, leaving(), desktop, log, session.model().isNotNull()));
    ways.put(
        Place.WORKSPACE,
        () -> new WorkspaceView(workspace, desktop, log, wizard::setUpAnother, navigation));
    ways.put(
        Place.SETTINGS,
        () ->
            new Page(
                "settings",
                navigation::back,
                new LooksPane(choices, leaving()),
                new NetworkPane(network),
                new UpdatePane(updates),
                new PlacesPane(places)));
    ways.put(Place.NETWORK, () -> new Page("network", navigation::back, new NetworkPane(network)));
    ways.put(Place.UPDATES, () -> new Page("updates", navigation::back, new UpdatePane(updates)));
    ModelsViewModel models =
        new ModelsViewModel(stages, session, runner, desktop, wizard, navigation, System::nanoTime);
    ways.put(
        Place.MODELS,
        () ->
            new Page(
                "models",
                navigation::back,
                new ModelsView(models, desktop, log),
                new GraphicsCard(wizard.hardware().graphics(), false, leaving(), desktop, log)));
    navigation
        .current()
        .subscribe(place -> {
          if (place == Place.MODELS) {
            wizard.hardware().graphics().refresh();
          }
        });
    navigation.current().subscribe(this::visit);
    wizard
        .closing()
        .subscribe(closing -> {
          if (closing) {
            content.getChildren().add(farewell());
          }
        });
    notices.setContent(content);
    notices.setShowFromTop(true);
    notices.setId("notices");

    Rectangle2D screen = Screen.getPrimary().getVisualBounds();
    Scene scene =
        new Scene(
            notices,
            Math.min(1100, screen.getWidth() - FRAME),
            Math.min(740, screen.getHeight() - FRAME));
    scene
        .getStylesheets()
        .addAll(
            Stream.of("controlsfx-bridge.css", "invoicelens.css")
                .map(name -> InvoiceLensWindow.class.getResource(name).toExternalForm())
                .toList());
    Appearance.follow(scene, choices.settings().map(Settings::looks));
    stage.setScene(scene);
    stage.setTitle(text("application.name"));
    stage.setMinWidth(Math.min(900, screen.getWidth()));
    stage.setMinHeight(Math.min(640, screen.getHeight()));
    for (int size : new int[] {16, 24, 32, 48, 64, 128, 256, 512}) {
      stage
          .getIcons()
          .add(
              new Image(
                  InvoiceLensWindow.class.getResource("icon-" + size + ".png").toExternalForm(),
                  true));
    }
    stage.setOnCloseRequest(request -> {
      request.consume();
      requestClose();
    });
  }

  private void requestClose() {
    wizard.requestClose(stage::close);
  }

  /** What a user does for whom something counts only after the next start. */
  private Leaving leaving() {
    return restart.isPossible()
        ? new Leaving(
            text("leave.restart"),
            () ->
                wizard.requestClose(() -> {
                  restart.want();
                  stage.close();
                }))
        : new Leaving(text("leave.close"), this::requestClose);
  }

  /** Builds a place when it is first visited, so that the window opens without the others. */
  private void visit(Place place) {
    Supplier<Node> way = ways.remove(place);
    if (way != null) {
      Node page = way.get();
      page.visibleProperty().bind(navigation.current().isEqualTo(place));
      content.getChildren().add(page);
    }
  }

  /** Shows the window and goes where the user was when it was last closed. */
  public void show() {
    stage.show();
    wizard.begin();
    updates.begin();
  }

  /**
   * Takes documents that were opened with the program, and comes to the front. They wait until a
   * model is ready.
   */
  void open(List<Path> documents) {
    stage.setIconified(false);
    stage.toFront();
    workspace.add(documents);
  }

  /** Says that something unforeseen went wrong; the details are in the log. */
  void tellUnexpected() {
    tell(text("failure.unexpected.notice"));
  }

  /** Says that a newer version exists, unless the user looks at that already. */
  private void announce(Release newer) {
    Place here = navigation.current().get();
    if (newer == null || here == Place.SETTINGS || here == Place.UPDATES) {
      return;
    }
    Action show =
        new Action(
            text("update.show"),
            e -> {
              notices.hide();
              navigation.open(Place.UPDATES);
            });
    notices.getActions().setAll(show);
    show(updates.verdict().get());
  }

  private void tell(String sentence) {
    notices.getActions().clear();
    show(sentence);
    PauseTransition pause = new PauseTransition(longer(NOTICE, LETTER.multiply(sentence.length())));
    pause.setOnFinished(e -> {
      if (sentence.equals(notices.getText())) {
        notices.hide();
      }
    });
    pause.play();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.greaterThan(other) ? one : other;
  }

  /** Shows a sentence in as many lines as it takes: by itself the bar would cut it after one. */
  private void show(String sentence) {
    notices.show(sentence);
    if (notices.lookup(".notification-bar > .pane") instanceof Region bar) {
      bar.applyCss();
      bar.setPrefHeight(Region.USE_COMPUTED_SIZE);
      bar.setPrefHeight(bar.prefHeight(notices.getWidth()));
    }
  }

  /** Covers the window while the last work comes to its end. */
  private VBox farewell() {
    Label words = Labels.wrapped(text("close.waiting"), "invitation-title");
    VBox cover = new VBox(new ProgressIndicator(), words);
    cover.getStyleClass().add("farewell");
    return cover;
  }
}
