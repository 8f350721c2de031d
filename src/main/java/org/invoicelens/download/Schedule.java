package org.invoicelens.download;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.invoicelens.hub.FileAddress;
import org.invoicelens.hub.HubException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which connection fetches which range of which file from where, and what follows when one
 * fails.
 *
 * <h2>Order</h2>
 *
 * Files are taken in order, so that the first are proved early. The first range of a file goes
 * alone to each source: its answer proves that the server serves ranges of this very content. Then
 * every free connection takes the next missing range. Ranges shrink towards the end of a file, so
 * that the last one never keeps the others waiting for long; one that comes slowly all the same is
 * split, and the rest of it goes to a free connection.
 *
 * <h2>Sources</h2>
 *
 * A source that refuses some of several connections gets fewer of them, see {@link Source}; that is
 * no failed attempt.
 *
 * <p>A source that fails is left for a while, or for the file where it does not have that as it
 * should be, as long as another one can go on. Only failures of the last one count.
 *
 * <p>Where the digest of a file is wrong and bytes came from mirrors, the endpoint's are fetched in
 * their place and compared. Where they differ and the digest is then right, the mirror sent wrong
 * bytes and is dropped.
 *
 * <h2>Attempts</h2>
 *
 * An attempt on a file fails when any of its ranges fails; ranges still under way come to their end
 * first. A connection that broke off after it had brought a good deal is merely reopened. After the
 * configured number of further attempts the file is parked; when all others are done, a last pass
 * tries the parked ones once more over few connections with one stream for each file. What has come
 * stays, unless it belongs to another content. A file that comes a good deal further than at any
 * failure before has all its attempts again. Where a server that answered before cannot be reached
 * at all, the computer slept or has no network: that is waited out and is no attempt.
 *
 * <p>Thread-safe: one monitor guards everything.
 */
final class Schedule {

  private static final Words WORDS = Words.of(Schedule.class);

  private static final Logger log = LoggerFactory.getLogger(Schedule.class);
  private static final long SECOND = 1_000_000_000L;
  private static final Duration LONGEST_ASKED_PAUSE = Duration.ofMinutes(15);

  /** How often a connection without work looks for a range that comes slowly, in nanoseconds. */
  private static final long LOOK_AROUND = SECOND / 4;

  /** A range is not split before it had so long to show its pace; doubled with every split. */
  private static final long PATIENCE = SECOND;

  /** A range that ends sooner is not split, while there is other work and where there is none. */
  private static final double LONG_WHILE_BUSY = 20;

  private static final double LONG_AT_THE_END = 1;

  /** The shortest rest worth a request of its own. */
  private static final long SMALLEST_REST = 16 << 10;

  private final List<FileTransfer> files;
  private final Sources sources;
  private final int connections;
  private final int maxRetries;
  private final Tuning tuning;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final ProgressBoard board;

  private boolean lastPass;
  private boolean stopped;
  private DownloadException fatal;

  Schedule(
      List<FileTransfer> files,
      Sources sources,
      int connections,
      int maxRetries,
      Tuning tuning,
      Ticker ticker,
      RandomGenerator random,
      ProgressBoard board) {
    this.files = List.copyOf(files);
    this.sources = sources;
    this.connections = connections;
    this.maxRetries = maxRetries;
    this.tuning = tuning;
    this.ticker = ticker;
    this.random = random;
    this.board = board;
    long now = ticker.nanos();
    this.files.forEach(file -> file.notBefore = now);
    for (Source source : sources.all()) {
      source.notBefore = now;
      source.limit(connections);
    }
    this.files.stream()
        .filter(file -> file.partial().isComplete())
        .forEach(file -> file.state = FileTransfer.State.HASHING);
  }

