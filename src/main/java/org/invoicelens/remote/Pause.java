package org.invoicelens.remote;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** Waits before a question is asked again; a seam for tests. */
@FunctionalInterface
interface Pause {

  /** Waits as long as it is told, or until it is to stop. */
  Pause REAL =
      (time, cancellation) -> {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Cancellation.Registration _ = cancellation.onCancel(stopped::countDown)) {
          stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancelledException();
        }
        cancellation.throwIfCancelled();
      };

  void take(Duration time, Cancellation cancellation) throws CancelledException;
}
