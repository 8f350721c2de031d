package org.invoicelens.ui.start;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.OptimizedModel.Criterion;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.verify.VerificationStatus;

/** The start of the model: initialisation, then optimisation. */
public final class StartViewModel extends StepViewModel {

  private final Stages stages;
  private final SetupSession session;
  private final List<Phase> phases =
      List.of(new Phase(Stage.INITIALIZATION), new Phase(Stage.OPTIMIZATION));
  private final ObservableList<String> notes = FXCollections.observableArrayList();
  private final ObservableList<Criterion> criteria = FXCollections.observableArrayList();
  private boolean straightOn;

  public StartViewModel(Stages stages, SetupSession session, WorkRunner runner) {
    super("start", runner);
    this.stages = stages;
    this.session = session;
    setNext(text("start.next"), false);
  }

  public List<Phase> phases() {
    return phases;
  }

  /** What was tried and chosen, and why. */
  public ObservableList<String> notes() {
    return notes;
  }

  /** The conditions of success. */
  public ObservableList<Criterion> criteria() {
    return criteria;
  }

  /** Whether the workspace opens by itself once the model has started. */
  public void setStraightOn(boolean value) {
    straightOn = value;
  }

  @Override
  public void enter() {
    if (state().get() == StepState.WAITING || state().get() == StepState.PAUSED) {
      retry();
    }
  }

  @Override
  public void retry() {
    ModelConfig config = session.config().get();
    VerificationStatus verification = session.verification().get();
    clear();
    say("", config.name());
    setFact(text("step.working"));
    setNext(text("start.next"), false);
    run(
        (listener, cancellation) -> stages.start(config, verification, listener, cancellation),
        this::started);
  }

  private void started(ReadyModel model) {
    OptimizedModel facts = model.facts();
    session.model().set(model);
    phases
        .getFirst()
        .update(
            Mark.GOOD,
            1,
            text(
                "start.loaded",
                facts.dtype().title(),
                facts.device(),
                Amounts.memory(facts.memoryUsage())));
    phases
        .getLast()
        .update(Mark.GOOD, 1, text("start.tested", Amounts.seconds(facts.inferenceTime())));
    notes.setAll(facts.notes());
    criteria.setAll(facts.criteria());
    setFact(text("start.fact", facts.dtype().title(), facts.device()));
    say("done", session.config().get().name());
    setNext(text("start.next"), true);
    if (straightOn) {
      straightOn = false;
      finish();
    }
  }

  @Override
  protected void progressed(Progress progress) {
    if (!progress.isWhole()) {
      return;
    }
    for (Phase phase : phases) {
      if (phase.stage() == progress.stage()) {
        phase.update(Mark.WORKING, progress.fraction(), progress.message());
        if (phase == phases.getLast()) {
          phases.getFirst().update(Mark.GOOD, 1, text("start.phase.done"));
        }
      }
    }
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    end(Mark.FAILED);
    straightOn = false;
  }

  @Override
  protected void stopped() {
    super.stopped();
    end(Mark.PAUSED);
    straightOn = false;
  }

  private void end(Mark mark) {
    phases.stream()
        .filter(phase -> phase.mark().get() == Mark.WORKING)
        .forEach(phase -> phase.update(mark, 0, ""));
  }

  private void clear() {
    phases.forEach(phase -> phase.update(Mark.WAITING, 0, ""));
    phases.getFirst().update(Mark.WORKING, -1, "");
    notes.clear();
    criteria.clear();
  }

  @Override
  public void reset() {
    super.reset();
    session.model().set(null);
    clear();
    phases.getFirst().update(Mark.WAITING, 0, "");
    setNext(text("start.next"), false);
  }
}
