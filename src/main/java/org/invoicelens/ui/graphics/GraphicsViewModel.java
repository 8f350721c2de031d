package org.invoicelens.ui.graphics;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.download.TransferRate;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library for graphics cards: what it is good for and how large, how far its download is, and
 * what is decided about it. For the UI thread only.
 */
public final class GraphicsViewModel {

  private static final Logger log = LoggerFactory.getLogger(GraphicsViewModel.class);

  /** How it stands. */
  public enum Phase {
    /** There is nothing to say: no card can use it, or nobody asked yet. */
    NONE,
    /** A card lies idle for want of it, and the user decides. */
    OFFERED,
    /** It is fetched, unpacked or checked. */
    WORKING,
    /** Its download was stopped and can go on. */
    PAUSED,
    /** The user goes on without it. */
    DECLINED,
    /** It is here. */
    READY,
    /** It is here and counts when the program is started again. */
    RESTART
  }

  private final Stages stages;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final LongSupplier nanoTime;
  private final ReadOnlyObjectWrapper<Phase> phase = new ReadOnlyObjectWrapper<>(Phase.NONE);
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper sum = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper folder = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper downloadText = new ReadOnlyStringWrapper("");
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper figures = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper message = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Failure> failure = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper processorAllowed = new ReadOnlyBooleanWrapper(true);
  private final ReadOnlyBooleanWrapper removable = new ReadOnlyBooleanWrapper();
  private GraphicsSupport.State state;
  private WorkRunner.RunningWork running;
  private TransferRate rate;
  private Stage measured;
  private Runnable retry = () -> {};

  /**
   * @param nanoTime a clock that only goes forward, in nanoseconds
   */
  public GraphicsViewModel(
      Stages stages, WorkRunner runner, Desktop desktop, LongSupplier nanoTime) {
    this.stages = stages;
    this.runner = runner;
    this.desktop = desktop;
    this.nanoTime = nanoTime;
    this.rate = new TransferRate(nanoTime);
  }

  public ReadOnlyObjectProperty<Phase> phase() {
    return phase.getReadOnlyProperty();
  }

  /** What it is good for, or how it stands. */
  public ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  /** How much is fetched, what it becomes, and what is free for it. */
  public ReadOnlyStringProperty sum() {
    return sum.getReadOnlyProperty();
  }

  /** Where it lies; empty where it does not. */
  public ReadOnlyStringProperty folder() {
    return folder.getReadOnlyProperty();
  }

  /** What fetching it is called. */
  public ReadOnlyStringProperty downloadText() {
    return downloadText.getReadOnlyProperty();
  }

  /** The share done, 0 to 1; below 0 where not known. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  /** How much has come, how fast, and how long it takes. */
  public ReadOnlyStringProperty figures() {
    return figures.getReadOnlyProperty();
  }

  /** What happens at this moment. */
  public ReadOnlyStringProperty message() {
    return message.getReadOnlyProperty();
  }

  /** Why it could not be had; null where nothing failed. */
  public ReadOnlyObjectProperty<Failure> failure() {
    return failure.getReadOnlyProperty();
  }

  /** Whether the processor may do the work, so that one can go on without the library. */
  public ReadOnlyBooleanProperty processorAllowed() {
    return processorAllowed.getReadOnlyProperty();
  }

  /** Whether it, or something of it, is here and nothing is done with it. */
  public ReadOnlyBooleanProperty removable() {
    return removable.getReadOnlyProperty();
  }

  /** Whether something is done with it now. */
  public boolean isWorking() {
    return phase.get() == Phase.WORKING;
  }

  /** Whether nothing is left to decide or to wait for. */
  public boolean isDecided() {
    return switch (phase.get()) {
      case NONE, DECLINED, READY, RESTART -> true;
      case OFFERED, WORKING, PAUSED -> false;
    };
  }

  /**
   * Takes note of how it stands.
   *
   * @param wanted whether the model at hand could use the card
   * @param processor whether the processor may do its work
   */
  public void show(GraphicsSupport.State now, boolean wanted, boolean processor) {
    if (isWorking()) {
      return;
    }
    state = now;
    processorAllowed.set(processor);
    boolean declined = phase.get() == Phase.DECLINED && processor;
    if (now.isReady()) {
      failure.set(null);
      enter(now.needsRestart() ? Phase.RESTART : Phase.READY);
    } else if (now.isMissing() && wanted) {
      enter(declined ? Phase.DECLINED : now.leftBehind() > 0 ? Phase.PAUSED : Phase.OFFERED);
    } else {
      enter(now.leftBehind() > 0 ? Phase.PAUSED : Phase.NONE);
    }
    if (now.fault().isPresent()) {
      failure.set(Failure.of(now.fault().get()));
      retry = this::download;
    }
  }

  /** Finds out how it stands, for where no model is at hand. */
  public void refresh() {
    lookAgain();
  }

  /** Fetches it, going on where that stopped. */
  public void download() {
    retry = this::download;
    work((listener, cancellation) -> {
      stages.installGraphics(listener, cancellation);
      return stages.graphics();
    });
  }

  /** Lets the user name a folder that holds it. */
  public void chooseFolder() {
    Optional<Path> chosen =
        desktop.chooseFolder(text("graphics.choose"), Path.of(System.getProperty("user.home")));
    chosen.ifPresent(this::adopt);
  }

  private void adopt(Path named) {
    retry = this::chooseFolder;
    work((listener, cancellation) -> {
      stages.adoptGraphics(named);
      return stages.graphics();
    });
  }

