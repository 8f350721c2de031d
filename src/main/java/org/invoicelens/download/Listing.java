package org.invoicelens.download;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.hub.HubFile;
import org.invoicelens.hub.SafePath;
import org.invoicelens.stage.WholeFile;

/**
 * What the Hub said lies in a repository at a commit, kept in the model folder: with it a complete
 * model is known to be complete without asking again.
 *
 * @param repoId the repository
 * @param revision the branch, tag or commit that was asked for
 * @param commit the commit it was
 * @param host the endpoint that said so
 * @param files all files at that commit
 */
record Listing(String repoId, String revision, String commit, String host, List<HubFile> files) {

  private static final int VERSION = 1;
  private static final int LARGEST = 64 << 20;

  /** Whether this listing answers for a revision of a repository. */
  boolean isFor(String wantedRepoId, String wantedRevision) {
    return repoId.equals(wantedRepoId)
        && (revision.equals(wantedRevision) || commit.equals(wantedRevision));
  }

  /** Reads the kept listing; empty where there is none that can be believed. */
  static Optional<Listing> read(Path modelPath) {
    Path file = ModelFolder.listing(modelPath);
    try {
      JsonObject json = JsonParser.parseString(WholeFile.readText(file, LARGEST)).getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        return Optional.empty();
      }
      List<HubFile> files = new ArrayList<>();
      for (JsonElement element : json.getAsJsonArray("files")) {
        JsonObject entry = element.getAsJsonObject();
        files.add(
            new HubFile(
                entry.get("path").getAsString(),
                entry.get("size").getAsLong(),
                entry.get("git_sha1").getAsString(),
                Optional.ofNullable(entry.get("sha256")).map(JsonElement::getAsString)));
      }
      files.forEach(Listing::checksum);
      if (SafePath.fault(files.stream().map(HubFile::path).toList()).isPresent()) {
        return Optional.empty();
      }
      return Optional.of(
          new Listing(
              json.get("repository").getAsString(),
              json.get("revision").getAsString(),
              json.get("commit").getAsString(),
              json.get("host").getAsString(),
              List.copyOf(files)));
    } catch (IOException | RuntimeException spoilt) {
      return Optional.empty();
    }
  }

  /** Keeps the listing in a model folder. */
  void write(Path modelPath) throws IOException {
    JsonArray list = new JsonArray();
    for (HubFile file : files) {
      JsonObject entry = new JsonObject();
      entry.addProperty("path", file.path());
      entry.addProperty("size", file.size());
      entry.addProperty("git_sha1", file.gitSha1());
      file.sha256().ifPresent(hex -> entry.addProperty("sha256", hex));
      list.add(entry);
    }
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("repository", repoId);
    json.addProperty("revision", revision);
    json.addProperty("commit", commit);
    json.addProperty("host", host);
    json.add("files", list);
    WholeFile.write(
        ModelFolder.listing(modelPath), json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What a listed file's content must be: SHA-256 where the Hub gives it, git's id otherwise. */
  static Checksum checksum(HubFile file) {
    return file.sha256()
        .map(hex -> new Checksum(Checksum.Algorithm.SHA256, hex, file.size()))
        .orElseGet(() -> new Checksum(Checksum.Algorithm.GIT_SHA1, file.gitSha1(), file.size()));
  }
}
