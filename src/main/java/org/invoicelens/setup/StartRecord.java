package org.invoicelens.setup;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a model was started when it passed its test: {@code .invoicelens/started.json} in its folder.
 * The next start goes straight there, since measuring and testing a large model takes minutes.
 *
 * @param precision the precision it was loaded in
 * @param deviceMap the device that was asked for
 * @param device the device it was on
 * @param attention the attention variant that was fastest
 * @param inferenceTime how long the test's answer took
 */
record StartRecord(
    Precision precision,
    String deviceMap,
    String device,
    AttentionVariant attention,
    Duration inferenceTime) {

  private static final Logger log = LoggerFactory.getLogger(StartRecord.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 64 << 10;

  static StartRecord of(ModelConfig config, OptimizedModel model) {
    return new StartRecord(
        model.dtype(),
        config.loading().deviceMap(),
        model.device(),
        model.attention(),
        model.inferenceTime());
  }

  /** Keeps the record; a failure is logged and costs no more than testing again. */
  void write(Path modelPath) {
    Path file = file(modelPath);
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("precision", precision.id());
    json.addProperty("device_map", deviceMap);
    json.addProperty("device", device);
    json.addProperty("attention", attention.id());
    json.addProperty("inference_ms", inferenceTime.toMillis());
    try {
      Files.createDirectories(file.getParent());
      WholeFile.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", file, e.toString());
    }
  }

  /** The record; empty where there is none, or where the configuration was edited since. */
  static Optional<StartRecord> read(ModelConfig config) {
    Path file = file(config.modelPath());
    try {
      if (Files.getLastModifiedTime(config.source()).compareTo(Files.getLastModifiedTime(file))
          > 0) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return read(config.modelPath());
  }

  /** The record of a model folder, whatever became of its configuration. */
  static Optional<StartRecord> read(Path modelPath) {
    Path file = file(modelPath);
    try {
      return Optional.of(parse(WholeFile.readText(file, LARGEST)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.info("{} is of no use: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private static StartRecord parse(String text) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    if (json.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException("version " + json.get("version"));
    }
    String precision = json.get("precision").getAsString();
    String attention = json.get("attention").getAsString();
    return new StartRecord(
        Precision.byId(precision).orElseThrow(),
        json.get("device_map").getAsString(),
        json.get("device").getAsString(),
        AttentionVariant.byId(attention).orElseThrow(),
        Duration.ofMillis(json.get("inference_ms").getAsLong()));
  }

  /** The configuration that starts the model as it was started. */
  ModelConfig applyTo(ModelConfig config) {
    return ConfigOverrides.ofStart(precision, deviceMap, attention).applyTo(config);
  }

  /** Whether a model was started just so that its test still counts. */
  boolean isSame(ModelInstance instance) {
    return instance.dtype() == precision && instance.device().equals(device);
  }

  /** A model that need not be tested again. */
  OptimizedModel tested(ModelInstance instance) {
    return OptimizedModel.untested(instance, inferenceTime);
  }

  private static Path file(Path modelPath) {
    return ModelFolder.started(modelPath);
  }
}
