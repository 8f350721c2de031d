package org.invoicelens.stage;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A wish to stop, made by one thread and obeyed by the threads that do the work.
 *
 * <p>A stage asks often enough to stop within a second, and leaves what it has done in a state from
 * which it can go on. Thread-safe. A cancellation is never taken back: the next run gets a new one.
 */
public final class Cancellation {

  private final List<Runnable> actions = new CopyOnWriteArrayList<>();
  private volatile boolean cancelled;

  /** Asks the work to stop, and runs every registered action once, on this thread. */
  public void cancel() {
    cancelled = true;
    for (Runnable action : actions) {
      if (actions.remove(action)) {
        action.run();
      }
    }
  }

  /** Whether the work is to stop. */
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Returns at once unless the work is to stop.
   *
   * @throws CancelledException when it is
   */
  public void throwIfCancelled() throws CancelledException {
    if (cancelled) {
      throw new CancelledException();
    }
  }

  /**
   * Registers what ends a blocking call, such as closing a connection. Runs at once where the wish
   * was already made.
   *
   * @return takes the registration back when closed; closing twice does no harm
   */
  public Registration onCancel(Runnable action) {
    actions.add(action);
    if (cancelled && actions.remove(action)) {
      action.run();
    }
    return () -> actions.remove(action);
  }

  /** A registered action. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
