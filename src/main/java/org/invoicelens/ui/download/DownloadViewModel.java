package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javafx.beans.binding.Bindings;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.SourceUse;
import org.invoicelens.download.TransferRate;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.Elsewhere;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepAction;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The download: how far it is, how fast, and how it is paused, resumed and given up. */
public final class DownloadViewModel extends StepViewModel {

  private static final Logger log = LoggerFactory.getLogger(DownloadViewModel.class);

  /** With so many points the chart shows the last two minutes. */
  private static final int CHART_POINTS = 240;

  /** After so many points the place is measured again, which is every ten seconds. */
  private static final int MEASURE_EVERY = 20;

  private static final long CHART_SPACING = Duration.ofMillis(500).toNanos();

  private final Stages stages;
  private final SetupSession session;
  private final Desktop desktop;
  private final SettingsViewModel settings;
  private final LimitViewModel limit;
  private final WorkRunner runner;
  private final LongSupplier nanoTime;
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper percent = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper bytes = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper pace = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper servers = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<ModelPlace> place = new ReadOnlyObjectWrapper<>();
  private Optional<Path> importFrom = Optional.empty();
  private final FileList files = new FileList();
  private final ObservableList<Double> rates = FXCollections.observableArrayList();
  private TransferRate rate;
  private long chartedAt;
  private int sinceMeasured;
  private final BooleanProperty moving = new SimpleBooleanProperty();

  /** Where the files were to go when their move failed; trying again means that. */
  private Optional<Path> unmoved = Optional.empty();

  private boolean leaving;
  private boolean discarding;
  private Runnable abandoned = () -> {};

