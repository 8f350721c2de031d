package org.invoicelens.setup;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the setup has come, so that it goes on there when the program is opened again. It holds
 * no secret.
 *
 * @param config the chosen configuration file
 * @param reached the last stage that ended well
 * @param precision the precision in use or chosen; empty where the configuration decides
 * @param device the chosen device, {@code auto} or as in a configuration; empty where the
 *     configuration decides
 * @param verified when the model's files were verified
 */
public record SetupState(
    Path config,
    Stage reached,
    Optional<Precision> precision,
    Optional<String> device,
    Optional<Instant> verified) {

  private static final Logger log = LoggerFactory.getLogger(SetupState.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 64 << 10;

  /** The state after choosing a configuration. */
  public static SetupState chosen(Path config) {
    return new SetupState(
        config, Stage.CONFIGURATION, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same, having reached a stage. */
  public SetupState reached(Stage stage) {
    return new SetupState(config, stage, precision, device, verified);
  }

  /** The same with a precision and a device. */
  public SetupState loadedAs(Precision precision, String device) {
    return new SetupState(config, reached, Optional.of(precision), Optional.of(device), verified);
  }

  /** The same, verified at that time. */
  public SetupState verifiedAt(Instant time) {
    return new SetupState(config, reached, precision, device, Optional.of(time));
  }

  /** The precision and the device, as changes to the configuration. */
  public ConfigOverrides overrides() {
    return ConfigOverrides.ofLoading(precision, device);
  }

  /**
   * Reads the state; empty where there is none. One that cannot be understood is kept aside under
   * the name {@code setup.json.broken}, and counts as none.
   */
  public static Optional<SetupState> read(ApplicationFolders folders) {
    Path file = file(folders);
    try {
      return Optional.of(parse(WholeFile.readText(file, LARGEST)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.warn("{} cannot be understood and is kept aside: {}", file, e.toString());
      WholeFile.setAside(file);
      return Optional.empty();
    } catch (IOException e) {
      log.warn("{} cannot be read: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** Writes the state; a failure is logged and costs no more than starting over. */
  public void write(ApplicationFolders folders) {
    Path file = file(folders);
    try {
      Files.createDirectories(file.getParent());
      String text = new GsonBuilder().setPrettyPrinting().create().toJson(json());
      WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", file, e.toString());
    }
  }

  private static Path file(ApplicationFolders folders) {
    return folders.state().resolve("setup.json");
  }

  private static SetupState parse(String text) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    if (json.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException("version " + json.get("version"));
    }
    return new SetupState(
        Path.of(json.get("config").getAsString()),
        Stage.valueOf(json.get("reached").getAsString()),
        optional(json, "precision").map(Precision::valueOf),
        optional(json, "device"),
        optional(json, "verified").map(Instant::parse));
  }

  private static Optional<String> optional(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(JsonElement::getAsString);
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("config", config.toString());
    json.addProperty("reached", reached.name());
    precision.ifPresent(p -> json.addProperty("precision", p.name()));
    device.ifPresent(d -> json.addProperty("device", d));
    verified.ifPresent(v -> json.addProperty("verified", v.toString()));
    return json;
  }
}
