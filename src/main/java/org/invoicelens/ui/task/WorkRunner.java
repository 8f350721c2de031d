package org.invoicelens.ui.task;

/** Runs work off the UI thread and tells of it on the UI thread. */
public interface WorkRunner {

  /** Starts a work at once; call and observer are on the UI thread. */
  <V> RunningWork start(Work<V> work, WorkObserver<V> observer);

  /** Runs an action on the UI thread once no work is left; at once where none is. */
  void whenIdle(Runnable action);

  /** A work under way. */
  @FunctionalInterface
  interface RunningWork {

    /** Asks the work to stop and returns at once; its observer hears when it has. */
    void stop();
  }
}
