package org.invoicelens.download;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.hub.HubClient;
import org.invoicelens.hub.HubFile;
import org.invoicelens.hub.SafePath;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change of a model folder from one whole commit to another whose differing files wait complete
 * in {@code .invoicelens/next/COMMIT}. Everything is a rename; {@code .invoicelens/switch.json}
 * says what is to be done, and each step done again changes nothing, so that a switch which a power
 * cut ended is finished before anything else is done with the folder.
 */
public final class CommitSwitch {

  private static final Logger log = LoggerFactory.getLogger(CommitSwitch.class);

  private static final int LARGEST = 64 << 20;

  /** Told before each step; a test breaks off there. */
  @FunctionalInterface
  interface Steps {
    void before(String step) throws IOException;
  }

  private final Path modelPath;
  private final Steps steps;

  CommitSwitch(Path modelPath) {
    this(modelPath, _ -> {});
  }

  CommitSwitch(Path modelPath, Steps steps) {
    this.modelPath = modelPath;
    this.steps = steps;
  }

  /**
   * Finishes a switch that was broken off in a model folder, before it is looked at; does nothing
   * where none was. It is left as it is, for the next time, where another is at work in the folder
   * or nothing can be written there.
   */
  public static void finishIn(Path modelPath) {
    if (!Files.exists(ModelFolder.switchJournal(modelPath))) {
      return;
    }
    try (FolderLock _ = FolderLock.take(modelPath)) {
      new CommitSwitch(modelPath).finish();
    } catch (DownloadException | IOException notNow) {
      log.warn("{} is between two commits: {}", modelPath, notNow.toString());
    }
  }

  /**
   * Puts the commit that waits in its folder in the place of the one that is here, whose differing
   * files are kept. The folder's lock must be held.
   *
   * @param old what is here, whole
   * @param listing what the new commit holds
   * @return the manifest of the new commit
   */
  Manifest to(Manifest old, Listing listing) throws IOException, DownloadException {
    Path next = ModelFolder.next(modelPath, listing.commit());
    Map<String, Manifest.Entry> waiting =
        Manifest.read(next).map(Manifest::files).orElseGet(Map::of);
    Map<String, Manifest.Entry> files = new HashMap<>();
    for (HubFile file : listing.files()) {
      Manifest.Entry here = old.files().get(file.path());
      if (here != null && here.checksum().equals(Listing.checksum(file))) {
        files.put(file.path(), here);
      } else if (waiting.containsKey(file.path())) {
        files.put(file.path(), waiting.get(file.path()));
      }
    }
    List<String> away =
        old.files().keySet().stream()
            .filter(path -> !old.files().get(path).equals(files.get(path)))
            .sorted()
            .toList();
    List<String> bring =
        files.keySet().stream()
            .filter(path -> !files.get(path).equals(old.files().get(path)))
            .sorted()
            .toList();
    if (away.isEmpty() && bring.isEmpty()) {
      // Another name for the same files, of which no older version is given up.
      Manifest same = new Manifest(old.repoId(), listing.commit(), files);
      keep(ModelFolder.listing(next), ModelFolder.listing(modelPath));
      same.write(modelPath);
      removeTree(ModelFolder.next(modelPath));
      return same;
    }
    steps.before("prepare");
    removeTree(ModelFolder.previous(modelPath));
    Path previous = ModelFolder.previous(modelPath).resolve(old.commit());
    old.write(previous);
    keep(ModelFolder.listing(modelPath), ModelFolder.listing(previous));
    keep(ModelFolder.started(modelPath), ModelFolder.started(previous));
    Manifest manifest = new Manifest(old.repoId(), listing.commit(), files);
    manifest.write(ModelFolder.own(next));
    JsonObject journal = new JsonObject();
    journal.addProperty("old", old.commit());
    journal.addProperty("new", listing.commit());
    journal.add("away", array(away));
    journal.add("bring", array(bring));
    steps.before("journal");
    WholeFile.write(
        ModelFolder.switchJournal(modelPath), journal.toString().getBytes(StandardCharsets.UTF_8));
    finish();
    return manifest;
  }

