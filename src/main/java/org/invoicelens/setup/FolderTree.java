package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** A folder with all that lies in it; links in it are never followed. */
public final class FolderTree {

  private FolderTree() {}

  /**
   * The files of a folder.
   *
   * @param size what they take, in bytes by their lengths
   * @param files how many they are
   */
  record Content(long size, int files) {}

  /**
   * What the files of a folder, or one file, take, in bytes by their lengths; 0 where there is
   * none. What cannot be read counts as nothing.
   *
   * @param except folders in it that are not counted
   */
  public static long size(Path folder, Set<Path> except, Cancellation cancellation)
      throws IOException, CancelledException {
    return content(folder, except, cancellation).size();
  }

  /** What a folder, or one file, takes, in bytes; 0 for a link. */
  static long size(Path folder) throws IOException {
    return content(folder).size();
  }

  /** What lies in a folder; nothing for a link. */
  static Content content(Path folder) throws IOException {
    try {
      return Files.isSymbolicLink(folder)
          ? new Content(0, 0)
          : content(folder, Set.of(), new Cancellation());
    } catch (CancelledException never) {
      throw new IllegalStateException(never);
    }
  }

  private static Content content(Path folder, Set<Path> except, Cancellation cancellation)
      throws IOException, CancelledException {
    if (!Files.exists(folder)) {
      return new Content(0, 0);
    }
    long[] size = {0};
    int[] files = {0};
    // The folder itself may be a link to another disk; what lies in it may not lead elsewhere.
    Files.walkFileTree(
        folder.toRealPath(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            if (cancellation.isCancelled()) {
              return FileVisitResult.TERMINATE;
            }
            return except.contains(visited)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              size[0] += attributes.size();
              files[0]++;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException unreadable) {
            return FileVisitResult.CONTINUE;
          }
        });
    cancellation.throwIfCancelled();
    return new Content(size[0], files[0]);
  }

  /**
   * Removes a folder, or one file, with all that lies in it. Of a link only the link goes.
   *
   * @return how many bytes the files had
   */
  static long delete(Path folder) throws IOException {
    long[] freed = {0};
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            freed[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
    return freed[0];
  }
}
