package org.invoicelens.ui.step;

import static org.invoicelens.ui.text.Messages.text;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one step of the wizard and what can be done in it; knows no control. For the UI
 * thread only.
 */
public abstract class StepViewModel {

  private static final Logger log = LoggerFactory.getLogger(StepViewModel.class);

  private final String id;
  private final WorkRunner runner;
  private final ReadOnlyObjectWrapper<StepState> state =
      new ReadOnlyObjectWrapper<>(StepState.WAITING);
  private final ReadOnlyStringWrapper fact = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper headline = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper sentence = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper nextText = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper nextReady = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper message = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper retryText = new ReadOnlyStringWrapper(text("failure.retry"));
  private final ReadOnlyObjectWrapper<Failure> failure = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper stopping = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
  private final Map<Elsewhere, Runnable> ways = new EnumMap<>(Elsewhere.class);
  private RunningWork running;
  private Runnable finished = () -> {};

  /**
   * @param id the step's name in keys of texts and in ids of nodes
   */
  protected StepViewModel(String id, WorkRunner runner) {
    this.id = id;
    this.runner = runner;
    busy.bind(Bindings.equal(state, StepState.WORKING));
    say("");
  }

  /** The step's name in keys of texts and in ids of nodes. */
  public final String id() {
    return id;
  }

  /** The step's name for the user. */
  public final String title() {
    return text(id + ".title");
  }

  /** The step comes on screen; one that needs no decision starts its work. */
  public abstract void enter();

  /** Does what {@link #nextText()} says: goes on with a stage that was stopped, or to the next. */
  public void next() {
    if (state.get() == StepState.PAUSED) {
      retry();
    } else {
      finish();
    }
  }

  /** Tries again after a failure. */
  public abstract void retry();

  /** Forgets everything, because an earlier step came to another result. */
  public void reset() {
    state.set(StepState.WAITING);
    failure.set(null);
    fact.set("");
    message.set("");
    nextReady.set(false);
    say("");
  }

  /** What else can be done here. */
  public List<StepAction> actions() {
    return List.of(stopAction());
  }

  /** Stops the running stage. */
  protected final StepAction stopAction() {
    return new StepAction("stop-" + id, text(id + ".stop"), busy(), this::stop);
  }

  /** Asks the running stage to stop; the state changes when it has. What was done is kept. */
  public final void stop() {
    if (running != null) {
      stopping.set(true);
      running.stop();
    }
  }

  /** What is to happen once this step is done and the user, or the step itself, goes on. */
  public final void whenFinished(Runnable action) {
    finished = action;
  }

  public final ReadOnlyObjectProperty<StepState> state() {
    return state.getReadOnlyProperty();
  }

  /** Counts as passed, because a server does what it would do. */
  public final void setNotNeeded() {
    setState(StepState.DONE);
    setFact(text("step.notNeeded"));
  }

  /** A few words on how the step stands, for the rail. */
  public final ReadOnlyStringProperty fact() {
    return fact.getReadOnlyProperty();
  }

  public final ReadOnlyStringProperty headline() {
    return headline.getReadOnlyProperty();
  }

  public final ReadOnlyStringProperty sentence() {
    return sentence.getReadOnlyProperty();
  }

  /** What going on from here will do. */
  public final ReadOnlyStringProperty nextText() {
    return nextText.getReadOnlyProperty();
  }

  public final ReadOnlyBooleanProperty nextReady() {
    return nextReady.getReadOnlyProperty();
  }

  /** What the stage does at this moment, in its own words. */
  public final ReadOnlyStringProperty message() {
    return message.getReadOnlyProperty();
  }

  /** What trying again is called. */
  public final ReadOnlyStringProperty retryText() {
    return retryText.getReadOnlyProperty();
  }

  /** Why the stage failed; null where it did not. */
  public final ReadOnlyObjectProperty<Failure> failure() {
    return failure.getReadOnlyProperty();
  }

  public final ReadOnlyBooleanProperty busy() {
    return busy.getReadOnlyProperty();
  }

  /** Whether the stage was asked to stop and has not yet. */
  public final ReadOnlyBooleanProperty stopping() {
    return stopping.getReadOnlyProperty();
  }

  /** Goes on to the next step. */
  protected final void finish() {
    finished.run();
  }

  /** Sets headline and sentence to the texts of one situation; empty for the first one. */
  protected final void say(String situation, Object... arguments) {
    String prefix = situation.isEmpty() ? id : id + "." + situation;
    headline.set(text(prefix + ".headline", arguments));
    sentence.set(text(prefix + ".sentence", arguments));
  }

  protected final void setFact(String words) {
    fact.set(words);
  }

  protected final void setNext(String words, boolean ready) {
    nextText.set(words);
    nextReady.set(ready);
  }

  protected final void setState(StepState value) {
    state.set(value);
  }

  protected final void setRetryText(String words) {
    retryText.set(words);
  }

  /** Takes note of progress, on the UI thread. */
  protected void progressed(Progress progress) {}

  /** The stage failed; called after the failure was shown. */
  protected void failed(Throwable thrown) {
    setFact(text("step.failed"));
    say("failed");
  }

  /** What the page of a failure offers beside trying again, the likeliest first. */
  protected List<Remedy> remedies(Throwable thrown) {
    return List.of();
  }

  /** Says where this step leads to when its failures advise it. */
  public final void leadTo(Elsewhere place, Runnable way) {
    ways.put(place, way);
  }

  /** What leads elsewhere. */
  protected final Remedy remedy(Elsewhere place) {
    String name = place.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new Remedy(
        "remedy-" + name,
        text("remedy." + name),
        () -> Optional.ofNullable(ways.get(place)).ifPresent(Runnable::run));
  }

  /** The stage stopped as the user asked. */
  protected void stopped() {
    setFact(text("step.stopped"));
    waitForUser();
  }

  /** Says that the stage was stopped and offers to go on with it. */
  protected final void waitForUser() {
    say("stopped");
    setNext(text(id + ".resume"), true);
  }

  /** Runs the step's stage, unless it runs already. */
  protected final <V> void run(Work<V> work, Consumer<V> whenDone) {
    if (busy.get()) {
      return;
    }
    failure.set(null);
    message.set("");
    nextReady.set(false);
    state.set(StepState.WORKING);
    running =
        runner.start(
            work,
            new WorkObserver<V>() {
              @Override
              public void progressed(List<Progress> latest) {
                latest.forEach(StepViewModel.this::note);
              }

              @Override
              public void succeeded(V result) {
                end(StepState.DONE);
                whenDone.accept(result);
              }

              @Override
              public void failed(Throwable thrown) {
                end(StepState.FAILED);
                report(thrown);
                failure.set(Failure.of(thrown).with(remedies(thrown)));
                StepViewModel.this.failed(thrown);
              }

              @Override
              public void cancelled() {
                end(StepState.PAUSED);
                stopped();
              }
            });
  }

  private void note(Progress progress) {
    if (!progress.message().isEmpty()) {
      message.set(progress.message());
    }
    progressed(progress);
  }

  private void end(StepState value) {
    running = null;
    stopping.set(false);
    message.set("");
    state.set(value);
  }

  private void report(Throwable thrown) {
    if (thrown instanceof StageException stage) {
      log.warn("{}: {} {} {}", id, stage.reason(), stage.getMessage(), stage.detail());
    } else {
      log.error("{}: unexpected failure", id, thrown);
    }
  }
}
