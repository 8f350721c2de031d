package org.invoicelens.setup;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.Manifest;
import org.invoicelens.hub.HubSettings;

/** Folders with models in them, as downloads leave them. */
final class ModelFolders {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  final ApplicationFolders folders;

  ModelFolders(Path own) throws IOException {
    folders =
        new ApplicationFolders(
            own.resolve("program"), own.resolve("data"), own.resolve("state"), own.resolve("logs"));
    Files.createDirectories(folders.modelConfigs());
  }

  /** Writes a configuration for a folder. */
  Path configure(String name, String modelPath) throws IOException {
    return Files.writeString(
        folders.modelConfigs().resolve(name + ".yaml"),
        """
        name: %s
        repo_id: owner/%s
        model_path: "%s"
        cache_path: cache
        footprint:
          download_bytes: 30
          parameters: 1000
          quantizable_parameters: 500
          kv_bytes_per_token: 10
        prompt: {user: Read this.}
        """
            .formatted(name, name, modelPath));
  }

  /** What is installed. */
  List<InstalledModel> list() throws IOException {
    return new InstalledModels(folders, new SetupPipeline(folders, HubSettings.fromEnvironment()))
        .list();
  }

  Path folder(String name) {
    return folders.data().resolve("models").resolve(name);
  }

  /** A file of a model, with a length and no content. */
  static Path file(Path folder, String name, long size) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(size);
    }
    return file;
  }

  /** Notes files as downloaded, by the sizes they have. */
  static void note(Path folder, String... names) throws IOException {
    Map<String, Manifest.Entry> entries = new HashMap<>();
    for (String name : names) {
      Path file = folder.resolve(name);
      entries.put(
          name,
          new Manifest.Entry(
              new Checksum(Checksum.Algorithm.SHA256, "0".repeat(64), Files.size(file)),
              Files.getLastModifiedTime(file).toMillis()));
    }
    new Manifest("owner/name", COMMIT, entries).write(folder);
  }

  /** Notes which files the Hub listed. */
  static void list(Path folder, String... names) throws IOException {
    JsonArray files = new JsonArray();
    for (String name : names) {
      JsonObject file = new JsonObject();
      file.addProperty("path", name);
      file.addProperty("size", 10);
      file.addProperty("git_sha1", "0".repeat(40));
      files.add(file);
    }
    JsonObject listing = new JsonObject();
    listing.addProperty("version", 1);
    listing.addProperty("repository", "owner/name");
    listing.addProperty("revision", "main");
    listing.addProperty("commit", COMMIT);
    listing.addProperty("host", "huggingface.co");
    listing.add("files", files);
    Files.createDirectories(folder.resolve(".invoicelens"));
    Files.writeString(folder.resolve(".invoicelens/listing.json"), listing.toString());
  }

  /** A model of two files and 30 bytes, downloaded. */
  Path downloaded(String name) throws IOException {
    Path folder = folder(name);
    file(folder, "config.json", 10);
    file(folder, "weights/model.safetensors", 20);
    note(folder, "config.json", "weights/model.safetensors");
    return folder;
  }

  /** A model, downloaded and verified. */
  Path verified(String name) throws IOException {
    Path folder = downloaded(name);
    VerificationRecord.write(folder, List.of("config.json", "weights/model.safetensors"));
    return folder;
  }

  /** What a download that stopped left: a journal that claims so many bytes. */
  static void partial(Path folder, long bytes) throws IOException {
    partial(folder, bytes + 5, "have 0 " + bytes);
  }

  /** The same, where the room for all of the file was reserved. */
  static void reserved(Path folder, long bytes, long size) throws IOException {
    String first = "invoicelens-journal 1 " + "a".repeat(64) + " " + size;
    partial(folder, size, first, "tag ", "reserved", "have 0 " + bytes);
  }

  private static void partial(Path folder, long size, String... lines) throws IOException {
    Path partial = Files.createDirectories(folder.resolve(".invoicelens/partial"));
    String digest = "a".repeat(64);
    file(partial, digest + ".part", size);
    StringBuilder journal = new StringBuilder();
    for (String line : lines) {
      CRC32 crc = new CRC32();
      crc.update(line.getBytes(StandardCharsets.UTF_8));
      journal.append(line).append(" #%08x\n".formatted(crc.getValue()));
    }
    Files.writeString(partial.resolve(digest + ".journal"), journal);
  }
}
