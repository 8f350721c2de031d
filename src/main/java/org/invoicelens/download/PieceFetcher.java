package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.invoicelens.download.PieceException.Consequence;
import org.invoicelens.hub.FileAddress;
import org.invoicelens.hub.FileAnswer;
import org.invoicelens.hub.FileRequest;
import org.invoicelens.hub.FileSource;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection at work: takes ranges from the schedule and puts their bytes in place.
 *
 * <p>No byte is believed to belong where the answer does not say so: an answer with other bounds,
 * another length or another entity tag is refused before its body is read.
 */
final class PieceFetcher implements Runnable {

  private static final Words WORDS = Words.of(PieceFetcher.class);

  private static final Logger log = LoggerFactory.getLogger(PieceFetcher.class);
  private static final int BUFFER = Piece.BUFFER;
  private static final long LONGEST_IN_BUFFER = 100_000_000L;

  /** How often a connection asks whether it would do better elsewhere, in nanoseconds. */
  private static final long LOOK_AROUND = 1_000_000_000L;

  /** A connection that brings less than this in such a time is as good as silent. */
  private static final long DRIBBLE_WINDOW = 60_000_000_000L;

  private static final long DRIBBLE_BYTES = 8 << 10;

  private final Schedule schedule;
  private final String repoId;
  private final String commit;
  private final Path folder;
  private final RateLimit limit;
  private final Ticker ticker;
  private final ProgressBoard board;
  private final LongAdder received;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  PieceFetcher(
      Schedule schedule,
      String repoId,
      String commit,
      Path folder,
      RateLimit limit,
      Ticker ticker,
      ProgressBoard board,
      LongAdder received) {
    this.schedule = schedule;
    this.repoId = repoId;
    this.commit = commit;
    this.folder = folder;
    this.limit = limit;
    this.ticker = ticker;
    this.board = board;
    this.received = received;
  }

