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
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.step.Elsewhere;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepAction;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;

/** The check of this computer against the chosen model. */
public final class HardwareViewModel extends StepViewModel {

  private final Stages stages;
  private final SetupSession session;
  private final Desktop desktop;
  private final ReadOnlyObjectWrapper<HardwareStatus> status = new ReadOnlyObjectWrapper<>();
  private final ObjectProperty<MemoryEstimate> choice = new SimpleObjectProperty<>();
  private final ReadOnlyStringWrapper choiceRemark = new ReadOnlyStringWrapper("");

  public HardwareViewModel(
      Stages stages, SetupSession session, WorkRunner runner, Desktop desktop) {
    super("hardware", runner);
    this.stages = stages;
    this.session = session;
    this.desktop = desktop;
    choice.subscribe(this::chosen);
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
        (listener, cancellation) -> stages.verifyHardware(config, listener, cancellation),
        this::passed);
  }

  private void passed(HardwareStatus found) {
    status.set(found);
    session.hardware().set(found);
    String model = session.config().get().name();
    long remarks =
        found.checks().stream().filter(check -> check.state() != Check.State.GOOD).count();
    setFact(text("hardware.fact", remarks));
    Optional<String> precision = found.recommended().map(recommended -> recommended.title());
    if (found.gpuAvailable()) {
      say("gpu", model, precision.orElse(""));
    } else {
      say("cpu", model, precision.orElse(""));
    }
    choice.set(found.recommendedEstimate().orElse(null));
    setNext(nextWords(), true);
  }

  @Override
  protected List<Remedy> remedies(Throwable thrown) {
    return List.of(remedy(Elsewhere.ANOTHER_MODEL));
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    if (thrown instanceof HardwareException hardware) {
      status.set(hardware.status());
      choice.set(null);
      say("insufficient", session.config().get().name());
    }
  }

  /** Going on downloads the model, or starts it where its files are here and verified. */
  private String nextWords() {
    ModelConfig config = session.config().get();
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
