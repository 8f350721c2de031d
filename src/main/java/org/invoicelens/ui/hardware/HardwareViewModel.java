package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.graphics.GraphicsViewModel;
import org.invoicelens.ui.graphics.GraphicsViewModel.Phase;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.server.ServerViewModel;
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

/** The check of this computer against the chosen model. */
public final class HardwareViewModel extends StepViewModel {

  private static final Logger log = LoggerFactory.getLogger(HardwareViewModel.class);

  private final Stages stages;
  private final SetupSession session;
  private final Desktop desktop;
  private final GraphicsViewModel graphics;
  private final ServerViewModel server;

  /** Whether the chosen model is to run on the graphics card as far as that can be. */
  private boolean wanted;

  private final ReadOnlyObjectWrapper<HardwareStatus> status = new ReadOnlyObjectWrapper<>();
  private final ObjectProperty<MemoryEstimate> choice = new SimpleObjectProperty<>();
  private final ReadOnlyStringWrapper choiceRemark = new ReadOnlyStringWrapper("");

  /**
   * @param settings where it is kept that a server reads
   */
  public HardwareViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      SettingsViewModel settings) {
    super("hardware", runner);
    this.stages = stages;
    this.session = session;
    this.desktop = desktop;
    this.graphics = new GraphicsViewModel(stages, runner, desktop, System::nanoTime);
    this.server = new ServerViewModel(stages, session, runner, desktop, settings);
    server.whenChosen(this::answeredBy);
    choice.subscribe(this::chosen);
    graphics.phase().subscribe(phase -> decided());
  }

  /** The library that lets a graphics card do the work. */
  public GraphicsViewModel graphics() {
    return graphics;
  }

  /** The server that can read where this computer is too small. */
  public ServerViewModel server() {
    return server;
  }

  private void answeredBy(Optional<RemoteServer> other) {
    ModelConfig config = session.config().get();
    session.config().set(config.withServer(other));
    retry();
  }

  /** What was found; also where it does not suffice. Null before the first check. */
  public ReadOnlyObjectProperty<HardwareStatus> status() {
    return status.getReadOnlyProperty();
  }

  /** The precision and the device to go on with; null where the model's size is not known. */
  public ObjectProperty<MemoryEstimate> choice() {
    return choice;
  }

  /** What speaks against the choice; empty where nothing does. */
  public ReadOnlyStringProperty choiceRemark() {
    return choiceRemark.getReadOnlyProperty();
  }

  /** What the user wants otherwise than recommended; empty where it is as recommended. */
  public Optional<MemoryEstimate> departure() {
    return Optional.ofNullable(choice.get())
        .filter(chosen -> status.get().recommendedEstimate().filter(chosen::equals).isEmpty());
  }

  private void chosen(MemoryEstimate estimate) {
    choiceRemark.set("");
    if (estimate == null) {
      return;
    }
    if (!estimate.fits()) {
      choiceRemark.set(text("memory.choice.tooLarge", estimate.precision().title()));
    } else if (!estimate.onGpu() && status.get().gpuAvailable()) {
      choiceRemark.set(text("memory.choice.slow"));
    } else if (estimate.onGpu() && isDeclined()) {
      choiceRemark.set(text("memory.choice.noSupport"));
    }
    if (nextReady().get()) {
      setNext(nextWords(), true);
    }
  }

  @Override
  public void enter() {
    if (status.get() == null) {
      retry();
    }
  }

  @Override
  public void retry() {
    ModelConfig config = session.config().get();
    session.hardware().set(null);
    say("");
    setFact(text("step.working"));
    setNext(nextWords(), false);
    run(
        (listener, cancellation) ->
            new Found(stages.verifyHardware(config, listener, cancellation), support()),
        this::passed);
  }

  /** What a check finds. */
  private record Found(HardwareStatus hardware, Optional<GraphicsSupport.State> support) {}

  /** The check of the computer does not fail for want of a description. */
  private Optional<GraphicsSupport.State> support() {
    try {
      return Optional.of(stages.graphics());
    } catch (StageException unknown) {
      log.warn("How the library for graphics cards stands is unknown", unknown);
      return Optional.empty();
    }
  }

  private void passed(Found all) {
    HardwareStatus found = all.hardware;
    status.set(found);
    session.hardware().set(found);
    long remarks =
        found.checks().stream().filter(check -> check.state() != Check.State.GOOD).count();
    setFact(text("hardware.fact", remarks));
    choice.set(found.recommendedEstimate().orElse(null));
    ModelConfig config = session.config().get();
    // A model that ships is small enough for the processor.
    wanted = found.gpuAvailable() && !config.isBundled() && !config.isRemote();
    all.support.ifPresent(now -> graphics.show(now, wanted, config.hardware().allowCpu()));
    boolean onCard = found.recommendedEstimate().filter(MemoryEstimate::onGpu).isPresent();
    server.offer(config.isRemote() || (!config.isBundled() && !onCard));
    decided();
  }

  /** Goes on only when it is decided what does the work, and says what that is. */
  private void decided() {
    if (state().get() != StepState.DONE
        || status.get() == null
        || session.hardware().get() == null) {
      return;
    }
    Optional<RemoteServer> remote = session.config().get().server();
    if (remote.isPresent()) {
      say("server", remote.get().host());
      setNext(nextWords(), true);
      return;
    }
    HardwareStatus found = status.get();
    String model = session.config().get().name();
    String precision = found.recommended().map(Precision::title).orElse("");
    if (isDeclined()) {
      say("declined", model);
      onProcessor().ifPresent(choice::set);
    } else if (isUndecided()) {
      say(graphics.isWorking() ? "fetching" : "undecided", model);
    } else {
      say(found.gpuAvailable() ? "gpu" : "cpu", model, precision);
      found.recommendedEstimate().ifPresent(choice::set);
    }
    setNext(nextWords(), !isUndecided());
  }

  private boolean isUndecided() {
    return wanted && !graphics.isDecided();
  }

  private boolean isDeclined() {
    return wanted && graphics.phase().get() == Phase.DECLINED;
  }

  /** The precision to use on the processor: the configured one first, then what fits. */
  private Optional<MemoryEstimate> onProcessor() {
    Precision preferred = session.config().get().quantization().preferred();
    List<MemoryEstimate> fitting =
        status.get().fits().stream().filter(fit -> !fit.onGpu() && fit.fits()).toList();
    return fitting.stream()
        .filter(fit -> fit.precision() == preferred)
        .findFirst()
        .or(() -> fitting.stream().findFirst());
  }

  @Override
  protected List<Remedy> remedies(Throwable thrown) {
    Remedy anotherModel = remedy(Elsewhere.ANOTHER_MODEL);
    return thrown instanceof HardwareException && !session.config().get().isBundled()
        ? List.of(
            new Remedy("remedy-company-server", text("remedy.company-server"), server::showIt),
            anotherModel)
        : List.of(anotherModel);
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    if (thrown instanceof HardwareException hardware) {
      status.set(hardware.status());
      choice.set(null);
      say("insufficient", session.config().get().name());
      server.offer(!session.config().get().isBundled());
    }
  }

  /** Going on downloads the model, or starts it where its files are here and verified. */
  private String nextWords() {
    ModelConfig config = session.config().get();
    if (config.isRemote()) {
      return text("hardware.next.server");
    }
    if (session.verification().get() != null) {
      return choice.get() == null
          ? text("verification.next")
          : text("hardware.next.start", choice.get().precision().title());
    }
    String key = config.isBundled() ? "hardware.next.bundled" : "hardware.next";
    return config
        .footprint()
        .map(footprint -> text(key + ".size", Amounts.bytes(footprint.downloadBytes())))
        .orElseGet(() -> text(key));
  }

  /** Counts as passed, because it was before the window was last closed. */
  public void restoreDone() {
    setState(StepState.DONE);
    setFact(text("step.done"));
  }

  @Override
  public void reset() {
    super.reset();
    status.set(null);
    choice.set(null);
    session.hardware().set(null);
    server.offer(false);
  }

  @Override
  public List<StepAction> actions() {
    return List.of(
        stopAction(),
        new StepAction("copy-report", text("hardware.copy"), status.isNotNull(), this::copyReport),
        new StepAction(
            "check-again",
            text("hardware.again"),
            Bindings.and(status.isNotNull(), busy().not()),
            this::retry));
  }

  private void copyReport() {
    desktop.copy(report());
    desktop.tell(text("copied.report"));
  }

  /** All that was found, as text. */
  String report() {
    HardwareStatus found = status.get();
    String checks =
        found.checks().stream()
            .map(check ->
                text(
                        "hardware.report.check",
                        text("check." + check.state().name().toLowerCase(Locale.ROOT)),
                        check.subject().title(),
                        check.found(),
                        check.source(),
                        check.meaning(),
                        check.remedy())
                    .replaceAll(" +", " ")
                    .strip())
            .collect(Collectors.joining("\n"));
    String memory =
        found.fits().stream()
            .map(fit -> text("hardware.report.fit", fit.precision().title(), MemoryWords.sum(fit)))
            .collect(Collectors.joining("\n"));
    return (text("hardware.report", session.config().get().name()) + "\n" + checks + "\n" + memory)
        .strip();
  }
}