  @Override
  public void run() {
    try {
      for (Optional<Piece> piece = schedule.next(); piece.isPresent(); piece = schedule.next()) {
        fetch(piece.get());
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (IOException disk) {
      schedule.fatal(DownloadFailures.disk(folder, schedule.missing(), disk));
    } catch (RuntimeException | Error unexpected) {
      log.error("A connection ended unexpectedly", unexpected);
      schedule.fatal(
          new DownloadException(
              DownloadException.Reason.BAD_ANSWER,
              WORDS.problem("unexpected"),
              unexpected.toString(),
              unexpected));
    }
  }

  private void fetch(Piece piece) throws IOException, InterruptedException {
    long[] came = {0};
    // Meanwhile the end may be taken off and given to another connection.
    long to = piece.to();
    try (FileAnswer answer = open(piece, to)) {
      accept(answer, piece, to);
      pump(answer, piece, came);
      schedule.done(piece);
    } catch (HubException failure) {
      end(piece, new PieceException(failure, Consequence.GO_ON), came[0]);
    } catch (PieceException failure) {
      end(piece, failure, came[0]);
    }
  }

  private void end(Piece piece, PieceException failure, long came) throws IOException {
    if (!schedule.isEnding()) {
      schedule.failed(piece, failure, came);
    }
  }

  /** Asks where the file was found last; where that is refused, resolves it anew once. */
  private FileAnswer open(Piece piece, long to) throws HubException {
    FileSource server = piece.source().server();
    Optional<FileAddress> known = schedule.address(piece.copy());
    if (known.isPresent()) {
      try {
        FileAnswer answer = server.open(request(piece, to, known));
        if (!answer.isBeyondEnd()) {
          return answer;
        }
        answer.close();
      } catch (HubException refused) {
        if (refused.reason() == Reason.NO_CONNECTION || schedule.isEnding()) {
          throw refused;
        }
        log.info("{} is resolved anew: {}", piece.file().path(), refused.detail());
      }
      schedule.lost(piece.copy());
    }
    return server.open(request(piece, to, Optional.empty()));
  }

  private FileRequest request(Piece piece, long to, Optional<FileAddress> address) {
    return new FileRequest(
        repoId,
        commit,
        piece.file().path(),
        address,
        piece.from(),
        isWholeFile(piece, to) ? FileRequest.END : to,
        schedule.tag(piece.copy()));
  }

  /** Whether a range that ends there is all of its file. */
  private static boolean isWholeFile(Piece piece, long to) {
    return piece.from() == 0 && to == piece.file().checksum().size();
  }

  /** Lets an answer in only where it is the piece, or the whole file and nobody else is at it. */
  private void accept(FileAnswer answer, Piece piece, long to) throws PieceException, IOException {
    FileTransfer file = piece.file();
    long size = file.checksum().size();
    if (answer.isBeyondEnd()) {
      throw wrong(
          WORDS.text("badAnswer.tooShort", file.path()), "416", Consequence.START_AGAIN_IN_ONE);
    }
    if (answer.size() >= 0 && answer.size() != size) {
      throw wrong(
          WORDS.text("badAnswer.otherLength", file.path()),
          answer.size() + " instead of " + size,
          Consequence.GO_ON);
    }
    Optional<String> before = schedule.tag(piece.copy());
    Optional<String> now = answer.strongTag();
    if (answer.isPart()) {
      if (answer.from() != piece.from() || answer.to() > to || answer.to() <= piece.from()) {
        throw wrong(
            WORDS.text("badAnswer.otherPart", file.path()),
            answer.from() + "-" + answer.to() + " instead of " + piece.from() + "-" + to,
            Consequence.GO_ON);
      }
      if (before.isPresent() && now.isPresent() && !before.equals(now)) {
        throw wrong(
            WORDS.text("badAnswer.changed", file.path()),
            before.get() + " became " + now.get(),
            Consequence.START_AGAIN);
      }
    } else if (!isWholeFile(piece, to) && !schedule.takeWhole(piece)) {
      throw wrong(
          WORDS.text("badAnswer.noParts", file.path()),
          "200 instead of 206",
          Consequence.START_AGAIN_IN_ONE);
    }
    schedule.found(piece.copy(), answer.address(), now);
    if (answer.isPart()) {
      schedule.rangesWork(piece.copy());
    }
  }

  private void pump(FileAnswer answer, Piece piece, long[] came)
      throws HubException, PieceException, IOException, InterruptedException {
    FileTransfer file = piece.file();
    long whole = answer.isPart() ? answer.to() : file.checksum().size();
    long end = Math.min(whole, piece.to());
    long position = piece.from();
    buffer.clear();
    long written = ticker.nanos();
    long window = written;
    long compared = System.nanoTime();
    long inWindow = 0;
    try {
      while (position + buffer.position() < end) {
        if (schedule.isEnding()) {
          return;
        }
        long left = end - position - buffer.position();
        int portion = limit.portion((int) Math.min(BUFFER - buffer.position(), left));
        buffer.limit(buffer.position() + portion);
        int n = answer.read(buffer);
        if (n < 0) {
          throw broken(file, "the body ended " + left + " bytes early");
        }
        came[0] += n;
        inWindow += n;
        piece.source().came(n);
        received.add(n);
        limit.take(n);
        long now = ticker.nanos();
        end = Math.min(whole, piece.to());
        boolean isLast = position + buffer.position() == end;
        if (!isLast && (buffer.position() == BUFFER || now - written > LONGEST_IN_BUFFER)) {
          position = write(piece, position);
          written = now;
        }
        if (System.nanoTime() - compared > LOOK_AROUND) {
          compared = System.nanoTime();
          position = write(piece, position);
          if (schedule.isBetterElsewhere(piece)) {
            return;
          }
        }
        if (now - window > DRIBBLE_WINDOW) {
          if (inWindow < DRIBBLE_BYTES && limit.bytesPerSecond() <= 0) {
            throw broken(file, "only " + inWindow + " bytes in a minute");
          }
          window = now;
          inWindow = 0;
        }
      }
      // Before the last bytes count: with them the file would be complete.
      if (answer.size() < 0
          && position + buffer.position() == whole
          && answer.read(ByteBuffer.allocate(1)) >= 0) {
        buffer.clear();
        throw wrong(WORDS.text("badAnswer.noEnd", file.path()), "", Consequence.START_AGAIN_IN_ONE);
      }
    } finally {
      write(piece, position);
    }
  }

  private long write(Piece piece, long position) throws IOException {
    FileTransfer file = piece.file();
    buffer.flip();
    long next = piece.claim(position + buffer.remaining());
    buffer.limit((int) Math.max(0, next - position));
    if (buffer.hasRemaining()) {
      Set<String> wrong = file.partial().write(position, buffer, mirror(piece.source()));
      if (!wrong.isEmpty()) {
        schedule.differs(file, wrong);
      }
      board.set(file.path(), file.partial().total());
      file.follower.wake();
    }
    buffer.clear();
    return next;
  }

  private static Optional<String> mirror(Source source) {
    return source.isEndpoint() ? Optional.empty() : Optional.of(source.name());
  }

  private static PieceException broken(FileTransfer file, String detail) {
    return new PieceException(
        new HubException(
            Reason.NO_CONNECTION, WORDS.problem("brokeOff", file.path()), detail, null),
        Consequence.GO_ON);
  }

  private static PieceException wrong(String what, String detail, Consequence consequence) {
    return new PieceException(
        new HubException(Reason.BAD_ANSWER, WORDS.problem("badAnswer", what), detail, null),
        consequence);
  }
}
