package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;

/**
 * The fetching of files whose paths and sizes are known, over several connections and from several
 * servers, until each lies under its own name. Used once, by one thread.
 */
final class FileFetching {

  private static final Words WORDS = Words.of(FileFetching.class);

  /** What the servers know the files by. */
  record Origin(String repoId, String commit) {}

  /**
   * How hard it is tried.
   *
   * @param connections at once
   * @param minimalConnections at once in the last pass
   * @param maxRetries further attempts for each file
   */
  record Effort(int connections, int minimalConnections, int maxRetries) {}

  private final Sources servers;
  private final Origin origin;
  private final Path folder;
  private final Path target;
  private final Effort effort;
  private final Tuning tuning;
  private final Ticker ticker;
  private final RateLimit rateLimit;
  private final ProgressBoard board;
  private final LongAdder received;
  private final Cancellation cancellation;

  /**
   * @param folder the folder that failures name, on whose volume the files lie
   * @param target where files get their names; partial ones wait in its {@link ModelFolder#partial}
   * @param board knows every file already
   */
  FileFetching(
      Sources servers,
      Origin origin,
      Path folder,
      Path target,
      Effort effort,
      Tuning tuning,
      Ticker ticker,
      RateLimit rateLimit,
      ProgressBoard board,
      LongAdder received,
      Cancellation cancellation) {
    this.servers = servers;
    this.origin = origin;
    this.folder = folder;
    this.target = target;
    this.effort = effort;
    this.tuning = tuning;
    this.ticker = ticker;
    this.rateLimit = rateLimit;
    this.board = board;
    this.received = received;
    this.cancellation = cancellation;
  }

  /**
   * Fetches the files.
   *
   * @param manifest told of each that lies under its name
   * @param freeSpace the bytes that are free for them; negative where nobody knows
   * @param before what is said before all else meanwhile; may be empty
   */
  void fetch(
      Map<String, Checksum> missing, ManifestKeeper manifest, LongSupplier freeSpace, String before)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    List<FileTransfer> files = new ArrayList<>();
    ExecutorService hashing = Digests.newThreads();
    try {
      open(missing, files);
      checkSpace(files, freeSpace);
      for (FileTransfer file : files) {
        cancellation.throwIfCancelled();
        file.partial().reserve();
      }
      Schedule schedule =
          new Schedule(
              files,
              servers,
              effort.connections,
              effort.maxRetries,
              tuning,
              ticker,
              RandomGenerator.getDefault(),
              board);
      for (FileTransfer file : files) {
        file.follower =
            new DigestFollower(
                file.partial(), hashing, schedule::isEnding, ending(file, schedule, manifest));
      }
      files.forEach(file -> file.follower.wake());
      Transfer transfer =
          new Transfer(servers, schedule, files, manifest, board, tuning, cancellation);
      int now = effort.connections;
      do {
        transfer.run(now, before, () -> fetcher(schedule));
        now = effort.minimalConnections;
      } while (schedule.beginLastPass());
      cancellation.throwIfCancelled();
      Optional<DownloadException> failure = schedule.failure();
      if (failure.isPresent()) {
        throw failure.get();
      }
    } finally {
      hashing.shutdown();
      hashing.awaitTermination(1, TimeUnit.MINUTES);
      for (FileTransfer file : files) {
        file.partial().close();
      }
    }
  }

  private PieceFetcher fetcher(Schedule schedule) {
    return new PieceFetcher(
        schedule, origin.repoId, origin.commit, folder, rateLimit, ticker, board, received);
  }

  private void open(Map<String, Checksum> missing, List<FileTransfer> files)
      throws IOException, DownloadException {
    Map<String, Integer> sameContent = new HashMap<>();
    for (Map.Entry<String, Checksum> file : missing.entrySet()) {
      ModelTree.checkParents(target, file.getKey());
      // Where nobody knows the digest, the path tells the file from the others.
      String hex =
          file.getValue().isDigestKnown() ? file.getValue().hex() : Digests.sha256(file.getKey());
      int twins = sameContent.merge(hex, 1, Integer::sum);
      String name = twins == 1 ? hex : hex + "-" + twins;
      PartialFile partial = PartialFile.open(ModelFolder.partial(target), name, file.getValue());
      files.add(new FileTransfer(file.getKey(), file.getValue(), partial, servers.all()));
      board.set(file.getKey(), partial.total());
    }
  }

  private void checkSpace(List<FileTransfer> files, LongSupplier freeSpace)
      throws DownloadException {
    long needed = files.stream().mapToLong(file -> file.partial().roomNeeded()).sum();
    long free = freeSpace.getAsLong();
    if (free >= 0 && needed > 0 && needed + DownloadFailures.DISK_RESERVE > free) {
      throw DownloadFailures.diskFull(folder, needed, null);
    }
  }

  private DigestFollower.Listener ending(
      FileTransfer file, Schedule schedule, ManifestKeeper manifest) {
    return new DigestFollower.Listener() {
      @Override
      public void digestKnown(String hex) {
        try {
          if (file.checksum().isDigestKnown() && !hex.equals(file.checksum().hex())) {
            schedule.wrongDigest(file, hex);
            return;
          }
          file.partial().promote(ModelTree.makeParents(target, file.path()));
          manifest.add(file.path(), file.checksum());
          board.set(
              file.path(),
              file.checksum().size(),
              WORDS.text(
                  file.checksum().isDigestKnown() ? "progress.verified" : "progress.arrived"));
          schedule.proved(file);
        } catch (DownloadException unsafe) {
          schedule.fatal(unsafe);
        } catch (IOException disk) {
          schedule.fatal(DownloadFailures.disk(folder, schedule.missing(), disk));
        }
      }

      @Override
      public void unreadable(IOException failure) {
        schedule.fatal(DownloadFailures.disk(folder, schedule.missing(), failure));
      }
    };
  }
}
