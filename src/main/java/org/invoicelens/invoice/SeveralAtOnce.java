package org.invoicelens.invoice;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.StageException;

/**
 * Work on several things, so many at once as an engine answers questions, whose results come one
 * after the other in the order of the things.
 */
public final class SeveralAtOnce {

  private SeveralAtOnce() {}

  /** Works on one thing; on a thread of its own where several are worked on at once. */
  @FunctionalInterface
  public interface Work<I, O> {
    O on(I thing) throws StageException;
  }

  /** Takes the results, on the thread of the caller. */
  public interface Results<I, O> {

    /** The work on a thing succeeded. */
    void done(I thing, O result) throws StageException;

    /** The work on a thing failed; what is thrown here ends all. */
    void failed(I thing, StageException failure) throws StageException;
  }

  /**
   * Works on all. What is finished is handed over as soon as all before it is; at most one more
   * than can be worked on waits for that, so that memory holds only so many.
   *
   * @param atOnce at least 1; where it is 1, all is done on the thread of the caller
   * @throws CancelledException where a work was stopped; nothing more is begun then
   */
  public static <I, O> void each(List<I> things, int atOnce, Work<I, O> work, Results<I, O> results)
      throws StageException {
    if (atOnce == 1) {
      for (I thing : things) {
        hand(thing, () -> work.on(thing), results);
      }
      return;
    }
    record Begun<I, O>(I thing, Future<O> result) {}
    Deque<Begun<I, O>> begun = new ArrayDeque<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofPlatform().daemon().name("reading-", 1).factory())) {
      try {
        for (I thing : things) {
          if (begun.size() > atOnce) {
            Begun<I, O> first = begun.remove();
            hand(first.thing(), () -> result(first.result()), results);
          }
          begun.add(new Begun<>(thing, threads.submit(() -> work.on(thing))));
        }
        while (!begun.isEmpty()) {
          Begun<I, O> first = begun.remove();
          hand(first.thing(), () -> result(first.result()), results);
        }
      } finally {
        // Whatever ended it, what has not begun never begins; what has ends by its own wish to
        // stop.
        begun.forEach(left -> left.result().cancel(false));
      }
    }
  }

  private interface Result<O> {
    O get() throws StageException;
  }

  private static <I, O> void hand(I thing, Result<O> result, Results<I, O> results)
      throws StageException {
    O done;
    try {
      done = result.get();
    } catch (CancelledException stopped) {
      throw stopped;
    } catch (StageException failure) {
      results.failed(thing, failure);
      return;
    }
    results.done(thing, done);
  }

  private static <O> O result(Future<O> future) throws StageException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StageException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }
}