  /** Finishes a switch that was begun; does nothing where none was. The lock must be held. */
  void finish() throws IOException, DownloadException {
    Path file = ModelFolder.switchJournal(modelPath);
    if (!Files.exists(file)) {
      return;
    }
    String from;
    String to;
    List<String> away;
    List<String> bring;
    try {
      JsonObject json = JsonParser.parseString(WholeFile.readText(file, LARGEST)).getAsJsonObject();
      from = commit(json.get("old"));
      to = commit(json.get("new"));
      away = paths(json.getAsJsonArray("away"));
      bring = paths(json.getAsJsonArray("bring"));
    } catch (RuntimeException spoilt) {
      // The files are then proved one by one, as in a folder without a manifest.
      log.warn("{} cannot be read and is put aside.", file, spoilt);
      WholeFile.setAside(file);
      return;
    }
    Path previous = ModelFolder.previous(modelPath).resolve(from);
    Path next = ModelFolder.next(modelPath, to);
    for (String path : away) {
      Path here = modelPath.resolve(path);
      // Where it was put away before, the file here may be the new one already.
      if (!Files.exists(previous.resolve(path)) && Files.exists(here)) {
        steps.before("away " + path);
        ModelTree.checkParents(modelPath, path);
        WholeFile.move(here, ModelTree.makeParents(previous, path));
        removeEmptyParents(here);
      }
    }
    for (String path : bring) {
      Path waiting = next.resolve(path);
      if (Files.exists(waiting)) {
        steps.before("bring " + path);
        // Of the folders above it too: what waits may have come from elsewhere with the model.
        ModelTree.checkParents(
            modelPath, modelPath.relativize(waiting).toString().replace('\\', '/'));
        WholeFile.move(waiting, ModelTree.makeParents(modelPath, path));
      }
    }
    Path manifest = ModelFolder.manifest(ModelFolder.own(next));
    if (Files.exists(manifest)) {
      steps.before("started");
      Files.deleteIfExists(ModelFolder.started(modelPath));
      // On the way back to a commit it is known how that one was started.
      keep(ModelFolder.started(next), ModelFolder.started(modelPath));
      steps.before("listing");
      keep(ModelFolder.listing(next), ModelFolder.listing(modelPath));
      steps.before("manifest");
      keep(manifest, ModelFolder.manifest(modelPath));
      steps.before("remove manifest");
      // Gone first: what is half removed must not be read again.
      Files.delete(manifest);
    }
    steps.before("remove next");
    removeTree(ModelFolder.next(modelPath));
    steps.before("remove journal");
    Files.delete(file);
    log.info("{} is now commit {}; what differs in {} is kept.", modelPath, to, from);
  }

  private static String commit(JsonElement json) {
    String commit = json.getAsString();
    if (!HubClient.isCommit(commit)) {
      throw new IllegalArgumentException("commit");
    }
    return commit;
  }

  private static List<String> paths(JsonArray json) {
    List<String> paths = new ArrayList<>();
    json.forEach(path -> paths.add(path.getAsString()));
    if (SafePath.fault(paths).isPresent()) {
      throw new IllegalArgumentException("path");
    }
    return paths;
  }

  private static JsonArray array(List<String> paths) {
    JsonArray array = new JsonArray();
    paths.forEach(array::add);
    return array;
  }

  private static void keep(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      WholeFile.write(to, Files.readAllBytes(from));
    }
  }

  private void removeEmptyParents(Path file) throws IOException {
    for (Path folder = file.getParent();
        !folder.equals(modelPath) && !Files.isSymbolicLink(folder);
        folder = folder.getParent()) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
        if (left.iterator().hasNext()) {
          return;
        }
      }
      Files.delete(folder);
    }
  }

  public static void removeTree(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          removeTree(file);
        }
      }
    }
    Files.deleteIfExists(folder);
  }
}
