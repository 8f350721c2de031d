package org.invoicelens.ui.shell;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.value.ObservableValue;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.setup.ConfigOverrides;
import org.invoicelens.setup.SetupState;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.download.DownloadViewModel;
import org.invoicelens.ui.hardware.HardwareViewModel;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.pipeline.Recalled;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.start.StartViewModel;
import org.invoicelens.ui.step.Elsewhere;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.verification.VerificationViewModel;
import org.invoicelens.ui.welcome.WelcomeViewModel;
import org.invoicelens.ui.workspace.WorkspaceViewModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way through the steps, what is remembered of it, and the end of it all. For the UI thread
 * only.
 */
public final class WizardViewModel {

  private static final Logger log = LoggerFactory.getLogger(WizardViewModel.class);

  private final Stages stages;
  private final SetupSession session;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final SetupMemory memory;
  private final WelcomeViewModel welcome;
  private final HardwareViewModel hardware;
  private final DownloadViewModel download;
  private final VerificationViewModel verification;
  private final StartViewModel start;
  private final WorkspaceViewModel workspace;
  private final Navigation navigation;
  private final List<StepViewModel> steps;
  private Predicate<ModelConfig> held = config -> false;
  private final ReadOnlyObjectWrapper<StepViewModel> current = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper closing = new ReadOnlyBooleanWrapper();

