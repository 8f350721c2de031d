package org.invoicelens.pixtral;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokenizer in Hugging Face's form, {@code tokenizer.json}. The native tokenizers library
 * encodes; decoding is a matter of looking up bytes and done here.
 */
final class JsonTokenizer implements Tokenizer {

  /** Keeps the whole text, whatever the file says, and adds nothing. */
  private static final Map<String, String> AS_IT_IS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private static final int LARGEST_VOCABULARY = 4_000_000;

  static {
    // The library would report its use to its maker's servers.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final Path file;
  private final HuggingFaceTokenizer withSpecials;
  private final byte[][] bytes;
  private final Map<String, Integer> specials;
  private final Set<Integer> specialIds;
  private HuggingFaceTokenizer withoutControl;

  private JsonTokenizer(
      Path file, HuggingFaceTokenizer withSpecials, byte[][] bytes, Map<String, Integer> specials) {
    this.file = file;
    this.withSpecials = withSpecials;
    this.bytes = bytes;
    this.specials = specials;
    this.specialIds = new HashSet<>(specials.values());
  }

  static JsonTokenizer read(Path file) throws CheckpointException {
    ProcessorFault.requireSize(file, LARGEST_FILE);
    try {
      String text = Files.readString(file);
      JsonObject root = JsonParser.parseString(text).getAsJsonObject();
      Map<String, Integer> specials = new HashMap<>();
      byte[][] bytes = bytes(root, specials);
      return new JsonTokenizer(file, library(text), bytes, specials);
    } catch (IOException | RuntimeException e) {
      // Whatever a strange file provokes in a JSON library means the same here.
      throw ProcessorFault.broken(file, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public int size() {
    return bytes.length;
  }

  @Override
  public int[] encode(String text) {
    String wellFormed = Tokenizer.wellFormed(text);
    boolean spelled = CONTROL.stream().anyMatch(wellFormed::contains);
    HuggingFaceTokenizer tokenizer = spelled ? withoutControl() : withSpecials;
    long[] ids = tokenizer.encode(wellFormed, false, false).getIds();
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      result[i] = Math.toIntExact(ids[i]);
    }
    return result;
  }

  @Override
  public OptionalInt specialToken(String spelling) {
    Integer id = specials.get(spelling);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return specialIds.contains(id);
  }

  @Override
  public byte[] bytes(int id) {
    return id < 0 || id >= bytes.length || bytes[id] == null || isSpecial(id)
        ? new byte[0]
        : bytes[id].clone();
  }

  @Override
  public synchronized void close() {
    withSpecials.close();
    if (withoutControl != null) {
      withoutControl.close();
    }
  }

  /**
   * The same tokenizer, blind for control tokens. Made only when a text spells one, for a large
   * vocabulary takes a second to read.
   */
  private synchronized HuggingFaceTokenizer withoutControl() {
    if (withoutControl == null) {
      try {
        JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonArray kept = new JsonArray();
        for (JsonElement added : root.getAsJsonArray("added_tokens")) {
          if (!CONTROL.contains(added.getAsJsonObject().get("content").getAsString())) {
            kept.add(added);
          }
        }
        root.add("added_tokens", kept);
        // A whole piece of text that equals an entry would be found there as well.
        CONTROL.forEach(root.getAsJsonObject("model").getAsJsonObject("vocab")::remove);
        withoutControl = library(root.toString());
      } catch (IOException e) {
        throw new IllegalStateException(file.getFileName() + " was there and is not any more", e);
      }
    }
    return withoutControl;
  }

  private static HuggingFaceTokenizer library(String json) throws IOException {
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), AS_IT_IS);
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[][] bytes(JsonObject root, Map<String, Integer> specials) {
    boolean byteLevel = isByteLevel(root.get("decoder"));
    Map<Integer, byte[]> tokens = new HashMap<>();
    JsonObject vocabulary = root.getAsJsonObject("model").getAsJsonObject("vocab");
    for (Map.Entry<String, JsonElement> entry : vocabulary.entrySet()) {
      tokens.put(
          id(entry.getValue()),
          byteLevel
              ? ByteLetters.bytes(entry.getKey())
              : entry.getKey().getBytes(StandardCharsets.UTF_8));
    }
    for (JsonElement element : root.getAsJsonArray("added_tokens")) {
      JsonObject added = element.getAsJsonObject();
      String content = added.get("content").getAsString();
      int id = id(added.get("id"));
      tokens.put(id, content.getBytes(StandardCharsets.UTF_8));
      if (added.get("special").getAsBoolean()) {
        specials.put(content, id);
      }
    }
    int size = tokens.keySet().stream().mapToInt(id -> id + 1).max().orElse(0);
    byte[][] bytes = new byte[size][];
    tokens.forEach((id, token) -> bytes[id] = token);
    return bytes;
  }

  private static int id(JsonElement element) {
    long id = element.getAsLong();
    if (id < 0 || id >= LARGEST_VOCABULARY) {
      throw new IllegalArgumentException("the token id " + id);
    }
    return (int) id;
  }

  /** Whether tokens are spelled in letters that stand for bytes; the alternative is plain text. */
  private static boolean isByteLevel(JsonElement decoder) {
    String type =
        decoder == null || decoder.isJsonNull()
            ? "Fuse"
            : decoder.getAsJsonObject().get("type").getAsString();
    return switch (type) {
      case "ByteLevel" -> true;
      case "Fuse" -> false;
      default -> throw new IllegalArgumentException("the unknown decoder " + type);
    };
  }
}
