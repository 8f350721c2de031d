package org.invoicelens.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write to a model folder, which one download has at a time, in this process or in
 * another. The operating system takes it back when the process ends, however that happens.
 */
public final class FolderLock implements AutoCloseable {

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the right, making the folder where there is none.
   *
   * @throws DownloadException where another has it or the folder cannot be written
   */
  public static FolderLock take(Path modelPath) throws DownloadException {
    FileChannel channel = null;
    boolean taken = false;
    try {
      Files.createDirectories(modelPath);
      Path own = ModelFolder.own(modelPath);
      if (Files.isSymbolicLink(own) || Files.isSymbolicLink(ModelFolder.partial(modelPath))) {
        throw DownloadFailures.leadsOutside(own);
      }
      Files.createDirectories(ModelFolder.partial(modelPath));
      channel =
          FileChannel.open(
              ModelFolder.lock(modelPath),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      FileLock lock = channel.tryLock();
      taken = lock != null;
      if (!taken) {
        throw DownloadFailures.inUse(modelPath);
      }
      return new FolderLock(channel);
    } catch (OverlappingFileLockException sameProcess) {
      throw DownloadFailures.inUse(modelPath);
    } catch (IOException unwritable) {
      throw DownloadFailures.disk(modelPath, 0, unwritable);
    } finally {
      if (!taken) {
        closeQuietly(channel);
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException leftToTheSystem) {
      // The lock ends with the process at the latest.
    }
  }
}