  public WizardViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      WorkspaceViewModel workspace,
      SettingsViewModel settings,
      Navigation navigation) {
    this.stages = stages;
    this.session = session;
    this.runner = runner;
    this.desktop = desktop;
    this.memory = new SetupMemory(stages, runner);
    this.workspace = workspace;
    this.navigation = navigation;
    welcome = new WelcomeViewModel(stages, session, runner);
    hardware = new HardwareViewModel(stages, session, runner, desktop, settings);
    download = new DownloadViewModel(stages, session, runner, desktop, settings, System::nanoTime);
    verification = new VerificationViewModel(stages, session, runner);
    start = new StartViewModel(stages, session, runner, System::nanoTime);
    steps = List.of(welcome, hardware, download, verification, start);

    welcome.whenFinished(this::chosen);
    hardware.whenFinished(this::hardwareChecked);
    download.whenFinished(() -> {
      remember(state -> state.reached(Stage.DOWNLOAD));
      show(verification);
    });
    download.whenAbandoned(() -> show(hardware));
    verification.whenFinished(() -> {
      remember(state -> state.reached(Stage.VERIFICATION).verifiedAt(Instant.now()));
      show(start);
    });
    start.whenFinished(this::returnToWorkspace);
    for (StepViewModel step : steps) {
      step.leadTo(Elsewhere.ANOTHER_MODEL, () -> show(welcome));
      step.leadTo(Elsewhere.ANOTHER_PRECISION, () -> show(hardware));
      step.leadTo(Elsewhere.SERVER, () -> show(hardware));
      step.leadTo(Elsewhere.NETWORK, () -> navigation.open(Place.NETWORK));
      step.leadTo(Elsewhere.ACCESS_TOKEN, () -> navigation.open(Place.NETWORK));
    }
    session.model().subscribe(this::modelChanged);
    session
        .config()
        .subscribe((before, now) -> {
          if (before != null) {
            workspace.stop();
            welcome.served(now.source(), now.server());
            steps
                .subList(steps.indexOf(firstAffected(before, now)), steps.size())
                .forEach(StepViewModel::reset);
          }
        });
  }

  public WelcomeViewModel welcome() {
    return welcome;
  }

  public HardwareViewModel hardware() {
    return hardware;
  }

  public DownloadViewModel download() {
    return download;
  }

  public VerificationViewModel verification() {
    return verification;
  }

  public StartViewModel start() {
    return start;
  }

  /** The steps in order. */
  public List<StepViewModel> steps() {
    return steps;
  }

  /** The step on screen; null until it is known where to go on. */
  public ReadOnlyObjectProperty<StepViewModel> current() {
    return current.getReadOnlyProperty();
  }

  /** Where in the window the user is. */
  public Navigation navigation() {
    return navigation;
  }

  /** Whether the window closes as soon as all work has stopped. */
  public ReadOnlyBooleanProperty closing() {
    return closing.getReadOnlyProperty();
  }

  /** Goes where the user was when the program was last closed. */
  public void begin() {
    runner.start(
        (listener, cancellation) -> stages.recall(),
        recalled -> goOn(recalled),
        thrown -> {
          log.error("What was set up before cannot be found out", thrown);
          show(welcome);
        });
  }

  private void goOn(Optional<Recalled> recalled) {
    if (recalled.isEmpty()) {
      show(welcome);
      return;
    }
    ModelConfig config = recalled.get().config();
    welcome.restore(config);
    if (config.isRemote()) {
      if (recalled.get().reached() == Stage.OPTIMIZATION) {
        hardware.restoreDone();
        start.setStraightOn(true);
        connect();
      } else {
        show(hardware);
      }
    } else if (recalled.get().verified().isPresent()) {
      hardware.restoreDone();
      download.restoreDone();
      verification.restore(recalled.get().verified().get());
      start.setStraightOn(recalled.get().reached() == Stage.OPTIMIZATION);
      show(start);
    } else if (recalled.get().reached().compareTo(Stage.HARDWARE) >= 0) {
      hardware.restoreDone();
      download.restorePaused();
      show(download);
    } else {
      show(hardware);
    }
  }

  /** Does what the current step's button for going on says. */
  public void next() {
    current.get().next();
  }

  /** The step before the current one; its result stays as it is. */
  public void back() {
    boolean straight = current.get() == start && session.config().get().isRemote();
    show(straight ? hardware : steps.get(steps.indexOf(current.get()) - 1));
  }

  /** What becomes of invoices, in a sentence. */
  public ObservableValue<String> promise() {
    return session
        .config()
        .map(config ->
            config
                .server()
                .map(server -> text("rail.server", server.host()))
                .orElseGet(() -> text("rail.private")))
        .orElse(text("rail.private"));
  }

  /** Opens the wizard from the workspace, for another model. */
  public void setUpAnother() {
    navigation.open(Place.SETUP);
    show(welcome);
  }

  /** Whether a step is at work. */
  public boolean isBusy() {
    return steps.stream().anyMatch(step -> step.busy().get());
  }

  /**
   * Goes on with a model where its setup had come to: to its start, where its files are verified.
   */
  public void use(ModelConfig config) {
    if (isBusy()) {
      navigation.open(Place.SETUP);
      desktop.tell(text("models.busy"));
      return;
    }
    runner.start(
        (listener, cancellation) -> stages.recall(config),
        recalled -> {
          beginAnew();
          navigation.open(Place.SETUP);
          goOn(Optional.of(recalled));
          remember(state -> state.reached(recalled.reached()));
        },
        thrown -> {
          log.error("What was set up of {} cannot be found out", config.name(), thrown);
          setUpAnother();
        });
  }

  /**
   * Takes the model out of memory, because its files are to change.
   *
   * @param released called when nothing holds them any more
   */
  public void release(Runnable released) {
    beginAnew();
    memory.keep(SetupState.chosen(session.config().get().source()));
    navigation.goBackTo(Place.SETUP);
    current.set(welcome);
    welcome.enter();
    runner.whenIdle(released);
  }

  /**
   * Takes note that the files of a model lie in another folder now.
   *
   * @param source the model's configuration
   */
  public void moved(Path source, Path folder) {
    welcome.moved(source, folder);
    ModelConfig config = session.config().get();
    if (config != null && config.source().equals(source)) {
      session.config().set(config.withModelPath(folder));
    }
  }

  private void beginAnew() {
    workspace.stop();
    steps.subList(steps.indexOf(hardware), steps.size()).forEach(StepViewModel::reset);
  }

  /** Back to the workspace, while its model is still there. */
  public void returnToWorkspace() {
    navigation.open(Place.WORKSPACE);
  }

  /** Says with which models something is done elsewhere, so that their setup has to wait. */
  public void holdBack(Predicate<ModelConfig> models) {
    held = models;
  }

  private void chosen() {
    if (held.test(session.config().get())) {
      desktop.tell(text("models.held", session.config().get().name()));
      return;
    }
    remember(state -> state);
    show(hardware);
  }

  /** The first step whose result another configuration leaves behind. */
  private StepViewModel firstAffected(ModelConfig before, ModelConfig now) {
    if (!before.source().equals(now.source()) || !before.server().equals(now.server())) {
      return hardware;
    }
    return before.modelPath().equals(now.modelPath()) ? start : download;
  }

  /** Takes over how the model is to be loaded, and goes on with what is not done yet. */
  private void hardwareChecked() {
    hardware
        .departure()
        .ifPresent(estimate -> {
          ModelConfig config = session.config().get();
          String device = config.loading().deviceMap();
          String wanted = estimate.onGpu() ? (device.equals("cpu") ? "auto" : device) : "cpu";
          session
              .config()
              .set(
                  ConfigOverrides.ofLoading(Optional.of(estimate.precision()), Optional.of(wanted))
                      .applyTo(config));
        });
    boolean verified = session.verification().get() != null;
    remember(state -> {
      SetupState checked =
          verified
              ? state.reached(Stage.VERIFICATION).verifiedAt(Instant.now())
              : state.reached(Stage.HARDWARE);
      ModelConfig config = session.config().get();
      return hardware.departure().isPresent()
          ? checked.loadedAs(config.quantization().preferred(), config.loading().deviceMap())
          : checked;
    });
    if (session.config().get().isRemote()) {
      connect();
    } else {
      show(verified ? start : download);
    }
  }

  /** A server has the files, so that nothing is to be fetched or verified here. */
  private void connect() {
    download.setNotNeeded();
    verification.setNotNeeded();
    show(start);
  }

  private void show(StepViewModel step) {
    current.set(step);
    step.enter();
  }

  private void modelChanged(ReadyModel before, ReadyModel now) {
    if (before != null) {
      free(before);
    }
    if (now != null) {
      remember(state -> started(state.reached(Stage.OPTIMIZATION), now.facts()));
    }
  }

  private static SetupState started(SetupState state, EngineFacts facts) {
    return switch (facts) {
      case OptimizedModel model -> {
        // Over which of several cards it is spread is decided anew by what is free then.
        String device = model.device().contains(",") ? "auto" : model.device();
        yield state.verifiedAt(Instant.now()).loadedAs(model.dtype(), device);
      }
      case RemoteModel model -> state;
    };
  }

  private void remember(UnaryOperator<SetupState> change) {
    memory.keep(change.apply(SetupState.chosen(session.config().get().source())));
  }

  /**
   * The user wants to close the window: asks where work runs, stops it, and frees the model.
   *
   * @param close closes the window; called when nothing runs any more
   */
  public void requestClose(Runnable close) {
    if (closing.get()) {
      return;
    }
    boolean working = isBusy() || hardware.graphics().isWorking();
    boolean reading = workspace.reading().get();
    if ((working || reading)
        && desktop.ask(
                new Question(
                    text("close.question"),
                    text(working ? "close.text.setup" : "close.text.reading"),
                    List.of(text("close.close"), text("close.stay"))))
            != 0) {
      return;
    }
    closing.set(true);
    steps.forEach(StepViewModel::stop);
    hardware.graphics().pause();
    workspace.leave();
    runner.whenIdle(() -> {
      session.model().set(null);
      runner.whenIdle(close);
    });
  }

  private void free(ReadyModel model) {
    runner.start(
        (listener, cancellation) -> {
          model.close();
          return model;
        },
        closed -> log.info("The model is closed"),
        thrown -> log.error("The model could not be closed", thrown));
  }
}
