package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The folders between a model folder and a file in it; none of them is a link to elsewhere. */
public final class ModelTree {

  private ModelTree() {}

  /**
   * Refuses a path that a link among its folders would lead out of the model folder.
   *
   * @param path a safe path with {@code /}
   */
  public static void checkParents(Path modelPath, String path)
      throws DownloadException, IOException {
    Path root = modelPath.toRealPath();
    Path folder = root;
    String[] segments = path.split("/");
    for (int i = 0; i < segments.length - 1; i++) {
      folder = folder.resolve(segments[i]);
      if (Files.isSymbolicLink(folder)
          && !(Files.exists(folder) && folder.toRealPath().startsWith(root))) {
        throw DownloadFailures.leadsOutside(folder);
      }
    }
  }

  /** Makes the folders of a file and returns where it belongs. */
  static Path makeParents(Path modelPath, String path) throws DownloadException, IOException {
    checkParents(modelPath, path);
    Path target = modelPath.resolve(path);
    Files.createDirectories(target.getParent());
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(target + " is a folder where a file belongs");
    }
    return target;
  }
}
