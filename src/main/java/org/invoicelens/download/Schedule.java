package org.invoicelens.download;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.invoicelens.hub.FileAddress;
import org.invoicelens.hub.HubException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which connection fetches which range of which file, and what follows when one fails.
 *
 * <h2>Order</h2>
 *
 * Files are taken in order, so that the first are proved early. The first range of a file goes
 * alone: its answer proves that the server serves ranges of this very content. Then every free
 * connection takes the next missing range. Ranges shrink towards the end of a file, so that the
 * last one never keeps the others waiting for long.
 *
 * <h2>Attempts</h2>
 *
 * An attempt on a file fails when any of its ranges fails; ranges still under way come to their end
 * first. A connection that broke off after it had brought a good deal is merely reopened. After the
 * configured number of further attempts the file is parked; when all others are done, a last pass
 * tries the parked ones once more over few connections with one stream for each file. What has come
 * stays, unless it belongs to another content.
 *
 * <p>Thread-safe: one monitor guards everything.
 */
final class Schedule {

  private static final Words WORDS = Words.of(Schedule.class);

  private static final Logger log = LoggerFactory.getLogger(Schedule.class);
  private static final long SECOND = 1_000_000_000L;
  private static final Duration LONGEST_ASKED_PAUSE = Duration.ofMinutes(15);

  private final List<FileTransfer> files;
  private final int connections;
  private final int maxRetries;
  private final Tuning tuning;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final ProgressBoard board;

  private boolean lastPass;
  private boolean stopped;
  private DownloadException fatal;
  private long pauseUntil;

  Schedule(
      List<FileTransfer> files,
      int connections,
      int maxRetries,
      Tuning tuning,
      Ticker ticker,
      RandomGenerator random,
      ProgressBoard board) {
    this.files = List.copyOf(files);
    this.connections = connections;
    this.maxRetries = maxRetries;
    this.tuning = tuning;
    this.ticker = ticker;
    this.random = random;
    this.board = board;
    this.pauseUntil = ticker.nanos();
    this.files.forEach(file -> file.notBefore = pauseUntil);
    this.files.stream()
        .filter(file -> file.partial().isComplete())
        .forEach(file -> file.state = FileTransfer.State.HASHING);
  }

  /**
   * Waits for the next range to fetch.
   *
   * @return empty where nothing is left to do for a connection
   */
  synchronized Optional<Piece> next() throws InterruptedException {
    while (true) {
      if (stopped || fatal != null) {
        return Optional.empty();
      }
      long now = ticker.nanos();
      long nearest = Long.MAX_VALUE;
      boolean anyUnsettled = false;
      for (FileTransfer file : files) {
        if (file.state == FileTransfer.State.OPEN) {
          anyUnsettled = true;
          long wait = Math.max(file.notBefore - now, pauseUntil - now);
          if (wait > 0) {
            nearest = Math.min(nearest, wait);
            continue;
          }
          Optional<Piece> piece = cut(file);
          if (piece.isPresent()) {
            return piece;
          }
        } else if (file.state == FileTransfer.State.HASHING) {
          anyUnsettled = true;
        }
      }
      if (!anyUnsettled) {
        notifyAll();
        return Optional.empty();
      }
      if (nearest == Long.MAX_VALUE) {
        wait();
      } else {
        ticker.await(this, nearest);
      }
    }
  }

  private Optional<Piece> cut(FileTransfer file) {
    boolean alone = !file.rangesWork || file.oneStream;
    if (file.roundFailure != null || (alone && !file.inFlight.isEmpty())) {
      return Optional.empty();
    }
    List<ByteRanges.Range> gaps = file.unclaimed();
    if (gaps.isEmpty()) {
      return Optional.empty();
    }
    ByteRanges.Range gap = gaps.get(0);
    long left = gaps.stream().mapToLong(ByteRanges.Range::length).sum();
    long share = left / (2L * connections);
    long length = Math.clamp(share, tuning.smallestPiece(), tuning.largestPiece());
    // A short rest would cost a request of its own.
    boolean all = file.oneStream || gap.length() - length < tuning.smallestPiece() / 2;
    Piece piece = new Piece(file, gap.from(), all ? gap.to() : gap.from() + length);
    file.inFlight.add(piece);
    return Optional.of(piece);
  }

