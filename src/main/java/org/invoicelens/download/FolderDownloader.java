package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.invoicelens.hub.ListedFolder;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.StageException;

/**
 * Brings files of a {@link ListedFolder} into a folder, going on where it stopped, with the same
 * connections, journals and retries as a model's.
 *
 * <p>Where nobody knows a digest, a file is whole when all its bytes came from one state of the
 * server's file, by its size and entity tag; whoever reads it has to prove what it holds. What lies
 * under its name with the right size is not fetched again, so a folder is for one state of the
 * server only. One call at a time; interrupting the calling thread counts as cancelling.
 */
public final class FolderDownloader {

  private static final Duration BEAT = Duration.ofMillis(50);
  private static final int RETRIES = 3;
  private static final int CONNECTIONS = 8;

  private final RateLimit rateLimit;
  private final ProgressListener listener;
  private final Cancellation cancellation;
  private final Tuning tuning;
  private final Ticker ticker;

  public FolderDownloader(
      RateLimit rateLimit, ProgressListener listener, Cancellation cancellation) {
    this(rateLimit, listener, cancellation, Tuning.DEFAULT, Ticker.SYSTEM);
  }

  FolderDownloader(
      RateLimit rateLimit,
      ProgressListener listener,
      Cancellation cancellation,
      Tuning tuning,
      Ticker ticker) {
    this.rateLimit = rateLimit;
    this.listener = listener;
    this.cancellation = cancellation;
    this.tuning = tuning;
    this.ticker = ticker;
  }

  /**
   * A file to fetch.
   *
   * @param name as it was listed, and how it is called here
   * @param size in bytes
   * @param sha256 what its digest must be, where somebody knows it
   */
  public record Wanted(String name, long size, Optional<String> sha256) {

    private Checksum checksum() {
      return sha256
          .map(hex -> new Checksum(Checksum.Algorithm.SHA256, hex, size))
          .orElseGet(() -> Checksum.ofSize(size));
    }
  }

  /**
   * Fetches what is missing and returns when every file lies under its own name.
   *
   * @return how many bytes came
   * @throws DownloadException where that cannot be reached; what came is kept
   * @throws CancelledException when asked to stop: the next call goes on from there
   */
  public long download(ListedFolder server, List<Wanted> files, Path folder)
      throws DownloadException, CancelledException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    LongAdder received = new LongAdder();
    // A thread of its own, because an interruption of the caller's would close files in mid-write.
    Thread worker =
        Thread.ofPlatform()
            .daemon()
            .name("download")
            .start(() -> {
              try {
                fetch(server, files, folder, received);
              } catch (StageException | InterruptedException | RuntimeException | Error thrown) {
                failure.set(thrown);
              }
            });
    join(worker, server);
    return switch (failure.get()) {
      case null -> received.sum();
      case DownloadException thrown -> throw thrown;
      case CancelledException thrown -> throw thrown;
      case RuntimeException thrown -> throw thrown;
      case Error thrown -> throw thrown;
      default -> throw new IllegalStateException(failure.get());
    };
  }

  private void join(Thread worker, ListedFolder server) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = worker.join(BEAT);
        if (!ended && cancellation.isCancelled()) {
          server.breakOff();
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

  private void fetch(ListedFolder server, List<Wanted> files, Path folder, LongAdder received)
      throws DownloadException, CancelledException, InterruptedException {
    ProgressBoard board = new ProgressBoard(listener);
    Map<String, Checksum> missing = new LinkedHashMap<>();
    files.forEach(file -> board.add(file.name(), file.size()));
    try (FolderLock _ = FolderLock.take(folder)) {
      for (Wanted file : files) {
        if (isWhole(folder.resolve(file.name()), file.size())) {
          board.set(file.name(), file.size());
        } else {
          missing.put(file.name(), file.checksum());
        }
      }
      if (missing.isEmpty()) {
        return;
      }
      new FileFetching(
              new Sources(server, List.of()),
              new FileFetching.Origin(ListedFolder.REPOSITORY, ""),
              folder,
              folder,
              new FileFetching.Effort(CONNECTIONS, 1, RETRIES),
              tuning,
              ticker,
              rateLimit,
              board,
              received,
              cancellation)
          .fetch(
              missing,
              new ManifestKeeper(folder, ListedFolder.REPOSITORY, ""),
              () -> DownloadFailures.freeSpace(folder),
              "");
    } catch (IOException disk) {
      throw DownloadFailures.disk(folder, board.total() - board.done(), disk);
    }
  }

  private static boolean isWhole(Path file, long size) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == size;
  }
}
