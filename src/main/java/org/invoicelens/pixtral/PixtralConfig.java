package org.invoicelens.pixtral;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.invoicelens.stage.Words;

/**
 * The sizes of a Pixtral checkpoint.
 *
 * <p>Read from {@code config.json} (Hugging Face; keys equal to the defaults of its classes may be
 * missing, and newer files spell some otherwise) or {@code params.json} (native).
 *
 * @param text the text decoder
 * @param vision the vision tower
 * @param projectorBias whether both layers of the projector have a bias
 * @param imageToken the token whose embedding a patch replaces
 * @param endTokens the tokens that end an answer
 */
record PixtralConfig(
    Text text, Vision vision, boolean projectorBias, int imageToken, Set<Integer> endTokens) {

  private static final Words WORDS = Words.of(PixtralConfig.class);

  static final String HF_FILE = "config.json";
  static final String NATIVE_FILE = "params.json";
  private static final String GENERATION_FILE = "generation_config.json";

  private static final long LARGEST_FILE = 16 << 20;

  /**
   * The text decoder.
   *
   * @param context the most positions a prompt and its answer may take together
   * @param tiedHead whether the output layer is the embedding table
   */
  record Text(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int kvHeads,
      int headDim,
      int vocabulary,
      int context,
      double theta,
      double epsilon,
      boolean tiedHead) {}

  /**
   * The vision tower.
   *
   * @param gelu whether the feed-forward layers use GELU instead of SiLU
   */
  record Vision(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int headDim,
      int patch,
      int channels,
      double theta,
      boolean gelu) {}

  PixtralConfig {
    endTokens = Set.copyOf(endTokens);
  }

  /** Reads {@code config.json} and, where it is there, {@code generation_config.json}. */
  static PixtralConfig readHuggingFace(Path folder) throws CheckpointException {
    Path file = folder.resolve(HF_FILE);
    JsonObject root = parse(file);
    Fields fields = new Fields(file, root);
    String type = fields.text(root, "model_type", "");
    if (!type.equals("llava")) {
      throw notPixtral(file, type.isEmpty() ? "found.noEntry" : "found.entry", "model_type", type);
    }
    JsonObject text = fields.object(root, "text_config");
    JsonObject vision = fields.object(root, "vision_config");
    String visionType = fields.text(vision, "model_type", "");
    if (!visionType.equals("pixtral")) {
      throw notPixtral(file, "found.tower", visionType);
    }
    fields.only(text, "model_type", "mistral", "mistral");
    fields.only(text, "hidden_act", "silu", "silu");
    fields.only(root, "projector_hidden_act", "gelu", "gelu");
    fields.only(root, "vision_feature_select_strategy", "full", "full");
    if (fields.integer(root, "vision_feature_layer", -1, -1, 1024) != -1) {
      throw notPixtral(file, "found.layer");
    }
    String visionActivation = fields.text(vision, "hidden_act", "gelu");
    if (!visionActivation.equals("silu") && !visionActivation.equals("gelu")) {
      throw notPixtral(file, "found.activation", visionActivation);
    }
    fields.plainRope(text);
    fields.plainRope(vision);

    int hidden = fields.size(text, "hidden_size", 4096);
    int heads = fields.size(text, "num_attention_heads", 32);
    int visionHidden = fields.size(vision, "hidden_size", 1024);
    int visionHeads = fields.size(vision, "num_attention_heads", 16);
    int positions = fields.integer(text, "max_position_embeddings", 131072, 1, Integer.MAX_VALUE);
    int window = fields.integer(text, "sliding_window", positions, 1, Integer.MAX_VALUE);
    int vocabulary = fields.integer(text, "vocab_size", 32000, 1, 1 << 24);
    Text decoder =
        new Text(
            hidden,
            fields.size(text, "intermediate_size", 14336),
            fields.integer(text, "num_hidden_layers", 32, 1, 1024),
            heads,
            fields.size(text, "num_key_value_heads", 8),
            fields.size(text, "head_dim", Math.max(1, hidden / heads)),
            vocabulary,
            // within the window, attention over the window is attention over everything
            Math.min(positions, window),
            fields.theta(text, 10_000),
            fields.decimal(text, "rms_norm_eps", 1e-6, 1e-12, 1),
            fields.flag(text, "tie_word_embeddings", false));
    Vision tower =
        new Vision(
            visionHidden,
            fields.size(vision, "intermediate_size", 4096),
            fields.integer(vision, "num_hidden_layers", 24, 1, 1024),
            visionHeads,
            fields.size(vision, "head_dim", Math.max(1, visionHidden / visionHeads)),
            fields.integer(vision, "patch_size", 16, 1, 1024),
            fields.integer(vision, "num_channels", 3, 1, 16),
            fields.theta(vision, 10_000),
            visionActivation.equals("gelu"));
    String imageKey = root.has("image_token_index") ? "image_token_index" : "image_token_id";
    return new PixtralConfig(
            decoder,
            tower,
            fields.flag(root, "multimodal_projector_bias", true),
            fields.integer(root, imageKey, 10, 0, vocabulary - 1),
            endTokens(folder, root, text, vocabulary))
        .checked(file);
  }

  /** Reads {@code params.json}. */
  static PixtralConfig readNative(Path folder) throws CheckpointException {
    Path file = folder.resolve(NATIVE_FILE);
    JsonObject root = parse(file);
    Fields fields = new Fields(file, root);
    if (!root.has("vision_encoder")) {
      throw notPixtral(file, "found.noTower");
    }
    JsonObject vision = fields.object(root, "vision_encoder");
    if (fields.integer(vision, "spatial_merge_size", 1, 1, 64) != 1
        || fields.flag(vision, "add_pre_mm_projector_layer_norm", false)
        || !fields.text(vision, "mm_projector_id", "").isEmpty()) {
      throw notPixtral(file, "found.merging");
    }
    int vocabulary = fields.integer(root, "vocab_size", 131072, 1, 1 << 24);
    int visionHidden = fields.size(vision, "hidden_size", 1024);
    int visionHeads = fields.size(vision, "num_attention_heads", 16);
    int hidden = fields.size(root, "dim", 5120);
    int heads = fields.size(root, "n_heads", 32);
    Text decoder =
        new Text(
            hidden,
            fields.size(root, "hidden_dim", 14336),
            fields.integer(root, "n_layers", 40, 1, 1024),
            heads,
            fields.size(root, "n_kv_heads", 8),
            fields.size(root, "head_dim", 128),
            vocabulary,
            // the file does not say; 128,000 is what the model was published for
            128_000,
            fields.theta(root, 1e9),
            fields.decimal(root, "norm_eps", 1e-5, 1e-12, 1),
            false);
    Vision tower =
        new Vision(
            visionHidden,
            fields.size(vision, "intermediate_size", 4096),
            fields.integer(vision, "num_hidden_layers", 24, 1, 1024),
            visionHeads,
            Math.max(1, visionHidden / visionHeads),
            fields.integer(vision, "patch_size", 16, 1, 1024),
            fields.integer(vision, "num_channels", 3, 1, 16),
            fields.theta(vision, 10_000),
            false);
    return new PixtralConfig(
            decoder,
            tower,
            fields.flag(vision, "adapter_bias", true),
            fields.integer(vision, "image_token_id", 10, 0, vocabulary - 1),
            Set.of(2))
        .checked(file);
  }

  private PixtralConfig checked(Path file) throws CheckpointException {
    if (text.heads % text.kvHeads != 0) {
      throw broken(file, "fault.heads", text.heads, text.kvHeads);
    }
    if (text.headDim % 2 != 0 || vision.headDim % 4 != 0) {
      throw broken(file, "fault.headWidth");
    }
    if (vision.heads * vision.headDim != vision.hidden) {
      throw broken(file, "fault.towerWidth");
    }
    if (vision.channels != 3) {
      throw notPixtral(file, "found.channels", vision.channels);
    }
    return this;
  }

  /** The file made for generation has the last word; one token or a list. */
  private static Set<Integer> endTokens(
      Path folder, JsonObject root, JsonObject text, int vocabulary) throws CheckpointException {
    Path file = folder.resolve(GENERATION_FILE);
    List<JsonObject> sources =
        Files.isRegularFile(file) ? List.of(parse(file), root, text) : List.of(root, text);
    for (JsonObject source : sources) {
      JsonElement value = source.get("eos_token_id");
      if (value == null || value.isJsonNull()) {
        continue;
      }
      Set<Integer> tokens = new TreeSet<>();
      Iterable<JsonElement> elements =
          value.isJsonArray() ? value.getAsJsonArray() : List.of(value);
      for (JsonElement element : elements) {
        tokens.add((int) Fields.number(file, "eos_token_id", element, 0, vocabulary - 1));
      }
      return tokens;
    }
    return Set.of(2);
  }

  private static JsonObject parse(Path file) throws CheckpointException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw broken(file, "fault.tooLarge");
      }
      JsonElement root = JsonParser.parseString(Files.readString(file));
      if (!root.isJsonObject()) {
        throw broken(file, "fault.noObject");
      }
      return root.getAsJsonObject();
    } catch (IOException | JsonParseException e) {
      throw CheckpointException.brokenFile(file, WORDS.text("fault.unreadable"), e);
    }
  }

  private static CheckpointException broken(Path file, String key, Object... arguments) {
    return CheckpointException.brokenFile(file, WORDS.text(key, arguments), null);
  }

  private static CheckpointException notPixtral(Path file, String key, Object... arguments) {
    return new CheckpointException(
        CheckpointException.Reason.NOT_PIXTRAL,
        WORDS.problem("notPixtral", file.getFileName(), WORDS.text(key, arguments)),
        file.toString(),
        null);
  }

  /** Reads values with their bounds. */
  private record Fields(Path file, JsonObject root) {

    JsonObject object(JsonObject parent, String key) throws CheckpointException {
      JsonElement value = parent.get(key);
      if (value == null || !value.isJsonObject()) {
        throw notPixtral(file, "found.noEntry", key);
      }
      return value.getAsJsonObject();
    }

    String text(JsonObject parent, String key, String missing) throws CheckpointException {
      JsonElement value = parent.get(key);
      if (value == null || value.isJsonNull()) {
        return missing;
      }
      if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
        throw broken(file, "fault.noText", key);
      }
      return value.getAsString();
    }

    /** A text that this program can serve with one value only. */
    void only(JsonObject parent, String key, String missing, String known)
        throws CheckpointException {
      String found = text(parent, key, missing);
      if (!found.equals(known)) {
        throw notPixtral(file, "found.entry", key, found);
      }
    }

    boolean flag(JsonObject parent, String key, boolean missing) throws CheckpointException {
      JsonElement value = parent.get(key);
      if (value == null || value.isJsonNull()) {
        return missing;
      }
      if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
        throw broken(file, "fault.noFlag", key);
      }
      return value.getAsBoolean();
    }

    /** A dimension of a weight. */
    int size(JsonObject parent, String key, int missing) throws CheckpointException {
      return integer(parent, key, missing, 1, 1 << 20);
    }

    int integer(JsonObject parent, String key, int missing, int least, int most)
        throws CheckpointException {
      JsonElement value = parent.get(key);
      if (value == null || value.isJsonNull()) {
        return missing;
      }
      double number = number(file, key, value, least, most);
      if (number != Math.rint(number)) {
        throw broken(file, "fault.noWholeNumber", key);
      }
      return (int) number;
    }

    double decimal(JsonObject parent, String key, double missing, double least, double most)
        throws CheckpointException {
      JsonElement value = parent.get(key);
      return value == null || value.isJsonNull() ? missing : number(file, key, value, least, most);
    }

    /** The base of the rotation's frequencies, in either spelling. */
    double theta(JsonObject parent, double missing) throws CheckpointException {
      JsonElement nested = parent.get("rope_parameters");
      JsonObject source =
          nested != null && nested.isJsonObject() ? nested.getAsJsonObject() : parent;
      return decimal(source, "rope_theta", missing, 1, 1e15);
    }

    /** Refuses rotations that are scaled in some way. */
    void plainRope(JsonObject parent) throws CheckpointException {
      for (String key : List.of("rope_scaling", "rope_parameters")) {
        JsonElement value = parent.get(key);
        if (value != null && value.isJsonObject()) {
          only(value.getAsJsonObject(), "rope_type", "default", "default");
        }
      }
    }

    static double number(Path file, String key, JsonElement value, double least, double most)
        throws CheckpointException {
      if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
        throw broken(file, "fault.noNumber", key);
      }
      double number;
      try {
        number = value.getAsDouble();
      } catch (NumberFormatException e) {
        throw CheckpointException.brokenFile(file, WORDS.text("fault.noNumber", key), e);
      }
      if (!(number >= least && number <= most)) {
        throw broken(file, "fault.outOfRange", key, value);
      }
      return number;
    }
  }
}