  /**
   * Waits for the next range to fetch.
   *
   * @return empty where nothing is left to do for a connection
   */
  synchronized Optional<Piece> next() throws InterruptedException, IOException {
    while (true) {
      for (FileTransfer file : files) {
        recallWhereNobodyIsLeft(file);
      }
      if (isEnding()) {
        return Optional.empty();
      }
      long now = ticker.nanos();
      long nearest = Long.MAX_VALUE;
      List<FileTransfer> waiting = new ArrayList<>();
      for (FileTransfer file : files) {
        if (file.state != FileTransfer.State.OPEN) {
          continue;
        }
        long wait = wait(file, now);
        if (wait > 0) {
          nearest = Math.min(nearest, wait);
          continue;
        }
        Optional<Piece> piece = cut(file, now);
        if (piece.isPresent()) {
          return piece;
        }
        waiting.add(file);
      }
      for (FileTransfer file : waiting) {
        Optional<Piece> piece =
            source(file, now).flatMap(copy -> takeOver(file, copy, LONG_AT_THE_END, 0.5));
        if (piece.isPresent()) {
          return piece;
        }
      }
      if (isSettled()) {
        notifyAll();
        return Optional.empty();
      }
      if (waiting.isEmpty() && nearest < Long.MAX_VALUE) {
        ticker.await(this, nearest);
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(nearest, LOOK_AROUND));
      }
    }
  }

  /** Whether nothing is left to fetch or to hash. */
  synchronized boolean isSettled() {
    return files.stream()
        .noneMatch(file ->
            file.state == FileTransfer.State.OPEN || file.state == FileTransfer.State.HASHING);
  }

  /** How long no source may be asked for a file, in nanoseconds. */
  private static long wait(FileTransfer file, long now) {
    long soonest =
        file.copies().stream()
            .filter(Copy::isUsable)
            .mapToLong(copy -> copy.source().notBefore)
            .min()
            .orElse(now);
    return Math.max(file.notBefore, soonest) - now;
  }

  /** Where a free connection is to go for a file. */
  private Optional<Copy> source(FileTransfer file, long now) {
    if (file.roundFailure != null
        || isAccusing(file)
        || (file.oneStream && !file.inFlight.isEmpty())) {
      return Optional.empty();
    }
    List<Copy> working = working(file, now);
    List<Copy> possible = working.stream().filter(Copy::hasRoom).toList();
    return sources.best(possible, working);
  }

  /** The file as the sources have it that can be asked for it now. */
  private static List<Copy> working(FileTransfer file, long now) {
    return file.copies().stream()
        .filter(copy -> copy.isUsable() && copy.source().notBefore - now <= 0)
        .toList();
  }

  private Optional<Piece> cut(FileTransfer file, long now) {
    Optional<Copy> copy = source(file, now);
    List<ByteRanges.Range> gaps = copy.isEmpty() ? List.of() : file.unclaimed();
    if (gaps.isEmpty()) {
      return Optional.empty();
    }
    Optional<Piece> slow = takeOver(file, copy.get(), LONG_WHILE_BUSY, Sources.MUCH_FASTER);
    if (slow.isPresent()) {
      return slow;
    }
    ByteRanges.Range gap = gaps.get(0);
    long left = gaps.stream().mapToLong(ByteRanges.Range::length).sum();
    long share = left / (2L * connections);
    long length = Math.clamp(share, tuning.smallestPiece(), tuning.largestPiece());
    // A short rest would cost a request of its own.
    boolean all = file.oneStream || gap.length() - length < tuning.smallestPiece() / 2;
    return Optional.of(give(copy.get(), gap.from(), all ? gap.to() : gap.from() + length, 0));
  }

  /**
   * The rest of a range that comes slowly: each of the two connections gets what it can bring in
   * the same time.
   *
   * @param least how many seconds the range would still take
   * @param times how many times as fast the free connection has to be
   */
  private Optional<Piece> takeOver(FileTransfer file, Copy copy, double least, double times) {
    long now = System.nanoTime();
    double promise = copy.source().promise();
    for (Piece slow : file.inFlight) {
      long left = slow.left();
      if (file.oneStream || left < SMALLEST_REST || slow.age(now) < PATIENCE << slow.splits()) {
        continue;
      }
      double rate = slow.rate(now);
      double mine = Source.isMeasured(promise) ? promise : Math.max(1, rate * Sources.MUCH_FASTER);
      if (mine > 0 && copy.source() == slow.source()) {
        // What the slow connection brings says little of what another one would.
        mine = Math.max(mine, rate);
      }
      if (left < least * rate || mine < times * rate || mine <= 0) {
        continue;
      }
      ByteRanges.Range rest = slow.cutOff((long) (left * rate / (rate + mine)));
      log.info(
          "{}: {} goes on with {} bytes that came slowly from {}.",
          file.path(),
          copy.source().name(),
          rest.length(),
          slow.source().name());
      return Optional.of(give(copy, rest.from(), rest.to(), slow.splits() + 1));
    }
    return Optional.empty();
  }

  /**
   * Whether another source would bring the rest of a range much faster. Then the range ends where
   * it is, and its connection goes there.
   */
  synchronized boolean isBetterElsewhere(Piece piece) {
    FileTransfer file = piece.file();
    long now = System.nanoTime();
    double rate = piece.rate(now);
    if (file.oneStream
        || piece.age(now) < PATIENCE
        || piece.left() < Math.max(SMALLEST_REST, LONG_AT_THE_END * rate)) {
      return false;
    }
    Optional<Copy> better =
        working(file, ticker.nanos()).stream()
            .filter(copy -> copy.source() != piece.source())
            .filter(Copy::hasRoom)
            .filter(copy -> {
              double promise = copy.source().promise();
              return Source.isMeasured(promise) && promise >= Sources.MUCH_FASTER * rate;
            })
            .findFirst();
    if (better.isPresent()) {
      piece.cutOff(0);
      log.info(
          "{}: a connection leaves {} for {}.",
          file.path(),
          piece.source().name(),
          better.get().source().name());
    }
    return better.isPresent();
  }

  private static Piece give(Copy copy, long from, long to, int splits) {
    Piece piece = new Piece(copy, from, to, System.nanoTime(), splits);
    copy.file().inFlight.add(piece);
    copy.inFlight++;
    copy.source().begin();
    return piece;
  }

  private static void takeBack(Piece piece) {
    piece.file().inFlight.remove(piece);
    piece.copy().inFlight--;
    piece.source().end();
  }

  /** Where a file was found last. */
  synchronized Optional<FileAddress> address(Copy copy) {
    return copy.address;
  }

  /** The entity tag that the source's bytes came with. */
  synchronized Optional<String> tag(Copy copy) {
    return copy.tag;
  }

  /** The file was found here, with this tag where it has one; later ranges go there directly. */
  synchronized void found(Copy copy, FileAddress address, Optional<String> tag) {
    copy.address = Optional.of(address);
    copy.source().answered();
    notifyAll();
    if (tag.isPresent() && !tag.equals(copy.tag)) {
      copy.tag = tag;
      if (copy.source().isEndpoint()) {
        copy.file().partial().setTag(tag);
      }
    }
  }

  /** The kept address of a file is not good any more. */
  synchronized void lost(Copy copy) {
    copy.address = Optional.empty();
  }

  /** The server serves ranges of the content that has come so far. */
  synchronized void rangesWork(Copy copy) {
    if (!copy.rangesWork) {
      copy.rangesWork = true;
      notifyAll();
    }
  }

  /**
   * The server sends the whole file instead of a range. Where no other connection is at work on it
   * and no other server can be asked for it, the piece becomes the whole file, and what had come
   * before is given up.
   *
   * @return whether the body may be taken
   */
  synchronized boolean takeWhole(Piece piece) throws IOException {
    FileTransfer file = piece.file();
    if (file.inFlight.size() > 1 || file.hasOther(piece.copy())) {
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
    takeBack(piece);
    piece.source().failures = 0;
    piece.source().completed(piece);
    file.failedAtTheWay = 0;
    endOf(file);
  }

  /** What follows where a connection has left a file. */
  private void endOf(FileTransfer file) throws IOException {
    if (file.inFlight.isEmpty() && isAccusing(file)) {
      file.partial().endDoubt(file.accused);
      board.set(file.path(), file.partial().total());
      file.follower.wake();
    }
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
    takeBack(piece);
    HubException why = failure.failure();
    boolean brokeOff =
        why.reason() == HubException.Reason.NO_CONNECTION
            && received >= tuning.progressThatCounts();
    // A file that the server has not sent anything of may have another trouble.
    boolean fewerMayHelp =
        !brokeOff && isOverload(why) && piece.source().complains(piece) && piece.copy().rangesWork;
    if (brokeOff) {
      log.info("{} broke off after {} bytes and is reopened.", file.path(), received);
      piece.copy().address = Optional.empty();
    } else if (!leave(piece.copy(), failure) && piece.left() > 0) {
      if (!why.isPassing()) {
        fatal(DownloadFailures.of(why));
        return;
      }
      if (fewerMayHelp) {
        standBack(piece.copy(), why);
      } else if (file.roundFailure == null
          || failure.consequence().compareTo(file.roundFailure.consequence()) > 0) {
        file.roundFailure = failure;
        file.failedCopy = piece.copy();
      }
    }
    recallWhereNobodyIsLeft(file);
    endOf(file);
  }

  /**
   * Leaves a source that failed, for a while or for the file, where another one can go on.
   *
   * @return whether that is so
   */
  private boolean leave(Copy copy, PieceException failure) {
    FileTransfer file = copy.file();
    Source source = copy.source();
    HubException why = failure.failure();
    if (!file.hasOther(copy)) {
      if (source.isEndpoint() || isOfTheWay(why)) {
        return false;
      }
      copy.leftFor = failure;
      return true;
    }
    copy.address = Optional.empty();
    if (!isOfTheWay(why)) {
      log.info("{} is left for {}: {}", source.name(), file.path(), why.detail());
      copy.leftFor = failure;
      source.dropped |= !source.isEndpoint() && isForEveryFile(why);
      return true;
    }
    long now = ticker.nanos();
    boolean anotherWorks =
        file.copies().stream()
            .anyMatch(
                other -> other != copy && other.isUsable() && other.source().notBefore - now <= 0);
    if (!anotherWorks) {
      return false;
    }
    long pause = pause(++source.failures);
    pause = Math.max(pause, why.retryAfter().orElse(Duration.ZERO).toNanos());
    source.notBefore = now + pause;
    log.info("{} is left for {} s: {}", source.name(), pause / SECOND, why.detail());
    board.announce(
        WORDS.text(
            "progress.left",
            source.name(),
            String.valueOf(pause / SECOND + 1),
            why.problem().what()));
    return true;
  }

  /** Leaves a source alone for a moment that cannot bear so many connections. */
  private void standBack(Copy copy, HubException why) {
    copy.address = Optional.empty();
    Source source = copy.source();
    long pause = Math.max(pause(1), why.retryAfter().orElse(Duration.ZERO).toNanos());
    source.notBefore = Math.max(source.notBefore, ticker.nanos() + pause);
    log.info("{} gets fewer connections: {}", source.name(), why.detail());
    board.announce(
        WORDS.text("progress.fewerAtOnce", source.name(), String.valueOf(pause / SECOND + 1)));
  }

  /** Whether a server may fail so because it has too much to do, and does not ask for long. */
  private static boolean isOverload(HubException failure) {
    return switch (failure.reason()) {
      case RATE_LIMITED, SERVER_ERROR, NO_CONNECTION ->
          !failure.isWayLost()
              && failure.retryAfter().orElse(Duration.ZERO).compareTo(LONGEST_ASKED_PAUSE) <= 0;
      default -> false;
    };
  }

  /** Whether a failure is one of the server or the way to it, which may pass. */
  private static boolean isOfTheWay(HubException failure) {
    return failure.isPassing() && failure.reason() != HubException.Reason.BAD_ANSWER;
  }

  private static boolean isForEveryFile(HubException failure) {
    return switch (failure.reason()) {
      case UNTRUSTED_CERTIFICATE, PROXY, REPOSITORY_NOT_FOUND, REVISION_NOT_FOUND -> true;
      default -> false;
    };
  }

  /**
   * Goes back to the endpoint for a file that no source can be asked for any more, as after a
   * failed attempt.
   */
  private void recallWhereNobodyIsLeft(FileTransfer file) throws IOException {
    Copy endpoint = file.endpointCopy();
    if (file.state != FileTransfer.State.OPEN
        || endpoint.leftFor == null
        || file.copies().stream().anyMatch(Copy::isUsable)) {
      return;
    }
    PieceException failure = endpoint.leftFor;
    endpoint.leftFor = null;
    if (!failure.failure().isPassing()) {
      fatal(DownloadFailures.of(failure.failure()));
      return;
    }
    file.roundFailure = failure;
    file.failedCopy = endpoint;
    if (file.inFlight.isEmpty()) {
      settle(file);
    }
  }

  /** Ends an attempt that failed. No connection is at work on the file. */
  private void settle(FileTransfer file) throws IOException {
    PieceException round = file.roundFailure;
    HubException failure = round.failure();
    file.roundFailure = null;
    file.lastFailure = failure;
    file.failedCopy.address = Optional.empty();
    file.failedCopy.rangesWork = false;
    if (failure.isWayLost()) {
      waitForTheWay(file, failure);
      return;
    }
    long came = file.partial().total();
    // Bytes that are given up are no progress, and in the last pass there is but one attempt.
    if (!lastPass
        && round.consequence() == PieceException.Consequence.GO_ON
        && came - file.mostAtFailure >= tuning.progressThatRenews()) {
      file.failedAttempts = 0;
    }
    file.mostAtFailure = Math.max(file.mostAtFailure, came);
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
      // Why the endpoint was left says more than how the last mirror failed.
      PieceException left = file.endpointCopy().leftFor;
      file.outcome = DownloadFailures.of(left == null ? failure : left.failure());
      return;
    }
    waitBefore(file, failure, asked);
  }

  /** Sleep, a cable that is out: as long as that lasts nothing was attempted. */
  private void waitForTheWay(FileTransfer file, HubException failure) {
    long pause = pause(++file.failedAtTheWay);
    file.notBefore = ticker.nanos() + pause;
    log.info("Waiting for the way to be back: {} {}", failure.getMessage(), failure.detail());
    board.announce(
        WORDS.text(
            "progress.waitingForTheWay",
            String.valueOf(pause / SECOND + 1),
            failure.problem().what()));
  }

  private void waitBefore(FileTransfer file, HubException failure, Duration asked) {
    long now = ticker.nanos();
    if (asked.isPositive()) {
      Source source = file.failedCopy.source();
      source.notBefore = Math.max(source.notBefore, now + asked.toNanos());
      board.announce(WORDS.text("progress.askedToWait", String.valueOf(asked.toSeconds())));
      return;
    }
    long pause = pause(file.failedAttempts);
    file.notBefore = now + pause;
    String seconds = String.valueOf(pause / SECOND + 1);
    board.announce(
        WORDS.text("progress.tryingAgain", file.path(), seconds, failure.problem().what()));
  }

  /** How long to wait after so many failures in a row, in nanoseconds. */
  private long pause(int failures) {
    long pause = tuning.firstPause().toNanos() << Math.min(failures - 1, 20);
    pause = Math.min(pause, tuning.longestPause().toNanos());
    return (long) (pause * (0.75 + random.nextDouble() / 2));
  }

  /** The digest of a complete file is right and it has its name. */
  synchronized void proved(FileTransfer file) {
    file.state = FileTransfer.State.DONE;
    if (!file.accused.isEmpty()) {
      String names = String.join(", ", file.accused);
      log.warn("{} sent wrong bytes of {} and is not used any more.", names, file.path());
      sources.convict(file.accused);
      board.announce(WORDS.text("progress.wrongBytes", names, file.path()));
    }
    notifyAll();
  }

  /**
   * The digest of a complete file is wrong. Where bytes came from mirrors, those are fetched from
   * the endpoint and compared; otherwise the file is fetched anew once, over one connection.
   */
  synchronized void wrongDigest(FileTransfer file, String hex) throws IOException {
    log.warn("{} arrived with the digest {}, not {}", file.path(), hex, file.checksum().hex());
    boolean first = file.wrongDigest == null;
    if (first && doubt(file)) {
      notifyAll();
      return;
    }
    sources.acquit(file.accused);
    file.accused.clear();
    discard(file, WORDS.text(first ? "progress.wrongContent" : "progress.wrongAgain", file.path()));
    if (first) {
      file.wrongDigest = hex;
      file.oneStream = true;
      // The endpoint's own bytes were wrong: another source has the next word, where there is one.
      file.copies().forEach(copy -> copy.leftFor = null);
      if (file.hasOther(file.endpointCopy())) {
        file.endpointCopy().leftFor = otherContent(file);
      }
      reopen(file);
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

  /**
   * Has the endpoint send what came from mirrors, to compare it; of mirrors that are known to send
   * wrong bytes, without comparing.
   *
   * @return whether anything came from mirrors
   */
  private boolean doubt(FileTransfer file) throws IOException {
    PartialFile partial = file.partial();
    Set<String> mirrors = partial.mirrors();
    if (mirrors.isEmpty()) {
      return false;
    }
    Set<String> known = new TreeSet<>(mirrors);
    known.removeIf(name -> !sources.isLiar(name));
    if (known.isEmpty()) {
      partial.doubt();
    } else {
      partial.forget(known);
    }
    for (Copy copy : file.copies()) {
      copy.leftFor = copy.source().isEndpoint() ? null : otherContent(file);
    }
    file.follower.reset();
    String why =
        WORDS.text(
            "progress.comparing", file.path(), String.join(", ", mirrors), sources.endpoint());
    board.set(file.path(), partial.total(), why);
    board.announce(why);
    reopen(file);
    return true;
  }

  /** Bytes of the endpoint differ from those of mirrors that were doubted. */
  synchronized void differs(FileTransfer file, Set<String> mirrors) {
    if (file.accused.addAll(mirrors)) {
      log.warn("{}: bytes from {} differ from the endpoint's.", file.path(), mirrors);
      sources.suspend(mirrors);
    }
  }

  /** Whether a mirror's bytes were found to differ while others are doubted as well. */
  private static boolean isAccusing(FileTransfer file) {
    return !file.accused.isEmpty() && file.partial().isDoubted();
  }

  private void reopen(FileTransfer file) {
    for (Copy copy : file.copies()) {
      copy.rangesWork = false;
      copy.address = Optional.empty();
    }
    file.notBefore = ticker.nanos();
    file.state = FileTransfer.State.OPEN;
  }

  private static PieceException otherContent(FileTransfer file) {
    return new PieceException(
        new HubException(
            HubException.Reason.BAD_ANSWER,
            WORDS.problem("otherContent", file.path()),
            "wrong digest",
            null),
        PieceException.Consequence.GO_ON);
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
    file.copies().forEach(copy -> copy.tag = Optional.empty());
    file.follower.reset();
    board.set(file.path(), 0, why);
    board.announce(why);
  }
}
