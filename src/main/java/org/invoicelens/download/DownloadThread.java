package org.invoicelens.download;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.StageException;

/**
 * A thread of its own for a download, because an interruption of the caller's would close files in
 * mid-write.
 */
final class DownloadThread {

  private static final Duration BEAT = Duration.ofMillis(50);

  private DownloadThread() {}

  /** What is to be done on it. */
  @FunctionalInterface
  interface Work<V> {
    V run() throws DownloadException, CancelledException, InterruptedException;
  }

  /**
   * Does the work and waits for its end; interrupting the caller counts as cancelling.
   *
   * @param breakOff ends the requests under way, called again and again once it is cancelled
   */
  static <V> V run(Work<V> work, Runnable breakOff, Cancellation cancellation)
      throws DownloadException, CancelledException {
    AtomicReference<V> result = new AtomicReference<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread worker =
        Thread.ofPlatform()
            .daemon()
            .name("download")
            .start(() -> {
              try {
                result.set(work.run());
              } catch (StageException | InterruptedException | RuntimeException | Error thrown) {
                failure.set(thrown);
              }
            });
    join(worker, breakOff, cancellation);
    return switch (failure.get()) {
      case null -> result.get();
      case DownloadException thrown -> throw thrown;
      case CancelledException thrown -> throw thrown;
      case RuntimeException thrown -> throw thrown;
      case Error thrown -> throw thrown;
      default -> throw new IllegalStateException(failure.get());
    };
  }

  private static void join(Thread worker, Runnable breakOff, Cancellation cancellation) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = worker.join(BEAT);
        if (!ended && cancellation.isCancelled()) {
          breakOff.run();
        }
      } catch (InterruptedException asked) {
        interrupted = true;
        cancellation.cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
