package org.invoicelens.setup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.FolderLock;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The move of a model's folder, finished files and unfinished ones, to another place. On one volume
 * it is a new name; otherwise every file is copied, and the old ones are removed only when all are
 * there and the settings say so. Stopped, failed or killed before, the old folder is whole, and
 * what was copied is taken over next time.
 */
public final class ModelMove {

  private static final Logger log = LoggerFactory.getLogger(ModelMove.class);

  private static final Words WORDS = Words.of(ModelMove.class);

  private static final int CHUNK = 4 << 20;

  /** The coarsest times that a file system keeps are even seconds. */
  private static final long COARSEST_TIME = 2000;

  private final ProgressListener listener;
  private final Cancellation cancellation;
  private long done;
  private long total;

  public ModelMove(ProgressListener listener, Cancellation cancellation) {
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /** What is done once everything is in the new folder, before anything goes from the old one. */
  @FunctionalInterface
  interface Arrival {
    void keep() throws IOException;
  }

  /**
   * Moves a model, and keeps in the settings where it lies now.
   *
   * @return whether nothing stayed behind
   * @throws DownloadException where a download is at work in the folder, other files are in the way
   *     or something cannot be read or written; the model is then whole where it was
   */
  public boolean move(ModelConfig config, Path to, SettingsStore settings) throws StageException {
    return move(config.modelPath(), to, () -> settings.keepModelFolder(config.name(), to));
  }

  /**
   * Takes a model as moved that was brought elsewhere by other means, and keeps in the settings
   * where it lies now.
   *
   * @return its folder
   * @throws DownloadException as {@link ModelPlace#holding}, or where the settings cannot be
   *     written
   */
  public static Path find(
      ModelConfig config, Path folder, ApplicationFolders folders, SettingsStore settings)
      throws DownloadException {
    Path found = ModelPlace.holding(config, folder, folders);
    try {
      settings.keepModelFolder(config.name(), found);
      return found;
    } catch (IOException e) {
      throw new DownloadException(
          DownloadException.Reason.NOT_WRITABLE,
          WORDS.problem("move.unkept", found),
          e.toString(),
          e);
    }
  }

  boolean move(Path from, Path to, Arrival arrival) throws StageException {
    try {
      // The folder's own name may be a link to another disk.
      Path real = from.toRealPath();
      boolean clean = rename(real, to, arrival) || copy(real, to, arrival);
      if (Files.isSymbolicLink(from) && !Files.exists(from)) {
        Files.delete(from);
      }
      return clean;
    } catch (IOException e) {
      throw new DownloadException(
          DownloadException.Reason.NOT_WRITABLE,
          WORDS.problem("move.failed", from, to),
          e.toString(),
          e);
    }
  }

  /** Whether the folder has the new name; where not, nothing has changed. */
  private boolean rename(Path from, Path to, Arrival arrival) throws IOException, StageException {
    if (!isFree(to)) {
      return false;
    }
    // Given back at once: Windows renames no folder in which a file is open.
    FolderLock.take(from).close();
    cancellation.throwIfCancelled();
    Files.createDirectories(to.getParent());
    try {
      Files.deleteIfExists(to);
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException otherVolume) {
      log.info("{} has to be copied: {}", from, otherVolume.toString());
      return false;
    }
    try {
      arrival.keep();
    } catch (IOException unkept) {
      Files.move(to, from, StandardCopyOption.ATOMIC_MOVE);
      throw unkept;
    }
    return true;
  }

  /** Whether nothing lies in a folder that may not exist. */
  static boolean isFree(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return !Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private boolean copy(Path from, Path to, Arrival arrival) throws IOException, StageException {
    List<Path> files;
    try (FolderLock _ = FolderLock.take(from)) {
      files = files(from);
      for (Path file : files) {
        total += Files.size(file);
      }
      refuseOthers(from, to, files);
      for (Path file : files) {
        cancellation.throwIfCancelled();
        copy(
            file,
            to.resolve(from.relativize(file).toString()),
            isOwn(from, file) ? 0 : COARSEST_TIME);
      }
      VerificationRecord.carryOver(from, to);
      arrival.keep();
    }
    try {
      remove(from, files);
      return !Files.exists(from);
    } catch (IOException e) {
      log.warn("{} was moved to {}, and something stays behind: {}", from, to, e.toString());
      return false;
    }
  }

  /**
   * Regular files only: a link leads out of the folder and is no part of it. What tells whose files
   * they are comes last, to the new folder and from the old one.
   */
  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Path lock = ModelFolder.lock(folder);
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            // Windows lets nobody read a file that is locked, and there is nothing in it.
            if (attributes.isRegularFile() && !file.equals(lock)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(file -> isOwn(folder, file)));
    return files;
  }

  /** Nothing of another model or of the user is overwritten. */
  private static void refuseOthers(Path from, Path to, List<Path> files)
      throws IOException, DownloadException {
    for (Path file : files) {
      Path name = from.relativize(file);
      Path target = to.resolve(name.toString());
      if (isOwn(from, file)
          || !Files.exists(target, LinkOption.NOFOLLOW_LINKS)
          || isTaken(file, target, COARSEST_TIME)) {
        continue;
      }
      // A kill may have come before the copy got its time; and the user may have copied it.
      if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
          || Files.mismatch(file, target) >= 0) {
        throw new DownloadException(
            DownloadException.Reason.NOT_WRITABLE,
            WORDS.problem("move.occupied", to, name),
            target.toString(),
            null);
      }
      Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
    }
  }

  /** What the application itself keeps, and changes now and then. */
  private static boolean isOwn(Path folder, Path file) {
    return file.startsWith(ModelFolder.own(folder));
  }

  /**
   * Whether an earlier move took a file: the same content, which of a large file its size and time
   * tell.
   *
   * @param apart how many milliseconds a large file's time may differ
   */
  private static boolean isTaken(Path file, Path target, long apart) throws IOException {
    long size = Files.size(file);
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) || Files.size(target) != size) {
      return false;
    }
    return size <= CHUNK
        ? Files.mismatch(file, target) < 0
        : Math.abs(modified(target) - modified(file)) <= apart;
  }

  private static long modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  /**
   * @param apart as for {@link #isTaken}
   */
  private void copy(Path file, Path target, long apart) throws IOException, CancelledException {
    if (isTaken(file, target, apart)) {
      Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
      progress(Files.size(file), file);
      return;
    }
    Files.createDirectories(target.getParent());
    WholeFile.removeUnfinished(target);
    try (InputStream in = Files.newInputStream(file)) {
      WholeFile.write(target, out -> fill(in, out, file));
    } catch (IOException e) {
      if (cancellation.isCancelled()) {
        throw new CancelledException();
      }
      throw e;
    }
    Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
  }

  private void fill(InputStream in, FileChannel out, Path file) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      if (cancellation.isCancelled()) {
        // Whoever replaces a file as a whole leaves it alone when its content breaks off.
        throw new IOException("stopped");
      }
      WholeFile.writeFully(out, ByteBuffer.wrap(chunk, 0, read));
      progress(read, file);
    }
  }

  private void progress(long bytes, Path file) {
    done = Math.min(total, done + bytes);
    listener.onProgress(
        Progress.of(
            Stage.DOWNLOAD,
            done,
            total,
            Progress.Unit.BYTES,
            WORDS.text("move.progress", file.getFileName())));
  }

  private static void remove(Path folder, List<Path> files) throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(ModelFolder.lock(folder));
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path emptied, IOException failure)
              throws IOException {
            try (var left = Files.list(emptied)) {
              if (left.findAny().isEmpty()) {
                Files.delete(emptied);
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
