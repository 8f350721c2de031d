package org.invoicelens.stage;

/**
 * The one listener through which every stage tells how far it is.
 *
 * <p>Called on the thread that does the work, of which a stage may have several at once;
 * implementations are thread-safe and return at once.
 */
@FunctionalInterface
public interface ProgressListener {

  /** A listener that does nothing. */
  ProgressListener NONE = progress -> {};

  /** Takes note of the progress made. */
  void onProgress(Progress progress);
}
