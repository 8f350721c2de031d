package org.invoicelens.ui.verification;

import static org.invoicelens.ui.text.Messages.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepAction;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;

/** The check of the model's files. */
public final class VerificationViewModel extends StepViewModel {

  private final Stages stages;
  private final SetupSession session;
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper amount = new ReadOnlyStringWrapper("");
  private final ObservableList<CheckedFile> files = FXCollections.observableArrayList();
  private final Map<String, CheckedFile> byName = new LinkedHashMap<>();

  public VerificationViewModel(Stages stages, SetupSession session, WorkRunner runner) {
    super("verification", runner);
    this.stages = stages;
    this.session = session;
    setRetryText(text("verification.repair"));
    setNext(text("verification.next"), false);
  }

  /** The share done, 0 to 1; below 0 where not known yet. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty amount() {
    return amount.getReadOnlyProperty();
  }

  public ObservableList<CheckedFile> files() {
    return files;
  }

  @Override
  public void enter() {
    if (state().get() == StepState.WAITING || state().get() == StepState.PAUSED) {
      retry();
    }
  }

  /** Checks; files that are wrong are fetched again by the stage itself. */
  @Override
  public void retry() {
    ModelConfig config = session.config().get();
    DownloadResult download = session.download().get();
    HardwareStatus hardware = session.hardware().get();
    clear();
    say("");
    setFact(text("step.working"));
    setNext(text("verification.next"), false);
    run(
        (listener, cancellation) ->
            stages.verify(
                config,
                download == null
                    ? stages.download(
                        config,
                        hardware == null
                            ? stages.verifyHardware(config, listener, cancellation)
                            : hardware,
                        Optional.empty(),
                        listener,
                        cancellation)
                    : download,
                listener,
                cancellation),
        this::passed);
  }

  /** Takes a proof from before the window was last closed. */
  public void restore(VerificationStatus status) {
    session.verification().set(status);
    setState(StepState.DONE);
    describe(status);
  }

  @Override
  public List<StepAction> actions() {
    return List.of(
        stopAction(),
        new StepAction(
            "verify-again",
            text("verification.again"),
            state().map(now -> now == StepState.DONE),
            this::retry));
  }

  private void passed(VerificationStatus status) {
    session.verification().set(status);
    byName.values().forEach(file -> file.update(1, Mark.GOOD, file.words().get()));
    describe(status);
    finish();
  }

  private void describe(VerificationStatus status) {
    fraction.set(1);
    amount.set(
        text("verification.amount.done", status.fileCount(), Amounts.bytes(status.totalSize())));
    setFact(text("verification.fact", status.fileCount()));
    say("done", session.config().get().name());
    setNext(text("verification.next"), true);
  }

  @Override
  protected void progressed(Progress progress) {
    if (progress.stage() != Stage.VERIFICATION) {
      return;
    }
    if (progress.isWhole()) {
      fraction.set(progress.fraction());
      if (progress.total() > 0 && progress.unit() == Progress.Unit.BYTES) {
        amount.set(Amounts.bytesOf(progress.done(), progress.total()));
        setFact(Amounts.percent(progress.fraction()));
      }
      return;
    }
    boolean complete = progress.total() >= 0 && progress.done() == progress.total();
    file(progress.item())
        .update(
            progress.fraction(),
            complete ? Mark.GOOD : Mark.WORKING,
            progress.unit() == Progress.Unit.BYTES && progress.total() >= 0
                ? Amounts.bytes(progress.total())
                : progress.message());
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    if (thrown instanceof VerificationException verification) {
      verification
          .status()
          .findings()
          .forEach(finding -> file(finding.file()).update(1, Mark.FAILED, finding.message()));
    }
  }

  private CheckedFile file(String name) {
    return byName.computeIfAbsent(
        name,
        missing -> {
          CheckedFile file = new CheckedFile(missing);
          files.add(file);
          return file;
        });
  }

  private void clear() {
    files.clear();
    byName.clear();
    fraction.set(-1);
    amount.set("");
  }

  @Override
  public void reset() {
    super.reset();
    session.verification().set(null);
    clear();
    setNext(text("verification.next"), false);
  }
}
