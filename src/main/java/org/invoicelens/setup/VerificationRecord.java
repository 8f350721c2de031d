package org.invoicelens.setup;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.verify.VerificationStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proof that a model folder was verified, as long as no file in it has changed: {@code
 * .invoicelens/verified.json} with every file's size and modification time. It spares hashing many
 * gigabytes at every start; it is no protection against who can write to the folder.
 */
final class VerificationRecord {

  private static final Logger log = LoggerFactory.getLogger(VerificationRecord.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 16 << 20;

  private VerificationRecord() {}

  /**
   * One file as it was when verified.
   *
   * @param size in bytes
   * @param modified in milliseconds since 1970
   */
  private record Stamp(long size, long modified) {
    static Stamp of(Path file) throws IOException {
      return new Stamp(Files.size(file), Files.getLastModifiedTime(file).toMillis());
    }
  }

  /** Keeps the record; a failure is logged and costs no more than verifying again. */
  static void write(Path modelPath, Collection<String> files) {
    Path file = file(modelPath);
    try {
      JsonObject stamps = new JsonObject();
      for (String name : new TreeSet<>(files)) {
        Stamp stamp = Stamp.of(modelPath.resolve(name));
        JsonObject entry = new JsonObject();
        entry.addProperty("size", stamp.size());
        entry.addProperty("modified", stamp.modified());
        stamps.add(name, entry);
      }
      Files.createDirectories(file.getParent());
      write(file, stamps);
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", file, e.toString());
    }
  }

  /**
   * Takes the proof back where the files were found to be wrong, even though their sizes and times
   * are those of the record, as after a fault of the disk. When they were right is still known.
   */
  static void withdraw(Path modelPath) {
    Path file = file(modelPath);
    try {
      FileTime written = Files.getLastModifiedTime(file);
      write(file, new JsonObject());
      Files.setLastModifiedTime(file, written);
    } catch (NoSuchFileException neverProved) {
      log.debug("{} was never verified", modelPath);
    } catch (IOException e) {
      log.warn("{} still says that the model is verified: {}", file, e.toString());
    }
  }

  /**
   * Takes the proof along where unchanged files were copied to another folder: the volume there may
   * keep their times less exactly.
   */
  static void carryOver(Path from, Path to) throws IOException {
    if (unchanged(from).isPresent() && unchanged(to).isEmpty()) {
      FileTime written = Files.getLastModifiedTime(file(from));
      write(to, read(from).keySet());
      Files.setLastModifiedTime(file(to), written);
    }
  }

  private static void write(Path file, JsonObject stamps) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.add("files", stamps);
    WholeFile.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The status of the last verification; empty where there was none or a file has changed. */
  static Optional<VerificationStatus> unchanged(Path modelPath) {
    try {
      Map<String, Stamp> stamps = read(modelPath);
      long total = 0;
      for (Map.Entry<String, Stamp> stamp : stamps.entrySet()) {
        if (!Stamp.of(modelPath.resolve(stamp.getKey())).equals(stamp.getValue())) {
          log.info("{} has changed since it was verified", stamp.getKey());
          return Optional.empty();
        }
        total += stamp.getValue().size();
      }
      int count = stamps.size();
      return count == 0
          ? Optional.empty()
          : Optional.of(new VerificationStatus(modelPath, true, count, count, total, List.of()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.info("{} is of no use: {}", file(modelPath), e.toString());
      return Optional.empty();
    }
  }

  /** When the folder was last verified; empty where it was not. */
  static Optional<Instant> time(Path modelPath) {
    try {
      return Optional.of(Files.getLastModifiedTime(file(modelPath)).toInstant());
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static Map<String, Stamp> read(Path modelPath) throws IOException {
    JsonObject json =
        JsonParser.parseString(WholeFile.readText(file(modelPath), LARGEST)).getAsJsonObject();
    if (json.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException("version " + json.get("version"));
    }
    Map<String, Stamp> stamps = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject("files").entrySet()) {
      JsonObject stamp = entry.getValue().getAsJsonObject();
      stamps.put(
          entry.getKey(),
          new Stamp(stamp.get("size").getAsLong(), stamp.get("modified").getAsLong()));
    }
    return stamps;
  }

  private static Path file(Path modelPath) {
    return ModelFolder.own(modelPath).resolve("verified.json");
  }
}
