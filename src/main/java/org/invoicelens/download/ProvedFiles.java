package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a model folder that its manifest proves, without reading them: an entry counts as
 * long as size and modification time of its file are still the same.
 */
final class ProvedFiles {

  private final Path modelPath;
  private final Map<String, Manifest.Entry> entries;

  private ProvedFiles(Path modelPath, Map<String, Manifest.Entry> entries) {
    this.modelPath = modelPath;
    this.entries = entries;
  }

  /** Reads the manifest; where it cannot be read, it proves nothing. */
  static ProvedFiles read(Path modelPath) {
    try {
      return new ProvedFiles(
          modelPath, Manifest.read(modelPath).map(Manifest::files).orElse(Map.of()));
    } catch (IOException unreadable) {
      return new ProvedFiles(modelPath, Map.of());
    }
  }

  /** Whether every file of a plan is proved to be what it should. */
  boolean holdAll(Map<String, Checksum> plan) {
    return plan.entrySet().stream()
        .allMatch(file -> entry(file.getKey(), file.getValue()).isPresent());
  }

  /** The manifest's entry of a file; empty where it does not prove that content. */
  Optional<Manifest.Entry> entry(String path, Checksum checksum) {
    return Optional.ofNullable(entries.get(path))
        .filter(entry -> entry.checksum().equals(checksum))
        .filter(entry -> isUnchanged(path, entry));
  }

  private boolean isUnchanged(String path, Manifest.Entry entry) {
    try {
      Path file = modelPath.resolve(path);
      return Files.isRegularFile(file)
          && Files.size(file) == entry.checksum().size()
          && Files.getLastModifiedTime(file).toMillis() == entry.modifiedMillis();
    } catch (IOException unreadable) {
      return false;
    }
  }
}
