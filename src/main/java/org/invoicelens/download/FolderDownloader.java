package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.invoicelens.hub.ListedFolder;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

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
    return DownloadThread.run(() -> fetch(server, files, folder), server::breakOff, cancellation);
  }

  private long fetch(ListedFolder server, List<Wanted> files, Path folder)
      throws DownloadException, CancelledException, InterruptedException {
    LongAdder received = new LongAdder();
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
        return 0;
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
      return received.sum();
    } catch (IOException disk) {
      throw DownloadFailures.disk(folder, board.total() - board.done(), disk);
    }
  }

  private static boolean isWhole(Path file, long size) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == size;
  }
}
