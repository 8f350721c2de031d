package org.invoicelens.ui.task;

import java.util.function.Consumer;

/** Runs work off the UI thread and tells of it on the UI thread. */
public interface WorkRunner {

  /** Starts a work at once; call and observer are on the UI thread. */
  <V> RunningWork start(Work<V> work, WorkObserver<V> observer);

  /**
   * Starts a work of which only the end is of interest.
   *
   * @param succeeded takes the result
   * @param failed takes why there is none; neither is called where the work was stopped
   */
  default <V> RunningWork start(
      Work<V> work, Consumer<? super V> succeeded, Consumer<Throwable> failed) {
    return start(
        work,
        new WorkObserver<>() {
          @Override
          public void succeeded(V result) {
            succeeded.accept(result);
          }

          @Override
          public void failed(Throwable thrown) {
            failed.accept(thrown);
          }
        });
  }

  /** Runs an action on the UI thread once no work is left; at once where none is. */
  void whenIdle(Runnable action);

  /** A work under way. */
  @FunctionalInterface
  interface RunningWork {

    /** Asks the work to stop and returns at once; its observer hears when it has. */
    void stop();
  }
}
