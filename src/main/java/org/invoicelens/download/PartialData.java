package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an unfinished download left in a model folder. */
public final class PartialData {

  private static final Logger log = LoggerFactory.getLogger(PartialData.class);

  /** How the names of files end that are brought in from elsewhere and not yet proved. */
  static final String FOUND = ".found";

  private final Path modelPath;

  public PartialData(Path modelPath) {
    this.modelPath = modelPath;
  }

  /** How many bytes have come, by the journals; 0 where nothing is left. */
  public long size() throws IOException {
    return sum(Journal::claimed);
  }

  /** How many bytes of the volume are set aside for what has not come yet, by the journals. */
  public long reserved() throws IOException {
    return sum(Journal::reserved);
  }

  /** Something that a journal says, in bytes. */
  @FunctionalInterface
  private interface Statement {
    long of(Path journal) throws IOException;
  }

  private long sum(Statement statement) throws IOException {
    Path folder = ModelFolder.partial(modelPath);
    long size = 0;
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.journal")) {
        for (Path journal : files) {
          size += statement.of(journal);
        }
      }
    }
    return size;
  }

  /**
   * Removes it; files that are complete stay.
   *
   * @throws DownloadException where a download is at work, or nothing can be removed
   */
  public void remove() throws DownloadException {
    Path folder = ModelFolder.partial(modelPath);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (FolderLock _ = FolderLock.take(modelPath);
        DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException unremovable) {
      throw DownloadFailures.notWritable(folder, unremovable);
    }
  }

  /** Removes data of content that nobody needs any more, and what a run that was killed brought. */
  void removeAllBut(Set<String> digests) throws IOException {
    Path folder = ModelFolder.partial(modelPath);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // The lock is held, so nobody else writes these.
    WholeFile.removeUnfinished(ModelFolder.manifest(modelPath));
    WholeFile.removeUnfinished(ModelFolder.listing(modelPath));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        String name = file.getFileName().toString();
        boolean needed =
            digests.contains(name.replaceFirst("[-.].*$", "")) && !name.endsWith(FOUND);
        if (!needed && Files.deleteIfExists(file)) {
          log.info("Removed {}, which belongs to no file of this commit.", file);
        }
      }
    }
  }

  /** Removes the folder of partial files where nothing is left in it. */
  void removeFolderIfEmpty() throws IOException {
    Path folder = ModelFolder.partial(modelPath);
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
        if (left.iterator().hasNext()) {
          return;
        }
      }
      Files.delete(folder);
    }
  }
}