  /**
   * @param nanoTime a clock that only goes forward, in nanoseconds
   */
  public DownloadViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      SettingsViewModel settings,
      LongSupplier nanoTime) {
    super("download", runner);
    this.runner = runner;
    this.settings = settings;
    this.limit = new LimitViewModel(stages.rateLimit(), settings);
    this.stages = stages;
    this.session = session;
    this.desktop = desktop;
    this.nanoTime = nanoTime;
    this.rate = new TransferRate(nanoTime);
    setNext(text("download.next"), false);
  }

  /** The share done, 0 to 1; below 0 where not known yet. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty percent() {
    return percent.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty bytes() {
    return bytes.getReadOnlyProperty();
  }

  /** Rate and time left. */
  public ReadOnlyStringProperty pace() {
    return pace.getReadOnlyProperty();
  }

  /** How much came from which server, when all is here; empty where there was only one. */
  public ReadOnlyStringProperty servers() {
    return servers.getReadOnlyProperty();
  }

  /** Where the files go; null until it was measured. */
  public ReadOnlyObjectProperty<ModelPlace> place() {
    return place.getReadOnlyProperty();
  }

  /** How much room there is and how much the download leaves; empty where that is not known. */
  public ObservableValue<String> room() {
    return place.map(DownloadViewModel::roomWords).orElse("");
  }

  /** The highest rate. */
  public LimitViewModel limit() {
    return limit;
  }

  public FileList files() {
    return files;
  }

  /** The rates of the last minutes, oldest first, in bytes a second. */
  public ObservableList<Double> rates() {
    return rates;
  }

  /** What is to happen when the user gives the download up. */
  public void whenAbandoned(Runnable action) {
    abandoned = action;
  }

  @Override
  public void enter() {
    if (state().get() == StepState.WAITING) {
      download();
    }
  }

  @Override
  public void retry() {
    unmoved.ifPresentOrElse(this::moveTo, this::download);
  }

  private void download() {
    unmoved = Optional.empty();
    ModelConfig config = session.config().get();
    HardwareStatus hardware = session.hardware().get();
    leaving = false;
    rate = new TransferRate(nanoTime);
    servers.set("");
    measure();
    Optional<Path> from = importFrom;
    importFrom = Optional.empty();
    say(config.isBundled() ? "bundled" : "working", config.name());
    setFact(text("step.working"));
    setNext(text("download.next"), false);
    run(
        (listener, cancellation) ->
            stages.download(
                config,
                hardware == null ? stages.verifyHardware(config, listener, cancellation) : hardware,
                from,
                listener,
                cancellation),
        this::arrived);
  }

  private void arrived(DownloadResult result) {
    session.download().set(result);
    fraction.set(1);
    percent.set(Amounts.percent(1));
    bytes.set(Amounts.bytes(result.totalSize()));
    pace.set(cameFrom(result));
    servers.set(eachServer(result));
    measure();
    setFact(Amounts.bytes(result.totalSize()));
    say("done", session.config().get().name());
    setNext(text("download.next"), true);
    finish();
  }

  private static String cameFrom(DownloadResult result) {
    if (result.imported() == 0) {
      return result.transferred() == 0
          ? text("download.wasThere")
          : text("download.took", Amounts.seconds(result.downloadTime()));
    }
    String imported = Amounts.bytes(result.imported());
    return result.transferred() == 0
        ? text("download.imported", imported)
        : text("download.importedPart", imported, Amounts.bytes(result.transferred()));
  }

  private static String eachServer(DownloadResult result) {
    if (result.sources().size() < 2 || result.transferred() == 0) {
      return "";
    }
    List<String> each = new ArrayList<>();
    for (SourceUse use : result.sources()) {
      each.add(
          text(
              use.wrong() ? "download.server.wrong" : "download.server",
              use.name(),
              Amounts.bytes(use.received())));
    }
    return text("download.servers", String.join(", ", each));
  }

  @Override
  protected void progressed(Progress progress) {
    if (progress.stage() != Stage.DOWNLOAD || progress.unit() != Progress.Unit.BYTES) {
      return;
    }
    if (!progress.isWhole()) {
      files.update(progress.item(), progress.done(), progress.total());
      return;
    }
    fraction.set(progress.fraction());
    if (progress.total() == Progress.UNKNOWN) {
      return;
    }
    rate.record(progress.done());
    percent.set(Amounts.percent(progress.fraction()));
    bytes.set(Amounts.bytesOf(progress.done(), progress.total()));
    String left =
        rate.timeLeft(progress.total() - progress.done())
            .map(time -> text("download.left", Amounts.about(time)))
            .orElse("");
    pace.set(
        left.isEmpty()
            ? ""
            : text("download.pace", Amounts.bytes((long) rate.bytesPerSecond()), left));
    setFact(left.isEmpty() ? percent.get() : text("download.fact", percent.get(), left));
    chart();
  }

  private void chart() {
    long now = nanoTime.getAsLong();
    if (rates.isEmpty() || now - chartedAt >= CHART_SPACING) {
      chartedAt = now;
      if (++sinceMeasured >= MEASURE_EVERY) {
        measure();
      }
      rates.add(rate.bytesPerSecond());
      if (rates.size() > CHART_POINTS) {
        rates.removeFirst();
      }
    }
  }

  @Override
  protected void stopped() {
    if (moving.get()) {
      moving.set(false);
      unmoved = Optional.empty();
      restorePaused();
      return;
    }
    pace.set("");
    measure();
    setFact(percent.get().isEmpty() ? text("step.paused") : text("download.paused", percent.get()));
    waitForUser();
    if (leaving) {
      leave();
    }
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    pace.set("");
    measure();
    if (moving.get()) {
      moving.set(false);
      forgetProgress();
    }
  }

  @Override
  protected List<Remedy> remedies(Throwable thrown) {
    // The files of a bundled model come from no server and go into no other folder.
    if (!(thrown instanceof DownloadException failure) || session.config().get().isBundled()) {
      return List.of();
    }
    return switch (failure.reason()) {
      case OFFLINE, NO_CONNECTION ->
          List.of(
              remedy(Elsewhere.CONNECTION),
              remedy(Elsewhere.NETWORK),
              new Remedy("remedy-import", text("remedy.import"), this::importFolder));
      case UNTRUSTED_CERTIFICATE ->
          List.of(
              new Remedy("remedy-certificate", text("remedy.certificate"), this::trustAnother),
              remedy(Elsewhere.NETWORK));
      case PROXY, BAD_ANSWER, SERVER_ERROR, RATE_LIMITED, BAD_SETTING ->
          List.of(remedy(Elsewhere.NETWORK), remedy(Elsewhere.CONNECTION));
      case TOKEN_NEEDED, TOKEN_REFUSED -> List.of(remedy(Elsewhere.ACCESS_TOKEN), modelPage());
      case ACCESS_NOT_GRANTED -> List.of(modelPage(), remedy(Elsewhere.ACCESS_TOKEN));
      case REPOSITORY_NOT_FOUND, REVISION_NOT_FOUND ->
          List.of(modelPage(), remedy(Elsewhere.ANOTHER_MODEL));
      case IN_USE -> List.of();
      case DISK_FULL, NOT_WRITABLE ->
          List.of(new Remedy("remedy-folder", text("remedy.folder"), this::changeFolder));
      case WRONG_CHECKSUM ->
          List.of(
              new Remedy("remedy-import", text("remedy.import"), this::importFolder),
              new Remedy("remedy-folder", text("remedy.folder"), this::changeFolder));
      case UNSAFE_NAME, NOTHING_TO_DOWNLOAD -> List.of(remedy(Elsewhere.ANOTHER_MODEL));
    };
  }

  /** Takes a company's own certificate and tries again with it. */
  private void trustAnother() {
    desktop
        .chooseFile(text("network.caFile.choose"), List.of("pem", "crt", "cer"))
        .ifPresent(file -> {
          settings.changeNetwork(network -> network.withCaFile(Optional.of(file)));
          download();
        });
  }

  private Remedy modelPage() {
    ModelConfig config = session.config().get();
    return new Remedy(
        "remedy-model-page",
        text("remedy.model-page"),
        () -> desktop.browse(URI.create(config.endpoint() + "/" + config.repoId())));
  }

  private ObservableValue<Boolean> cancellable() {
    return Bindings.createBooleanBinding(
        () ->
            !moving.get()
                && (state().get() == StepState.WORKING || state().get() == StepState.PAUSED),
        state(),
        moving);
  }

  /** Asks what is to become of the part that is there, and goes back. */
  private void cancel() {
    int answer =
        desktop.ask(
            new Question(
                text("download.giveUp.question"),
                text("download.giveUp.text"),
                List.of(
                    text("download.giveUp.keep"),
                    text("download.giveUp.delete"),
                    text("download.giveUp.continue"))));
    if (answer == 2) {
      return;
    }
    discarding = answer == 1;
    if (busy().get()) {
      leaving = true;
      stop();
    } else {
      leave();
    }
  }

  private void leave() {
    leaving = false;
    abandoned.run();
    if (discarding) {
      discard();
    }
  }

  private void discard() {
    ModelConfig config = session.config().get();
    run(
        (listener, cancellation) -> {
          stages.discardDownload(config);
          return config;
        },
        removed -> {
          reset();
          desktop.tell(text("download.discarded"));
        });
  }

  /** Waits at a download that was begun before the window was last closed. */
  public void restorePaused() {
    forgetProgress();
    setState(StepState.PAUSED);
    setFact(text("step.paused"));
    measure();
    waitForUser();
  }

  /** Counts as passed, because the files were verified before the window was last closed. */
  public void restoreDone() {
    setState(StepState.DONE);
    setFact(text("step.done"));
    measure();
    say("done", session.config().get().name());
    setNext(text("download.next"), true);
  }

  @Override
  public void reset() {
    super.reset();
    session.download().set(null);
    unmoved = Optional.empty();
    forgetProgress();
    setNext(text("download.next"), false);
  }

  /** Files and figures of another folder say nothing about this one. */
  private void forgetProgress() {
    files.clear();
    rates.clear();
    rate = new TransferRate(nanoTime);
    fraction.set(-1);
    percent.set("");
    bytes.set("");
    pace.set("");
    servers.set("");
  }

  @Override
  public List<StepAction> actions() {
    return List.of(
        new StepAction("pause", text("download.pause"), busy(), this::stop),
        new StepAction("cancel", text("download.cancel"), cancellable(), this::cancel));
  }

  private void measure() {
    ModelConfig config = session.config().get();
    sinceMeasured = 0;
    // What was measured of the same folder stands until it is measured anew.
    if (place.get() != null && !place.get().folder().equals(config.modelPath())) {
      place.set(null);
    }
    runner.start(
        (listener, cancellation) -> stages.place(config),
        measured -> {
          if (measured.folder().equals(session.config().get().modelPath())) {
            place.set(measured);
          }
        },
        thrown -> {
          log.warn("The place of {} cannot be measured", config.name(), thrown);
        });
  }

  private static String roomWords(ModelPlace place) {
    if (place.free() < 0) {
      return text("download.room.unknown");
    }
    String free = Amounts.bytes(place.free());
    if (place.missing() <= 0) {
      return text("download.room", free);
    }
    return place.remaining() < 0
        ? text("download.room.tooSmall", free, Amounts.bytes(place.missing()))
        : text(
            "download.room.leaves",
            free,
            Amounts.bytes(place.missing()),
            Amounts.bytes(place.remaining()));
  }

  /** Whether the files can go elsewhere now. */
  public ObservableValue<Boolean> canChangeFolder() {
    return Bindings.createBooleanBinding(
        () -> !busy().get() && place.get() != null && !session.config().get().isBundled(),
        busy(),
        place);
  }

  /** Shows the folder in the desktop's own program. */
  public void showFolder() {
    Path path = session.config().get().modelPath();
    desktop.show(Files.isDirectory(path) ? path : path.getParent());
  }

  /** Lets the user choose another folder, and asks what is to become of what is here already. */
  public void changeFolder() {
    ModelConfig config = session.config().get();
    desktop
        .chooseFolder(text("download.folder.choose"), config.modelPath().getParent())
        .ifPresent(chosen ->
            inBackground(() -> stages.placeIn(config, chosen), there -> changeTo(config, there)));
  }

  private void changeTo(ModelConfig config, ModelPlace there) {
    long here = place.get() == null ? 0 : place.get().present();
    // The user may have gone on with the download while the other folder was looked at.
    if (busy().get()) {
      return;
    }
    if (there.folder().equals(config.modelPath())) {
      if (unmoved.isPresent()) {
        unmoved = Optional.empty();
        restorePaused();
      }
      return;
    }
    if (here == 0) {
      goOnIn(there.folder());
      return;
    }
    int answer =
        desktop.ask(
            new Question(
                text("download.move.question"),
                text("download.move.text", Amounts.bytes(here), config.modelPath()),
                List.of(
                    text("download.move.move"),
                    text("download.move.leave"),
                    text("download.move.stay"))));
    if (answer == 0) {
      moveTo(there.folder());
    } else if (answer == 1) {
      goOnIn(there.folder());
    }
  }

  private void moveTo(Path folder) {
    ModelConfig config = session.config().get();
    forgetProgress();
    moving.set(true);
    unmoved = Optional.of(folder);
    say("moving", config.name());
    run(
        (listener, cancellation) -> {
          stages.move(config, folder, listener, cancellation);
          return folder;
        },
        this::goOnIn);
  }

  /** The files go into another folder from now on; the download waits for the user. */
  private void goOnIn(Path folder) {
    moving.set(false);
    unmoved = Optional.empty();
    ModelConfig config = session.config().get();
    settings.changeModelFolder(config.name(), folder);
    session.config().set(config.withModelPath(folder));
    restorePaused();
    desktop.tell(text("download.folder.changed", folder));
  }

  /**
   * Lets the user choose a folder that holds the model's files already, and takes what is right.
   */
  public void importFolder() {
    desktop
        .chooseFolder(text("download.import.choose"), Path.of(System.getProperty("user.home", ".")))
        .ifPresent(chosen -> {
          importFrom = Optional.of(chosen);
          download();
        });
  }

  private <V> void inBackground(Callable<V> work, Consumer<V> whenDone) {
    runner.start(
        (listener, cancellation) -> work.call(),
        whenDone,
        thrown -> {
          log.warn("Asked for in the download", thrown);
          desktop.tell(Failure.of(thrown).problem().text());
        });
  }
}
