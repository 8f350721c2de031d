package org.invoicelens.setup;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a model was last put into memory: {@code .invoicelens/used.json} in its folder. */
final class LastUse {

  private static final Logger log = LoggerFactory.getLogger(LastUse.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 4 << 10;

  private LastUse() {}

  /** Keeps the time; a failure is logged and costs nothing else. */
  static void write(Path modelPath, Instant time) {
    Path file = file(modelPath);
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("used", time.toString());
    try {
      Files.createDirectories(file.getParent());
      WholeFile.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", file, e.toString());
    }
  }

  /** The time; empty where it is not known. */
  static Optional<Instant> read(Path modelPath) {
    Path file = file(modelPath);
    try {
      JsonObject json = JsonParser.parseString(WholeFile.readText(file, LARGEST)).getAsJsonObject();
      return json.get("version").getAsInt() == VERSION
          ? Optional.of(Instant.parse(json.get("used").getAsString()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.info("{} is of no use: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private static Path file(Path modelPath) {
    return ModelFolder.own(modelPath).resolve("used.json");
  }
}
