package org.invoicelens.verify;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whether a folder holds a model that this program can run, without loading it. */
public final class ModelCompatibility {

  private static final String ARCHITECTURE = "LlavaForConditionalGeneration";

  private static final Words WORDS = Words.of(ModelCompatibility.class);

  private static final Logger log = LoggerFactory.getLogger(ModelCompatibility.class);

  private static final long LARGEST_FILE = 10_000_000;

  private ModelCompatibility() {}

  /** How a folder names and lays out its files. */
  public enum Layout {
    /** {@code config.json} and {@code model*.safetensors}. */
    HUGGING_FACE,
    /** {@code params.json} and {@code consolidated.safetensors}. */
    NATIVE,
    /** Neither. */
    NONE
  }

  /**
   * What was found.
   *
   * @param layout the folder's layout
   * @param compatible whether the architecture is Pixtral's and weights are there
   * @param obstacles why not, as sentences for the user; empty where compatible
   */
  public record Report(Layout layout, boolean compatible, List<String> obstacles) {

    public Report {
      obstacles = List.copyOf(obstacles);
    }
  }

  /** Looks at the configuration and the names of the files; never throws for what it finds. */
  public static Report of(Path folder) {
    List<String> obstacles = new ArrayList<>();
    Layout layout = layout(folder);
    switch (layout) {
      case HUGGING_FACE -> huggingFace(folder.resolve("config.json"), obstacles);
      case NATIVE -> nativeLayout(folder.resolve("params.json"), obstacles);
      case NONE -> obstacles.add(WORDS.text("obstacle.noConfiguration"));
    }
    try {
      if (layout != Layout.NONE && !ModelStructure.hasWeights(folder)) {
        obstacles.add(WORDS.text("obstacle.noWeights"));
      }
    } catch (IOException e) {
      log.warn("{} cannot be listed", folder.getFileName(), e);
      obstacles.add(WORDS.text("obstacle.unreadable"));
    }
    return new Report(layout, obstacles.isEmpty(), obstacles);
  }

  static Layout layout(Path folder) {
    if (Files.isRegularFile(folder.resolve("config.json"))) {
      return Layout.HUGGING_FACE;
    }
    return Files.isRegularFile(folder.resolve("params.json")) ? Layout.NATIVE : Layout.NONE;
  }

  private static void huggingFace(Path file, List<String> obstacles) {
    JsonObject config = read(file).orElse(null);
    if (config == null) {
      obstacles.add(unreadable(file));
      return;
    }
    obstacles.addAll(wrongKinds(config));
  }

  /**
   * Why a model with this {@code config.json} cannot be used here, as sentences for the user; empty
   * where it can.
   */
  public static List<String> wrongKinds(JsonObject config) {
    return wrongKind("model", config, "llava")
        .or(() -> wrongKind("vision", object(config, "vision_config"), "pixtral"))
        .or(() -> wrongKind("text", object(config, "text_config"), "mistral"))
        .or(() -> wrongArchitecture(config))
        .or(() -> quantized(config))
        .stream()
        .toList();
  }

  /** A model that names its architectures names the only one that is run here among them. */
  private static Optional<String> wrongArchitecture(JsonObject config) {
    if (!(config.get("architectures") instanceof JsonArray named) || named.isEmpty()) {
      return Optional.empty();
    }
    List<String> names =
        named.asList().stream()
            .filter(JsonElement::isJsonPrimitive)
            .map(name -> ModelStructure.printable(name.getAsString()))
            .toList();
    return names.contains(ARCHITECTURE)
        ? Optional.empty()
        : Optional.of(WORDS.text("wrongArchitecture", String.join(", ", names), ARCHITECTURE));
  }

  /** Weights that were stored quantised have other tensors; ours are quantised while loading. */
  private static Optional<String> quantized(JsonObject config) {
    if (!(config.get("quantization_config") instanceof JsonObject quantization)) {
      return Optional.empty();
    }
    String method =
        quantization.get("quant_method") instanceof JsonPrimitive name
            ? ModelStructure.printable(name.getAsString())
            : "?";
    return Optional.of(WORDS.text("storedQuantized", method));
  }

  private static Optional<String> wrongKind(String part, JsonObject json, String wanted) {
    if (!(json.get("model_type") instanceof JsonPrimitive type)) {
      return Optional.of(WORDS.text("kindUnknown." + part, wanted));
    }
    String kind = ModelStructure.printable(type.getAsString());
    return kind.equals(wanted)
        ? Optional.empty()
        : Optional.of(WORDS.text("wrongKind." + part, kind, wanted));
  }

  private static void nativeLayout(Path file, List<String> obstacles) {
    JsonObject params = read(file).orElse(null);
    if (params == null) {
      obstacles.add(unreadable(file));
    } else if (!params.has("vision_encoder")) {
      obstacles.add(WORDS.text("obstacle.noVision"));
    }
  }

  private static String unreadable(Path file) {
    return WORDS.text("obstacle.damaged", file.getFileName());
  }

  private static JsonObject object(JsonObject json, String key) {
    return json.get(key) instanceof JsonObject object ? object : new JsonObject();
  }

  /** The file's JSON object; empty where it holds none, is too large or cannot be read. */
  static Optional<JsonObject> read(Path file) {
    try {
      if (Files.size(file) <= LARGEST_FILE
          && JsonParser.parseString(Files.readString(file)) instanceof JsonObject json) {
        return Optional.of(json);
      }
      log.info("{} is too large or no JSON object", file.getFileName());
    } catch (IOException | JsonParseException e) {
      log.info("{} cannot be used", file.getFileName(), e);
    }
    return Optional.empty();
  }
}
