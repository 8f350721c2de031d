package org.invoicelens.ui.task;

import java.util.concurrent.Executor;
import javafx.application.Platform;
import javafx.concurrent.Task;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;

/**
 * A stage of the pipeline as a JavaFX task.
 *
 * <p>Its progress reaches the observer coalesced, and {@link #stop()} asks the stage to stop while
 * the task goes on until the stage has really ended: what it holds is free by then.
 */
final class StageTask<V> extends Task<V> {

  private final Work<V> work;
  private final Cancellation cancellation = new Cancellation();
  private final Executor executor;
  private final ProgressRelay relay;
  private final WorkObserver<V> observer;
  private final Runnable ended;

  /**
   * @param executor runs what a cancellation sets off, such as closing connections
   * @param ended called on the UI thread after the observer heard of the end
   */
  StageTask(Work<V> work, WorkObserver<V> observer, Executor executor, Runnable ended) {
    this.work = work;
    this.observer = observer;
    this.executor = executor;
    this.ended = ended;
    this.relay = new ProgressRelay(Platform::runLater, observer::progressed);
  }

  @Override
  protected V call() throws Exception {
    return work.run(
        progress -> {
          if (progress.isWhole()) {
            report(progress);
          }
          relay.onProgress(progress);
        },
        cancellation);
  }

  private void report(Progress progress) {
    updateProgress(progress.done(), progress.total());
    updateMessage(progress.message());
  }

  /** Asks the stage to stop. */
  void stop() {
    executor.execute(cancellation::cancel);
  }

  @Override
  protected void succeeded() {
    end(() -> observer.succeeded(getValue()));
  }

  @Override
  protected void failed() {
    if (getException() instanceof CancelledException) {
      end(observer::cancelled);
    } else {
      end(() -> observer.failed(getException()));
    }
  }

  private void end(Runnable tell) {
    try {
      relay.deliver();
      tell.run();
    } finally {
      ended.run();
    }
  }
}
