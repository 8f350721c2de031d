package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that share work on the rows of weights, the caller's among them.
 *
 * <p>Not thread-safe.
 */
final class RowThreads implements AutoCloseable {

  /** Rows that a thread takes at a time: enough work, and the last one is not waited for long. */
  static final int ROWS = 64;

  /** Work on the rows from one up to another. */
  @FunctionalInterface
  interface Work {
    void rows(int from, int to);
  }

  private ExecutorService others;
  private int count;

  RowThreads(int count) {
    use(count);
  }

  /** Changes how many there are. */
  void use(int threads) {
    if (threads != count) {
      close();
      count = threads;
      others =
          threads == 1
              ? null
              : Executors.newFixedThreadPool(
                  threads - 1, Thread.ofPlatform().daemon().name("rows-", 1).factory());
    }
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Does work on so many rows, and returns when all of it is done. */
  void share(int rows, Work work) {
    share(rows, ROWS, work);
  }

  /**
   * Does work on so many rows, and returns when all of it is done.
   *
   * @param step rows that a thread takes at a time
   */
  void share(int rows, int step, Work work) {
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          int from;
          while ((from = next.getAndAdd(step)) < rows) {
            work.rows(from, Math.min(from + step, rows));
          }
        };
    List<Future<?>> shares = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      shares.add(others.submit(share));
    }
    try {
      share.run();
    } finally {
      shares.forEach(RowThreads::await);
    }
    shares.forEach(RowThreads::requireDone);
  }

  /** Waits until a share is over, however it ends: its memory must not be left in use. */
  private static void await(Future<?> share) {
    boolean interrupted = false;
    while (!share.isDone()) {
      try {
        share.get();
      } catch (InterruptedException e) {
        // the work is short
        interrupted = true;
      } catch (ExecutionException e) {
        // told when all are over
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void requireDone(Future<?> share) {
    if (share.state() == Future.State.FAILED) {
      if (share.exceptionNow() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(share.exceptionNow());
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
      others = null;
      count = 0;
    }
  }
}
