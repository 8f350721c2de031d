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
import java.util.List;
import org.invoicelens.download.DownloadException;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;

/**
 * The move of a model's folder, finished files and unfinished ones, to another place. On one volume
 * it is a new name; otherwise every file is copied, and the old ones are removed only when all are
 * there. Stopped or failed, the old folder is whole, and what was copied is taken over next time.
 */
public final class ModelMove {

  private static final Words WORDS = Words.of(ModelMove.class);

  private static final int CHUNK = 4 << 20;

  private final ProgressListener listener;
  private final Cancellation cancellation;
  private long done;
  private long total;

  public ModelMove(ProgressListener listener, Cancellation cancellation) {
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Moves everything in a folder.
   *
   * @throws DownloadException where something cannot be read or written; nothing is lost
   */
  public void move(Path from, Path to) throws StageException {
    try {
      if (!Files.exists(to)) {
        Files.createDirectories(to.getParent());
        try {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
          return;
        } catch (IOException otherVolume) {
          // Then every file is copied.
        }
      }
      List<Path> files = files(from);
      for (Path file : files) {
        total += Files.size(file);
      }
      for (Path file : files) {
        copy(file, to.resolve(from.relativize(file).toString()));
      }
      remove(from, files);
    } catch (IOException e) {
      throw new DownloadException(
          DownloadException.Reason.NOT_WRITABLE,
          WORDS.problem("move.failed", from, to),
          e.toString(),
          e);
    }
  }

  /** Regular files only: a link leads out of the folder and is no part of it. */
  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private void copy(Path file, Path target) throws IOException, CancelledException {
    long size = Files.size(file);
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
        && Files.size(target) == size
        && Files.getLastModifiedTime(target).equals(Files.getLastModifiedTime(file))) {
      progress(size, file);
      return;
    }
    Files.createDirectories(target.getParent());
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
