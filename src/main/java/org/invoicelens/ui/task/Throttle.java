package org.invoicelens.ui.task;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one action again and again, however often it is asked for, with a pause between two runs.
 *
 * <p>Each request is followed by at least one run that began after it. Thread-safe.
 */
public final class Throttle {

  /** Twenty updates a second look like a flow and leave the UI thread free. */
  public static final Duration UI_INTERVAL = Duration.ofMillis(50);

  private final long interval;
  private final Executor executor;
  private final Runnable action;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private volatile long last;

  /**
   * @param executor where the action runs
   */
  public Throttle(Duration interval, Executor executor, Runnable action) {
    this.interval = interval.toNanos();
    this.executor = executor;
    this.action = action;
    this.last = System.nanoTime() - this.interval;
  }

  /** Asks for a run; returns at once. */
  public void request() {
    if (waiting.compareAndSet(false, true)) {
      long pause = Math.max(0, last + interval - System.nanoTime());
      CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, executor).execute(this::run);
    }
  }

  private void run() {
    last = System.nanoTime();
    waiting.set(false);
    action.run();
  }
}