  /** Where a file was found last. */
  synchronized Optional<FileAddress> address(FileTransfer file) {
    return file.address;
  }

  /** The file was found here; later ranges go there directly. */
  synchronized void found(FileTransfer file, FileAddress address) {
    file.address = Optional.of(address);
  }

  /** The kept address of a file is not good any more. */
  synchronized void lost(FileTransfer file) {
    file.address = Optional.empty();
  }

  /** The server serves ranges of the content that has come so far. */
  synchronized void rangesWork(FileTransfer file) {
    if (!file.rangesWork) {
      file.rangesWork = true;
      notifyAll();
    }
  }

  /**
   * The server sends the whole file instead of a range. Where no other connection is at work on it,
   * the piece becomes the whole file, and what had come before is given up.
   *
   * @return whether the body may be taken
   */
  synchronized boolean takeWhole(Piece piece) throws IOException {
    FileTransfer file = piece.file();
    if (file.inFlight.size() > 1) {
      return false;
    }
    file.oneStream = true;
    // What another piece failed with is settled by beginning again here and now.
    file.roundFailure = null;
    piece.becomeWholeFile();
    if (file.partial().total() > 0) {
      discard(file, WORDS.text("progress.doesNotGoOn", file.path()));
    }
    return true;
  }

  /** A piece came completely. */
  synchronized void done(Piece piece) throws IOException {
    FileTransfer file = piece.file();
    file.inFlight.remove(piece);
    if (file.partial().isComplete()) {
      // The digest may even be known by now.
      if (file.state == FileTransfer.State.OPEN) {
        file.state = FileTransfer.State.HASHING;
      }
    } else if (file.inFlight.isEmpty() && file.roundFailure != null) {
      settle(file);
    }
    notifyAll();
  }

  /**
   * A piece did not come completely.
   *
   * @param received how many bytes of it came
   */
  synchronized void failed(Piece piece, PieceException failure, long received) throws IOException {
    FileTransfer file = piece.file();
    file.inFlight.remove(piece);
    boolean brokeOff = failure.failure().reason() == HubException.Reason.NO_CONNECTION;
    if (brokeOff && received >= tuning.progressThatCounts()) {
      log.info("{} broke off after {} bytes and is reopened.", file.path(), received);
      file.address = Optional.empty();
    } else {
      if (file.roundFailure == null
          || failure.consequence().compareTo(file.roundFailure.consequence()) > 0) {
        file.roundFailure = failure;
      }
    }
    if (file.inFlight.isEmpty() && file.roundFailure != null) {
      settle(file);
    }
    notifyAll();
  }

  /** Ends an attempt that failed. No connection is at work on the file. */
  private void settle(FileTransfer file) throws IOException {
    PieceException round = file.roundFailure;
    HubException failure = round.failure();
    file.roundFailure = null;
    file.lastFailure = failure;
    file.address = Optional.empty();
    file.rangesWork = false;
    file.failedAttempts++;
    if (round.consequence() != PieceException.Consequence.GO_ON) {
      file.oneStream |= round.consequence() == PieceException.Consequence.START_AGAIN_IN_ONE;
      discard(file, WORDS.text("progress.beginsAgain", file.path(), failure.problem().what()));
    }
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    if (asked.compareTo(LONGEST_ASKED_PAUSE) > 0) {
      fatal(DownloadFailures.of(failure));
      return;
    }
    log.info(
        "Attempt {} on {} failed: {} {}",
        file.failedAttempts,
        file.path(),
        failure.getMessage(),
        failure.detail());
    if (file.failedAttempts > maxRetries) {
      file.state = lastPass ? FileTransfer.State.GIVEN_UP : FileTransfer.State.PARKED;
      file.outcome = DownloadFailures.of(failure);
      return;
    }
    waitBefore(file, failure, asked);
  }

