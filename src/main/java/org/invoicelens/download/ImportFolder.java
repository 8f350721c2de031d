package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of the user's that may hold files of a repository, such as a USB drive, a colleague's
 * model folder or a snapshot in the cache of the Hub's own programs. It is only read.
 *
 * @param places where files are looked for, the likeliest first
 */
record ImportFolder(List<Path> places) {

  private static final Logger log = LoggerFactory.getLogger(ImportFolder.class);

  /** A cache rarely keeps more than two. */
  private static final int MOST_SNAPSHOTS = 20;

  /**
   * The places in a folder that the user chose: itself, a model folder in it, and snapshots of the
   * repository where it is a cache of the Hub or a repository in one.
   *
   * @param repoId {@code owner/name}
   * @param folderName what the model folder is called here
   */
  static ImportFolder of(Path chosen, String repoId, String folderName) {
    List<Path> places = new ArrayList<>();
    places.add(chosen);
    places.add(chosen.resolve(folderName));
    places.add(chosen.resolve(repoId.substring(repoId.indexOf('/') + 1)));
    addSnapshots(chosen, places);
    addSnapshots(chosen.resolve("models--" + repoId.replace("/", "--")), places);
    return new ImportFolder(List.copyOf(places));
  }

  private static void addSnapshots(Path repository, List<Path> places) {
    Path snapshots = repository.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return;
    }
    try (DirectoryStream<Path> commits = Files.newDirectoryStream(snapshots, Files::isDirectory)) {
      int count = 0;
      for (Path commit : commits) {
        if (count++ < MOST_SNAPSHOTS) {
          places.add(commit);
        }
      }
    } catch (IOException | RuntimeException unreadable) {
      log.warn("{} cannot be looked into", snapshots, unreadable);
    }
  }

  /**
   * A file of that name and size: at its path in the repository, or flat, as people copy files.
   * What a link leads to counts, since the Hub's own programs make links. Whether its content is
   * right, only its digest tells.
   *
   * @param path a safe path with {@code /}
   */
  Optional<Path> find(String path, Checksum checksum) {
    for (Path place : places) {
      for (String name : List.of(path, path.substring(path.lastIndexOf('/') + 1))) {
        Path file = place.resolve(name);
        try {
          if (Files.isRegularFile(file) && Files.size(file) == checksum.size()) {
            return Optional.of(file.toRealPath());
          }
        } catch (IOException unreadable) {
          log.warn("{} cannot be read and is left alone", file, unreadable);
        }
      }
    }
    return Optional.empty();
  }
}
