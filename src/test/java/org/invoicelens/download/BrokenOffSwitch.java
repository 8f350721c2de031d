package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.hub.HubFile;

/** A model folder whose change to another commit was ended, as a power cut does it. */
public final class BrokenOffSwitch {

  public static final String OLD = "a".repeat(40);
  public static final String NEW = "b".repeat(40);

  private BrokenOffSwitch() {}

  /**
   * Makes such a folder.
   *
   * @param old the files that it had
   * @param now the files that it was to get
   * @param step before which step it ended, from 0
   * @return whether there is such a step; where not, the change came to its end
   */
  public static boolean leave(
      Path model, String repoId, Map<String, byte[]> old, Map<String, byte[]> now, int step)
      throws Exception {
    Manifest manifest = put(model, repoId, OLD, old, old);
    Map<String, byte[]> differing = new HashMap<>(now);
    differing.keySet().removeIf(path -> now.get(path) == old.get(path));
    Path next = ModelFolder.next(model, NEW);
    put(next, repoId, NEW, differing, now);
    int[] steps = {0};
    CommitSwitch.Steps end =
        name -> {
          if (steps[0]++ == step) {
            throw new IOException("killed before " + name);
          }
        };
    try (FolderLock _ = FolderLock.take(model)) {
      new CommitSwitch(model, end).to(manifest, Listing.read(next).orElseThrow());
      return false;
    } catch (IOException killed) {
      return true;
    }
  }

  /** Writes files with manifest and listing, as a download does. */
  private static Manifest put(
      Path folder,
      String repoId,
      String commit,
      Map<String, byte[]> files,
      Map<String, byte[]> listed)
      throws IOException {
    Map<String, Manifest.Entry> entries = new HashMap<>();
    List<HubFile> list = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : listed.entrySet()) {
      String digest = FaultyHub.sha256(file.getValue());
      int size = file.getValue().length;
      list.add(new HubFile(file.getKey(), size, "0".repeat(40), Optional.of(digest)));
      if (files.containsKey(file.getKey())) {
        Path here = folder.resolve(file.getKey());
        Files.createDirectories(here.getParent());
        Files.write(here, file.getValue());
        entries.put(
            file.getKey(),
            new Manifest.Entry(
                new Checksum(Checksum.Algorithm.SHA256, digest, size),
                Files.getLastModifiedTime(here).toMillis()));
      }
    }
    Manifest manifest = new Manifest(repoId, commit, entries);
    Files.createDirectories(ModelFolder.own(folder));
    manifest.write(folder);
    new Listing(repoId, "main", commit, "huggingface.co", list).write(folder);
    return manifest;
  }
}
