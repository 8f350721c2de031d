package org.invoicelens.pixtral;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.invoicelens.stage.Words;

/**
 * What the files of a checkpoint say about turning text and pictures into a prompt.
 *
 * @param image how pictures are prepared
 * @param vocabularySize ids that the model knows, from 0 on
 * @param imageToken the id that holds the place of a patch
 * @param endOfSequence the id that ends an answer, where the files say it
 */
record ProcessorSettings(
    ImageSettings image, int vocabularySize, int imageToken, OptionalInt endOfSequence) {

  private static final Words WORDS = Words.of(ProcessorSettings.class);
  private static final long LARGEST_FILE = 10_000_000;
  private static final int IMAGE_TOKEN = 10;
  private static final int IMAGE_SIZE = 1024;
  private static final int PATCH_SIZE = 16;
  private static final int LARGEST_IMAGE_SIZE = 1 << 14;
  private static final int BICUBIC = 3;
  private static final int MOST_TOKENS = 4_000_000;

  static ProcessorSettings read(Path folder) throws CheckpointException {
    Path config = folder.resolve("config.json");
    Path params = folder.resolve("params.json");
    if (Files.exists(config)) {
      return huggingFace(folder, config);
    }
    if (Files.exists(params)) {
      return fromFile(params, ProcessorSettings::nativeLayout);
    }
    throw new CheckpointException(
        CheckpointException.Reason.FILE_MISSING,
        WORDS.problem(
            Files.isDirectory(folder) ? "folder.noModel" : "folder.missing",
            folder.toAbsolutePath()),
        "no config.json, no params.json in " + folder,
        null);
  }

  private static ProcessorSettings huggingFace(Path folder, Path config)
      throws CheckpointException {
    ProcessorSettings model = fromFile(config, ProcessorSettings::huggingFaceModel);
    ImageSettings image = model.image;
    Path preprocessor = folder.resolve("preprocessor_config.json");
    Path processor = folder.resolve("processor_config.json");
    if (Files.exists(preprocessor)) {
      image = fromFile(preprocessor, json -> image(json, model.image));
    } else if (Files.exists(processor)) {
      // Newer versions of the library write both files as one.
      image = fromFile(processor, json -> image(object(json, "image_processor"), model.image));
    }
    OptionalInt end = model.endOfSequence;
    Path generation = folder.resolve("generation_config.json");
    if (Files.exists(generation)) {
      OptionalInt stated = fromFile(generation, ProcessorSettings::endOfSequence);
      end = stated.isPresent() ? stated : end;
    }
    return new ProcessorSettings(image, model.vocabularySize, model.imageToken, end);
  }

  private static ProcessorSettings huggingFaceModel(JsonObject json) {
    JsonObject text = object(json, "text_config");
    JsonObject vision = object(json, "vision_config");
    int token = integer(json, "image_token_id", IMAGE_TOKEN, 0, MOST_TOKENS);
    return new ProcessorSettings(
        modelImage(vision),
        vocabulary(text.has("vocab_size") ? text : json),
        integer(json, "image_token_index", token, 0, MOST_TOKENS),
        endOfSequence(text.has("eos_token_id") ? text : json));
  }

  private static ProcessorSettings nativeLayout(JsonObject json) {
    JsonObject vision = object(json, "vision_encoder");
    return new ProcessorSettings(
        modelImage(vision),
        vocabulary(json),
        integer(vision, "image_token_id", IMAGE_TOKEN, 0, MOST_TOKENS),
        OptionalInt.empty());
  }

  private static ImageSettings modelImage(JsonObject vision) {
    return ImageSettings.pixtral(
        integer(vision, "image_size", IMAGE_SIZE, 1, LARGEST_IMAGE_SIZE),
        integer(vision, "patch_size", PATCH_SIZE, 1, LARGEST_IMAGE_SIZE));
  }

  private static int vocabulary(JsonObject json) {
    if (!json.has("vocab_size")) {
      throw new IllegalArgumentException("no vocab_size");
    }
    return integer(json, "vocab_size", 0, 1, MOST_TOKENS);
  }

  private static ImageSettings image(JsonObject json, ImageSettings model) {
    if (integer(json, "resample", BICUBIC, 0, 99) != BICUBIC) {
      throw new IllegalArgumentException("resample " + json.get("resample") + " is not bicubic");
    }
    int patch = side(json, "patch_size", "height", model.patchSize());
    if (patch != model.patchSize()) {
      throw new IllegalArgumentException(
          "patches of " + patch + ", the model's have " + model.patchSize());
    }
    boolean normalize = flag(json, "do_normalize");
    return new ImageSettings(
        side(json, "size", "longest_edge", model.longestEdge()),
        patch,
        flag(json, "do_resize"),
        flag(json, "do_rescale") ? number(json, "rescale_factor", model.rescaleFactor()) : 1,
        normalize ? channels(json, "image_mean", model.mean()) : new double[] {0, 0, 0},
        normalize ? channels(json, "image_std", model.deviation()) : new double[] {1, 1, 1});
  }

  /** A length given as a number, or as an object with a number. */
  private static int side(JsonObject json, String key, String member, int otherwise) {
    return json.has(key) && json.get(key).isJsonObject()
        ? integer(json.getAsJsonObject(key), member, otherwise, 1, LARGEST_IMAGE_SIZE)
        : integer(json, key, otherwise, 1, LARGEST_IMAGE_SIZE);
  }

  private static OptionalInt endOfSequence(JsonObject json) {
    JsonElement value = json.get("eos_token_id");
    if (value == null || value.isJsonNull()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        value.isJsonArray() ? value.getAsJsonArray().get(0).getAsInt() : value.getAsInt());
  }

  private static boolean flag(JsonObject json, String key) {
    return !present(json, key) || json.get(key).getAsBoolean();
  }

  private static double number(JsonObject json, String key, double otherwise) {
    double number = present(json, key) ? json.get(key).getAsDouble() : otherwise;
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(key + " " + number);
    }
    return number;
  }

  private static double[] channels(JsonObject json, String key, double[] otherwise) {
    if (!present(json, key)) {
      return otherwise;
    }
    double[] values = new double[otherwise.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = json.getAsJsonArray(key).get(i).getAsDouble();
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(key + " " + json.get(key));
      }
    }
    return values;
  }

  private static int integer(JsonObject json, String key, int otherwise, int least, int most) {
    int number = present(json, key) ? json.get(key).getAsInt() : otherwise;
    if (number < least || number > most) {
      throw new IllegalArgumentException(key + " " + number);
    }
    return number;
  }

  private static JsonObject object(JsonObject json, String key) {
    return present(json, key) ? json.getAsJsonObject(key) : new JsonObject();
  }

  private static boolean present(JsonObject json, String key) {
    return json.has(key) && !json.get(key).isJsonNull();
  }

  @FunctionalInterface
  private interface Reading<T> {
    T from(JsonObject json);
  }

  private static <T> T fromFile(Path file, Reading<T> reading) throws CheckpointException {
    ProcessorFault.requireSize(file, LARGEST_FILE);
    try {
      return reading.from(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    } catch (IOException | RuntimeException e) {
      // Whatever a strange file provokes in a JSON library means the same here.
      throw ProcessorFault.broken(file, String.valueOf(e.getMessage()), e);
    }
  }
}
