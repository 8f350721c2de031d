package org.invoicelens.download;

import java.util.HashMap;
import java.util.Map;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;

/**
 * The bytes of every file that are on disk, told to the listener about ten times a second.
 *
 * <p>The total comes from the listing alone and is unknown before. What is done goes down only
 * together with a message that says why. Thread-safe; the listener is told in order.
 */
final class ProgressBoard {

  private static final Words WORDS = Words.of(ProgressBoard.class);

  private static final long SPACING = 100_000_000L;

  private static final class Row {
    final long size;
    long done;
    long toldAt;
    long toldDone;
    boolean told;

    Row(long size) {
      this.size = size;
    }
  }

  private final ProgressListener listener;
  private final Map<String, Row> rows = new HashMap<>();
  private long total;
  private long done;
  private long toldAt;
  private long toldDone;
  private boolean told;
  private String message = WORDS.text("progress.beginning");

  ProgressBoard(ProgressListener listener) {
    this.listener = listener;
  }

  /** Adds a file before anything of it is told. */
  synchronized void add(String path, long size) {
    rows.put(path, new Row(size));
    total += size;
  }

  /** So many bytes of a file are done now. */
  synchronized void set(String path, long bytes) {
    set(path, bytes, "");
  }

  /** The same with a reason or an end to tell at once. */
  synchronized void set(String path, long bytes, String why) {
    Row row = rows.get(path);
    done += bytes - row.done;
    row.done = bytes;
    long now = System.nanoTime();
    if (!row.told || !why.isEmpty() || now - row.toldAt >= SPACING) {
      tell(path, row, now, why);
    }
    if (!told || now - toldAt >= SPACING) {
      tell(now, message);
    }
  }

  /** Tells what was held back because it came too soon after the report before. */
  synchronized void catchUp() {
    long now = System.nanoTime();
    rows.forEach((path, row) -> {
      if (row.toldDone != row.done && now - row.toldAt >= SPACING) {
        tell(path, row, now, "");
      }
    });
    if (toldDone != done && now - toldAt >= SPACING) {
      tell(now, message);
    }
  }

  /** Says what happens now, for all later reports too. */
  synchronized void phase(String what) {
    message = what;
    tell(System.nanoTime(), what);
  }

  /** Says something once. */
  synchronized void announce(String what) {
    tell(System.nanoTime(), what);
  }

  synchronized long done() {
    return done;
  }

  synchronized long total() {
    return total;
  }

  private void tell(String path, Row row, long now, String why) {
    row.told = true;
    row.toldAt = now;
    row.toldDone = row.done;
    listener.onProgress(
        new Progress(Stage.DOWNLOAD, path, row.done, row.size, Progress.Unit.BYTES, why));
  }

  private void tell(long now, String what) {
    told = true;
    toldAt = now;
    toldDone = done;
    long known = rows.isEmpty() ? Progress.UNKNOWN : total;
    listener.onProgress(Progress.of(Stage.DOWNLOAD, done, known, Progress.Unit.BYTES, what));
  }
}
