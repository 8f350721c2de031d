package org.invoicelens.ui;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;

/** Runs work when the test says so, on the test's thread: no display and no waiting. */
public final class ManualRunner implements WorkRunner {

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<Runnable> whenIdle = new ArrayList<>();

  @Override
  public <V> RunningWork start(Work<V> work, WorkObserver<V> observer) {
    Cancellation cancellation = new Cancellation();
    waiting.add(() -> run(work, observer, cancellation));
    return cancellation::cancel;
  }

  private static <V> void run(Work<V> work, WorkObserver<V> observer, Cancellation cancellation) {
    V result;
    try {
      cancellation.throwIfCancelled();
      result = work.run(progress -> observer.progressed(List.of(progress)), cancellation);
    } catch (CancelledException e) {
      observer.cancelled();
      return;
    } catch (Exception e) {
      observer.failed(e);
      return;
    }
    observer.succeeded(result);
  }

  @Override
  public void whenIdle(Runnable action) {
    whenIdle.add(action);
  }

  /** Runs all that was started, and what that starts in turn. */
  public void runAll() {
    do {
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
      List<Runnable> actions = List.copyOf(whenIdle);
      whenIdle.clear();
      actions.forEach(Runnable::run);
    } while (!waiting.isEmpty() || !whenIdle.isEmpty());
  }
}
