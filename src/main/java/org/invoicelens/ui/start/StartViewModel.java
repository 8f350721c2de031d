package org.invoicelens.ui.start;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.function.LongSupplier;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.OptimizedModel.Criterion;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.stage.Progress;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.step.Elsewhere;
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
  private final LongSupplier nanoTime;
  private final ObservableList<Phase> phases = FXCollections.observableArrayList(Phase.all(false));
  private final ObservableList<String> notes = FXCollections.observableArrayList();
  private final ObservableList<Criterion> criteria = FXCollections.observableArrayList();
  private boolean straightOn;

  /**
   * @param nanoTime a clock that only goes forward, in nanoseconds
   */
  public StartViewModel(
      Stages stages, SetupSession session, WorkRunner runner, LongSupplier nanoTime) {
    super("start", runner);
    this.nanoTime = nanoTime;
    this.stages = stages;
    this.session = session;
    setNext(text("start.next"), false);
  }

  /** The phases of the start; others where a server answers. */
  public ObservableList<Phase> phases() {
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

  /**
   * Whether this is a model that was started and tested before: it need not be tested again, and
   * the workspace opens by itself.
   */
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
    phases.setAll(Phase.all(config.isRemote()));
    phases.getFirst().work(-1, "", nanoTime.getAsLong());
    say(config.isRemote() ? "server" : "", config.name());
    setFact(text("step.working"));
    setNext(text("start.next"), false);
    boolean before = straightOn;
    run(
        (listener, cancellation) ->
            before
                ? stages.reopen(config, listener, cancellation)
                : stages.start(config, verification, listener, cancellation),
        model -> started(model, before));
  }

  /** Some time has passed: brings the times of the phases up to date. */
  public void tick() {
    long now = nanoTime.getAsLong();
    phases.forEach(phase -> phase.tick(now));
  }

  private void started(ReadyModel model, boolean before) {
    EngineFacts facts = model.facts();
    session.model().set(model);
    boolean testedNow = !before || phases.getLast().mark().get() == Mark.WORKING;
    finish(phases.getFirst(), loaded(facts));
    for (Phase phase : phases.subList(1, phases.size())) {
      finish(phase, testedNow ? "" : untested(facts));
    }
    if (testedNow) {
      finish(phases.getLast(), text("start.tested", Amounts.seconds(facts.inferenceTime())));
    }
    notes.setAll(facts.notes());
    criteria.setAll(facts.criteria());
    setFact(text("start.fact", facts.variant(), facts.device()));
    say(isRemote() ? "serverDone" : "done", session.config().get().name());
    setNext(text("start.next"), true);
    if (straightOn) {
      straightOn = false;
      finish();
    }
  }

  private static String loaded(EngineFacts facts) {
    return switch (facts) {
      case OptimizedModel model ->
          text(
              "start.loaded", model.variant(), model.device(), Amounts.memory(model.memoryUsage()));
      case RemoteModel model -> text("start.connected", model.variant(), model.device());
    };
  }

  private static String untested(EngineFacts facts) {
    return text(facts instanceof RemoteModel ? "start.tested.first" : "start.tested.before");
  }

  private boolean isRemote() {
    return session.config().get().isRemote();
  }

  @Override
  protected void progressed(Progress progress) {
    if (!progress.isWhole()) {
      return;
    }
    int place =
        switch (progress.stage()) {
          case INITIALIZATION -> 0;
          // The optimisation counts its steps; the last report says that all are done.
          case OPTIMIZATION -> (int) Math.min(progress.done() + 1, phases.size() - 1);
          default -> -1;
        };
    if (place < 0) {
      return;
    }
    for (Phase earlier : phases.subList(0, place)) {
      if (earlier.mark().get() != Mark.GOOD) {
        finish(earlier, "");
      }
    }
    // Where memory ran out in the test, the model is loaded in another way and tested anew.
    for (Phase later : phases.subList(place + 1, phases.size())) {
      if (later.mark().get() != Mark.WAITING) {
        later.wait("");
      }
    }
    // What a phase of the optimisation does is said by its name.
    boolean loads = place == 0;
    phases
        .get(place)
        .work(
            loads ? progress.fraction() : -1,
            loads ? progress.message() : "",
            nanoTime.getAsLong());
  }

  private void finish(Phase phase, String words) {
    phase.finish(words, nanoTime.getAsLong());
  }

  /** Whatever went wrong with a verified model, less memory or another device may be the way. */
  @Override
  protected List<Remedy> remedies(Throwable thrown) {
    return isRemote()
        ? List.of(remedy(Elsewhere.SERVER), remedy(Elsewhere.NETWORK))
        : List.of(remedy(Elsewhere.ANOTHER_PRECISION), remedy(Elsewhere.ANOTHER_MODEL));
  }

  @Override
  protected void failed(Throwable thrown) {
    super.failed(thrown);
    if (isRemote()) {
      say("serverFailed");
    }
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
        .forEach(phase -> phase.breakOff(mark));
  }

  private void clear() {
    phases.forEach(phase -> phase.wait(""));
    notes.clear();
    criteria.clear();
  }

  @Override
  public void reset() {
    super.reset();
    session.model().set(null);
    clear();
    setNext(text("start.next"), false);
  }
}
