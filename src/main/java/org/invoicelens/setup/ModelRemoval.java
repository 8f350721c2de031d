package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.FolderLock;
import org.invoicelens.download.Manifest;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.download.ModelTree;
import org.invoicelens.download.PartialData;
import org.invoicelens.setup.InstalledModel.CacheEntry;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a model, or what it can do without, from the disk: files that the manifest names, the
 * application's own folder among them, and what the cache holds for it. Nothing else, no link and
 * nothing behind one, and never what ships. Thread-safe.
 */
public final class ModelRemoval {

  private static final Logger log = LoggerFactory.getLogger(ModelRemoval.class);

  private static final Words WORDS = Words.of(ModelRemoval.class);

  private final ApplicationFolders folders;

  public ModelRemoval(ApplicationFolders folders) {
    this.folders = folders;
  }

  /**
   * What came of a removal.
   *
   * @param freed how many bytes the removed files had
   * @param foreign files of others that stayed in the model's folder, relative to it, in order
   */
  public record Outcome(long freed, List<Path> foreign) {
    public Outcome {
      foreign = List.copyOf(foreign);
    }
  }

  /**
   * Removes what an unfinished download left, what was set aside, and the cache. The model stays.
   *
   * @return how many bytes the removed files had
   * @throws DownloadException where a download is at work, or something cannot be removed
   */
  public long freeSpace(InstalledModel model) throws DownloadException {
    long freed = 0;
    Optional<Path> folder = model.folder().filter(Files::isDirectory);
    try {
      if (folder.isPresent()) {
        PartialData partial = new PartialData(folder.get());
        long left = partial.size() + partial.reserved();
        partial.remove();
        freed += left;
        List<Path> aside =
            asides(folder.get()).stream()
                .filter(place -> Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS))
                .toList();
        if (!aside.isEmpty()) {
          try (FolderLock _ = FolderLock.take(folder.get())) {
            for (Path place : aside) {
              freed += FolderTree.delete(place);
            }
          }
        }
      }
      return freed + removeCache(model);
    } catch (IOException e) {
      throw notRemovable(model, e);
    }
  }

  /**
   * Removes the model, and its folder where nothing else is in it. After a failure, or a crash, it
   * can be called again.
   *
   * @throws DownloadException where a download is at work, or something cannot be removed
   */
  public Outcome remove(InstalledModel model) throws DownloadException {
    Optional<Path> folder = model.folder().filter(Files::isDirectory);
    try {
      if (folder.isEmpty()) {
        return new Outcome(removeCache(model), List.of());
      }
      refuseWhatShips(folder.get());
      PartialData partial = new PartialData(folder.get());
      long freed = partial.size() + partial.reserved();
      try (FolderLock _ = FolderLock.take(folder.get())) {
        freed += removeFiles(folder.get());
      }
      // Last, because without the manifest nobody knows which files are the model's.
      Path own = ModelFolder.own(folder.get());
      long measured = 0;
      for (Path place : asides(folder.get())) {
        measured += FolderTree.size(place);
      }
      FolderTree.delete(own);
      freed += measured + removeCache(model);
      List<Path> foreign = filesIn(folder.get());
      if (foreign.isEmpty() && !Files.isSymbolicLink(folder.get())) {
        removeIfEmpty(folder.get());
      }
      log.info("Removed {}, {} bytes; {} other files stay", folder.get(), freed, foreign.size());
      return new Outcome(freed, foreign);
    } catch (IOException e) {
      throw notRemovable(model, e);
    }
  }

  /** Where a model's folder keeps what is not the model as it is. */
  private static List<Path> asides(Path folder) {
    return List.of(
        ModelFolder.replaced(folder), ModelFolder.previous(folder), ModelFolder.next(folder));
  }

  private void refuseWhatShips(Path folder) throws IOException {
    Path ships = folders.bundledModels();
    if (Files.isDirectory(ships) && folder.toRealPath().startsWith(ships.toRealPath())) {
      throw new IOException(folder + " is part of the program");
    }
  }

  private static long removeFiles(Path folder) throws IOException, DownloadException {
    long freed = 0;
    Set<String> names =
        Manifest.read(folder).map(manifest -> manifest.files().keySet()).orElse(Set.of());
    for (String name : names) {
      Path file = folder.resolve(name);
      if (!liesIn(folder, name) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      long size = Files.size(file);
      Files.delete(file);
      freed += size;
      for (Path parent = file.getParent();
          !parent.equals(folder) && !Files.isSymbolicLink(parent) && removeIfEmpty(parent); ) {
        parent = parent.getParent();
      }
    }
    return freed;
  }

  /** Whether no link leads a file's path out of its folder. */
  private static boolean liesIn(Path folder, String name) throws IOException {
    try {
      ModelTree.checkParents(folder, name);
      return true;
    } catch (DownloadException leadsOutside) {
      return false;
    }
  }

  private static boolean removeIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
      return true;
    } catch (DirectoryNotEmptyException others) {
      return false;
    }
  }

  private static long removeCache(InstalledModel model) throws IOException {
    long freed = 0;
    for (CacheEntry entry : model.sizes().cache()) {
      freed += FolderTree.delete(entry.path());
    }
    return freed;
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder.toRealPath(),
        new SimpleFileVisitor<>() {
          private final Path root = folder.toRealPath();

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(root.relativize(file));
            return FileVisitResult.CONTINUE;
          }
        });
    return files.stream().sorted().toList();
  }

  private static DownloadException notRemovable(InstalledModel model, IOException cause) {
    return new DownloadException(
        DownloadException.Reason.NOT_WRITABLE,
        WORDS.problem("notRemovable", model.name(), model.folder().map(Path::toString).orElse("")),
        cause.toString(),
        cause);
  }
}
