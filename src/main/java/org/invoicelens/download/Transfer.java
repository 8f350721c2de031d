package org.invoicelens.download;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets connections work on a schedule until it is done, and keeps the journals meanwhile. */
final class Transfer {

  private static final Logger log = LoggerFactory.getLogger(Transfer.class);
  private static final Duration BEAT = Duration.ofMillis(50);
  private static final long TELL_SOURCES = Duration.ofSeconds(5).toNanos();
  private static final Words WORDS = Words.of(Transfer.class);

  private final Sources sources;
  private final Schedule schedule;
  private final List<FileTransfer> files;
  private final ManifestKeeper manifest;
  private final ProgressBoard board;
  private final Tuning tuning;
  private final Cancellation cancellation;

  Transfer(
      Sources sources,
      Schedule schedule,
      List<FileTransfer> files,
      ManifestKeeper manifest,
      ProgressBoard board,
      Tuning tuning,
      Cancellation cancellation) {
    this.sources = sources;
    this.schedule = schedule;
    this.files = files;
    this.manifest = manifest;
    this.board = board;
    this.tuning = tuning;
    this.cancellation = cancellation;
  }

  /**
   * Runs so many connections until nothing is left for them. What has come is in the journals when
   * this returns, however it does.
   *
   * @param before what is said before all else meanwhile; may be empty
   */
  void run(int connections, String before, Supplier<PieceFetcher> worker)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i <= connections; i++) {
      threads.add(Thread.ofPlatform().daemon().name("download-" + i).unstarted(worker.get()));
    }
    board.phase((before + " " + WORDS.text("progress.downloading", connections)).strip());
    try (Cancellation.Registration _ = cancellation.onCancel(schedule::stop)) {
      threads.forEach(Thread::start);
      long nextWords = System.nanoTime() + TELL_SOURCES;
      long nextSave = System.nanoTime() + tuning.journalInterval().toNanos();
      for (Thread thread : threads) {
        while (!thread.join(BEAT)) {
          if (schedule.isEnding() || schedule.isSettled()) {
            // Again and again: a request may have begun just after the last time. Where all is
            // here,
            // what is still under way was taken over by other connections.
            sources.breakOff();
          }
          board.catchUp();
          long now = System.nanoTime();
          if (now - nextWords >= 0) {
            nextWords = now + TELL_SOURCES;
            tellSources(connections, before);
          }
          if (now - nextSave >= 0) {
            save();
            long end = System.nanoTime();
            nextSave = end + Math.max(tuning.journalInterval().toNanos(), 2 * (end - now));
          }
        }
      }
    } finally {
      save();
    }
  }

  private void tellSources(int connections, String before) {
    String from = sources.words();
    if (!from.isEmpty()) {
      String words = WORDS.text("progress.downloadingFrom", connections, from);
      board.phase((before + " " + words).strip());
    }
  }

  /** A journal that cannot be written costs bytes after a kill; the transfer itself goes on. */
  private void save() {
    try {
      for (FileTransfer file : files) {
        file.partial().save();
      }
      manifest.save();
    } catch (IOException unwritten) {
      log.warn("The state of the download could not be written: {}", unwritten.toString());
    }
  }
}
