package org.invoicelens.hardware;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** The place on disk where the model's files go; its folder need not exist yet. */
public record ModelStorage(Path path) {

  /** The folder itself, or the nearest one above it that exists. */
  public Path nearest() {
    Path folder = path;
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Bytes that this user can still write on the folder's volume. */
  public long freeSpace() throws IOException {
    return Files.getFileStore(nearest()).getUsableSpace();
  }

  /**
   * Proves that files can be made there, by making one.
   *
   * @throws IOException where they cannot
   */
  public static void proveWritable(Path folder) throws IOException {
    Path proof = Files.createTempFile(folder, ".invoicelens-", ".tmp");
    try {
      Files.write(proof, new byte[4096]);
    } finally {
      Files.deleteIfExists(proof);
    }
  }

  /** Bytes of the files that lie there already, finished or not. */
  public long present() throws IOException {
    if (!Files.isDirectory(path)) {
      return 0;
    }
    long[] sum = {0};
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }
}
