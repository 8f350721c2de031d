package org.invoicelens.download;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.invoicelens.hub.SafePath;
import org.invoicelens.stage.WholeFile;

/**
 * What lies in a model folder and was proved by its digest, as {@code .invoicelens/manifest.json}
 * records it.
 *
 * @param repoId the repository the files came from, {@code owner/name}
 * @param commit the commit of that repository, 40 hexadecimal digits
 * @param files every proved file by its path in the repository, with {@code /}
 */
public record Manifest(String repoId, String commit, Map<String, Entry> files) {

  private static final int VERSION = 1;
  private static final long LARGEST = 16L << 20;

  public Manifest {
    files = Map.copyOf(files);
  }

  /**
   * One proved file.
   *
   * @param checksum what its content is
   * @param modifiedMillis its modification time when it was proved, in milliseconds since 1970
   */
  public record Entry(Checksum checksum, long modifiedMillis) {}

  /** One SHA-256 digest of all files' names and digests, in hexadecimal digits. */
  public String digest() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(files)
        .forEach((name, entry) ->
            text.append(name).append('\0').append(entry.checksum().hex()).append('\0'));
    return Digests.sha256(text.toString());
  }

  /**
   * Reads the manifest of a model folder.
   *
   * @return empty where there is none, or one that a broken disk or another program has spoilt:
   *     then the files have to be proved again
   * @throws IOException where it is there and cannot be read
   */
  public static Optional<Manifest> read(Path modelPath) throws IOException {
    Path file = ModelFolder.manifest(modelPath);
    try {
      if (Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (CharacterCodingException
        | JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException spoilt) {
      // The last five are what Gson's elements and the checks in parse throw where the JSON has
      // another shape than a manifest; getAsString of an array or an object is "unsupported".
      return Optional.empty();
    }
  }

  /** When a model folder's manifest was last written; empty where there is none. */
  public static Optional<Instant> time(Path modelPath) {
    try {
      return Optional.of(Files.getLastModifiedTime(ModelFolder.manifest(modelPath)).toInstant());
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static Manifest parse(String text) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    if (json.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException("version");
    }
    Map<String, Entry> files = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> member : json.getAsJsonObject("files").entrySet()) {
      JsonObject file = member.getValue().getAsJsonObject();
      Checksum checksum =
          new Checksum(
              Checksum.Algorithm.valueOf(file.get("algorithm").getAsString()),
              file.get("digest").getAsString(),
              file.get("size").getAsLong());
      files.put(member.getKey(), new Entry(checksum, file.get("modified").getAsLong()));
    }
    // A folder from elsewhere may carry a manifest whose names lead out of it.
    SafePath.fault(files.keySet())
        .ifPresent(fault -> {
          throw new IllegalArgumentException(fault);
        });
    return new Manifest(
        json.get("repository").getAsString(), json.get("commit").getAsString(), files);
  }

  /** Writes the manifest of a model folder; a reader sees the old one or this one, whole. */
  public void write(Path modelPath) throws IOException {
    JsonObject list = new JsonObject();
    new TreeMap<>(files)
        .forEach((path, entry) -> {
          JsonObject file = new JsonObject();
          file.addProperty("size", entry.checksum().size());
          file.addProperty("algorithm", entry.checksum().algorithm().name());
          file.addProperty("digest", entry.checksum().hex());
          file.addProperty("modified", entry.modifiedMillis());
          list.add(path, file);
        });
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("repository", repoId);
    json.addProperty("commit", commit);
    json.add("files", list);
    Path file = ModelFolder.manifest(modelPath);
    Files.createDirectories(file.getParent());
    WholeFile.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether every file that a download of this commit fetches is among the proved ones, by the
   * listing in the model folder; where none is kept, what was proved counts as all.
   */
  public boolean isWhole(Path modelPath) {
    return Listing.read(modelPath)
        .filter(listing -> listing.commit().equals(commit))
        .map(listing -> FileSelection.select(listing.files(), TransferOptions.DEFAULT))
        .map(wanted -> wanted.stream().allMatch(file -> files.containsKey(file.path())))
        .orElse(true);
  }

  /** Whether every proved file, of which there is one at least, lies in a folder with its size. */
  public boolean isPresent(Path modelPath) {
    return !files.isEmpty()
        && files.entrySet().stream()
            .allMatch(file -> {
              Path path = modelPath.resolve(file.getKey());
              try {
                return Files.isRegularFile(path)
                    && Files.size(path) == file.getValue().checksum().size();
              } catch (IOException unreadable) {
                return false;
              }
            });
  }

  /** What the content of every proved file is. */
  Map<String, Checksum> checksums() {
    return files.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, file -> file.getValue().checksum()));
  }

  /** The same as the result of a download that found everything in place. */
  public DownloadResult asDownloadResult(Path modelPath) {
    Map<String, Checksum> checksums = checksums();
    long size = checksums.values().stream().mapToLong(Checksum::size).sum();
    return new DownloadResult(modelPath, repoId, commit, checksums, Duration.ZERO, size, 0);
  }
}
