package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The manifest of the model folder while files come; written now and then. Thread-safe. */
final class ManifestKeeper {

  private final Path modelPath;
  private final String repoId;
  private final String commit;
  private final Map<String, Manifest.Entry> files = new HashMap<>();
  private boolean changed;

  ManifestKeeper(Path modelPath, String repoId, String commit) {
    this.modelPath = modelPath;
    this.repoId = repoId;
    this.commit = commit;
  }

  /** A file lies under its name and its digest was right. */
  synchronized void add(String path, Checksum checksum) throws IOException {
    long modified = Files.getLastModifiedTime(modelPath.resolve(path)).toMillis();
    files.put(path, new Manifest.Entry(checksum, modified));
    changed = true;
  }

  /** Takes over what an earlier run proved. */
  synchronized void add(String path, Manifest.Entry entry) {
    files.put(path, entry);
  }

  /** Whether a file is known to be right. */
  synchronized boolean knows(String path) {
    return files.containsKey(path);
  }

  /** Writes what is new; the manifest on disk may differ in more than that. */
  synchronized void save() throws IOException {
    if (changed) {
      write();
    }
  }

  synchronized Manifest write() throws IOException {
    changed = false;
    Manifest manifest = new Manifest(repoId, commit, files);
    if (!Manifest.read(modelPath).equals(Optional.of(manifest))) {
      manifest.write(modelPath);
    }
    return manifest;
  }
}