  /** Proves every file of it. */
  public void check() {
    retry = this::check;
    work((listener, cancellation) -> {
      stages.verifyGraphics(listener, cancellation);
      return stages.graphics();
    });
  }

  /** Does again what failed. */
  public void retry() {
    retry.run();
  }

  /** Stops what is done with it; what has come is kept. */
  public void pause() {
    if (running != null) {
      running.stop();
    }
  }

  /** Goes on without it: the processor does the work. */
  public void decline() {
    failure.set(null);
    enter(Phase.DECLINED);
  }

  /** Offers it again. */
  public void reconsider() {
    enter(state.leftBehind() > 0 ? Phase.PAUSED : Phase.OFFERED);
  }

  /** Removes it, or what a stopped download left, after asking. */
  public void remove() {
    Optional<CudaRuntime> runtime = state.runtime();
    boolean adopted = runtime.filter(CudaRuntime::adopted).isPresent();
    int answer =
        desktop.ask(
            new Question(
                text("graphics.remove.question"),
                text(adopted ? "graphics.remove.adopted" : "graphics.remove.text"),
                List.of(text("graphics.remove.yes"), text("graphics.remove.no"))));
    if (answer != 0) {
      return;
    }
    retry = this::remove;
    work((listener, cancellation) -> {
      stages.removeGraphics();
      return stages.graphics();
    });
  }

  private void work(Work<GraphicsSupport.State> work) {
    if (running != null) {
      return;
    }
    Phase before = phase.get();
    failure.set(null);
    fraction.set(-1);
    figures.set("");
    message.set("");
    measured = null;
    enter(Phase.WORKING);
    running =
        runner.start(
            work,
            new WorkObserver<>() {
              @Override
              public void progressed(List<Progress> latest) {
                latest.stream().filter(Progress::isWhole).forEach(GraphicsViewModel.this::note);
              }

              @Override
              public void succeeded(GraphicsSupport.State now) {
                running = null;
                phase.set(Phase.NONE);
                show(now, true, processorAllowed.get());
              }

              @Override
              public void failed(Throwable thrown) {
                running = null;
                report(thrown);
                enter(before);
                failure.set(Failure.of(thrown));
                lookAgain();
              }

              @Override
              public void cancelled() {
                running = null;
                enter(before);
                lookAgain();
              }
            });
  }

  /** Finds out what a work that did not end has left. */
  private void lookAgain() {
    runner.start(
        (listener, cancellation) -> stages.graphics(),
        now -> show(now, true, processorAllowed.get()),
        thrown -> log.warn("How the library for graphics cards stands is unknown", thrown));
  }

  private static void report(Throwable thrown) {
    if (thrown instanceof StageException stage) {
      log.warn("graphics: {} {} {}", stage.reason(), stage.getMessage(), stage.detail());
    } else {
      log.error("graphics: unexpected failure", thrown);
    }
  }

  private void note(Progress progress) {
    if (progress.stage() != measured) {
      measured = progress.stage();
      rate = new TransferRate(nanoTime);
    }
    if (!progress.message().isEmpty()) {
      message.set(progress.message());
    }
    fraction.set(progress.fraction());
    if (progress.total() == Progress.UNKNOWN) {
      figures.set("");
      return;
    }
    rate.record(progress.done());
    String left =
        rate.timeLeft(progress.total() - progress.done())
            .map(time -> text("download.left", Amounts.about(time)))
            .orElse("");
    String pace =
        left.isEmpty()
            ? ""
            : " · " + text("download.pace", Amounts.bytes((long) rate.bytesPerSecond()), left);
    figures.set(Amounts.bytesOf(progress.done(), progress.total()) + pace);
  }

  private void enter(Phase next) {
    if (state != null) {
      String card = state.card().orElse(text("graphics.card"));
      words.set(
          switch (next) {
            case NONE -> "";
            case OFFERED -> text("graphics.offered", card);
            case WORKING -> text("graphics.working");
            case PAUSED -> text("graphics.paused", Amounts.bytes(state.leftBehind()));
            case DECLINED -> text("graphics.declined");
            case READY -> text("graphics.ready", card);
            case RESTART -> text("graphics.restart", card);
          });
      sum.set(sumWords(next));
      downloadText.set(
          next == Phase.PAUSED
              ? text("graphics.resume")
              : text("graphics.download", Amounts.bytes(state.build().downloadBytes())));
      folder.set(state.runtime().map(runtime -> runtime.folder().toString()).orElse(""));
    }
    removable.set(
        next != Phase.WORKING
            && state != null
            && (state.runtime().isPresent() || state.leftBehind() > 0));
    phase.set(next);
  }

  private String sumWords(Phase next) {
    if (next == Phase.READY || next == Phase.RESTART) {
      CudaRuntime runtime = state.runtime().orElseThrow();
      return runtime.adopted()
          ? text("graphics.yours", runtime.version())
          : text("graphics.size", runtime.version(), Amounts.bytes(runtime.size()));
    }
    if (next != Phase.OFFERED && next != Phase.PAUSED) {
      return "";
    }
    String download = Amounts.bytes(state.build().downloadBytes());
    String unpacked = Amounts.bytes(state.build().unpackedBytes());
    String both = Amounts.bytes(state.build().downloadBytes() + state.build().unpackedBytes());
    return state.free() < 0
        ? text("graphics.sum", download, unpacked, both)
        : text("graphics.sum.free", download, unpacked, both, Amounts.bytes(state.free()));
  }
}