  private void waitBefore(FileTransfer file, HubException failure, Duration asked) {
    long now = ticker.nanos();
    if (asked.isPositive()) {
      pauseUntil = Math.max(pauseUntil, now + asked.toNanos());
      board.announce(WORDS.text("progress.askedToWait", String.valueOf(asked.toSeconds())));
      return;
    }
    long pause = tuning.firstPause().toNanos() << Math.min(file.failedAttempts - 1, 20);
    pause = Math.min(pause, tuning.longestPause().toNanos());
    pause = (long) (pause * (0.75 + random.nextDouble() / 2));
    file.notBefore = now + pause;
    String seconds = String.valueOf(pause / SECOND + 1);
    board.announce(
        WORDS.text("progress.tryingAgain", file.path(), seconds, failure.problem().what()));
  }

  /** The digest of a complete file is right and it has its name. */
  synchronized void proved(FileTransfer file) {
    file.state = FileTransfer.State.DONE;
    notifyAll();
  }

  /** The digest of a complete file is wrong: it is fetched anew once, over one connection. */
  synchronized void wrongDigest(FileTransfer file, String hex) throws IOException {
    log.warn("{} arrived with the digest {}, not {}", file.path(), hex, file.checksum().hex());
    boolean first = file.wrongDigest == null;
    discard(file, WORDS.text(first ? "progress.wrongContent" : "progress.wrongAgain", file.path()));
    if (first) {
      file.wrongDigest = hex;
      file.oneStream = true;
      file.rangesWork = false;
      file.address = Optional.empty();
      file.notBefore = ticker.nanos();
      file.state = FileTransfer.State.OPEN;
      if (file.checksum().size() == 0) {
        file.state = FileTransfer.State.HASHING;
        file.follower.wake();
      }
    } else {
      file.state = FileTransfer.State.GIVEN_UP;
      file.outcome =
          DownloadFailures.wrongChecksum(file.path(), file.checksum().hex(), file.wrongDigest, hex);
    }
    notifyAll();
  }

  /** Ends everything: no file can be had any more. */
  synchronized void fatal(DownloadException failure) {
    if (fatal == null) {
      fatal = failure;
    }
    notifyAll();
  }

  /** Ends everything without a failure. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** Whether connections are to leave off at once. */
  synchronized boolean isEnding() {
    return stopped || fatal != null;
  }

  /**
   * Reopens the parked files for one more attempt each, over one stream.
   *
   * @return whether there are any
   */
  synchronized boolean beginLastPass() throws IOException {
    lastPass = true;
    boolean any = false;
    for (FileTransfer file : files) {
      if (file.state == FileTransfer.State.PARKED && !isEnding()) {
        any = true;
        file.state = FileTransfer.State.OPEN;
        file.oneStream = true;
        file.failedAttempts = maxRetries;
        if (file.lastFailure.reason() == HubException.Reason.BAD_ANSWER) {
          discard(file, WORDS.text("progress.overOneConnection", file.path()));
        }
        waitBefore(file, file.lastFailure, file.lastFailure.retryAfter().orElse(Duration.ZERO));
      }
    }
    return any;
  }

  /** Why the run did not bring every file; empty where it did. */
  synchronized Optional<DownloadException> failure() {
    return Optional.ofNullable(fatal)
        .or(() ->
            files.stream()
                .filter(file -> file.state == FileTransfer.State.GIVEN_UP)
                .findFirst()
                .map(file -> file.outcome));
  }

  /** Bytes that no file has yet. */
  synchronized long missing() {
    return files.stream().mapToLong(f -> f.checksum().size() - f.partial().total()).sum();
  }

  private void discard(FileTransfer file, String why) throws IOException {
    file.partial().discard();
    file.follower.reset();
    board.set(file.path(), 0, why);
    board.announce(why);
  }
}
