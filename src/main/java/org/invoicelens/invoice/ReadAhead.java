package org.invoicelens.invoice;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** Opens the next document while the model reads the one before. For one thread. */
final class ReadAhead implements AutoCloseable {

  /** How often a wish to stop is looked for, in milliseconds. */
  private static final long LOOK = 100;

  private final DocumentLoader loader;
  private final Cancellation cancellation;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("read-ahead").factory());
  private Path file;
  private Future<InvoiceDocument> opening;

  ReadAhead(DocumentLoader loader, Cancellation cancellation) {
    this.loader = loader;
    this.cancellation = cancellation;
  }

  /** Begins to open a document, and forgets another that was not taken. */
  void begin(Path next) {
    if (!next.equals(file)) {
      file = next;
      opening = thread.submit(() -> loader.load(next));
    }
  }

  /** The document, opened before or now. */
  InvoiceDocument take(Path wanted) throws InferenceException, CancelledException {
    boolean ahead = wanted.equals(file);
    begin(wanted);
    Future<InvoiceDocument> taken = opening;
    file = null;
    opening = null;
    try {
      return await(taken);
    } catch (InferenceException e) {
      if (ahead && e.getCause() instanceof OutOfMemoryError) {
        // Two documents were in memory then; alone it may fit.
        return await(thread.submit(() -> loader.load(wanted)));
      }
      throw e;
    }
  }

  private InvoiceDocument await(Future<InvoiceDocument> opened)
      throws InferenceException, CancelledException {
    while (true) {
      cancellation.throwIfCancelled();
      try {
        return opened.get(LOOK, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // A wish to stop is not kept waiting by a large document.
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case InferenceException told -> throw told;
          case RuntimeException fault -> throw fault;
          case Error fault -> throw fault;
          default -> throw new IllegalStateException(e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
