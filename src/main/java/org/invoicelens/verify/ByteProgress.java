package org.invoicelens.verify;

import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;

/** How many bytes were checked, of all files and of each; never reported backwards. Thread-safe. */
final class ByteProgress {

  private static final Words WORDS = Words.of(ByteProgress.class);

  private final ProgressListener listener;
  private final long total;
  private long done;

  ByteProgress(ProgressListener listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  /** Reports that {@code fresh} more bytes of a file were checked, {@code fileDone} now. */
  void add(String file, long fresh, long fileDone, long fileTotal) {
    listener.onProgress(
        new Progress(Stage.VERIFICATION, file, fileDone, fileTotal, Progress.Unit.BYTES, ""));
    synchronized (this) {
      done += fresh;
      report(WORDS.text("progress.files"));
    }
  }

  /** Reports what happens now, without more bytes. */
  synchronized void report(String message) {
    listener.onProgress(Progress.of(Stage.VERIFICATION, done, total, Progress.Unit.BYTES, message));
  }
}
