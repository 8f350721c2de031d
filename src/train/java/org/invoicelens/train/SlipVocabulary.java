package org.invoicelens.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens that a small model reads and writes: what is between the values of an answer is one
 * token each, all else one token a character. Read from {@code tokenizer.json}.
 */
final class SlipVocabulary {

  private static final List<String> KEYS =
      List.of(
          "{\"vendor\":\"",
          "\",\"number\":\"",
          "\",\"date\":\"",
          "\",\"currency\":\"",
          "\",\"total\":");
  private static final String CLOSE = "}";

  private final Map<String, Integer> ids;
  private final String[] texts;

  private SlipVocabulary(Map<String, Integer> ids, String[] texts) {
    this.ids = ids;
    this.texts = texts;
  }

  /** Reads a model's tokens. */
  static SlipVocabulary read(Path folder) throws IOException {
    JsonObject root =
        JsonParser.parseString(Files.readString(folder.resolve("tokenizer.json")))
            .getAsJsonObject();
    Map<String, Integer> ids = new HashMap<>();
    root.getAsJsonObject("model")
        .getAsJsonObject("vocab")
        .entrySet()
        .forEach(token -> ids.put(token.getKey(), token.getValue().getAsInt()));
    for (JsonElement added : root.getAsJsonArray("added_tokens")) {
      JsonObject token = added.getAsJsonObject();
      ids.put(token.get("content").getAsString(), token.get("id").getAsInt());
    }
    String[] texts =
        new String[ids.values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1];
    ids.forEach((text, id) -> texts[id] = text);
    SlipVocabulary vocabulary = new SlipVocabulary(ids, texts);
    KEYS.forEach(vocabulary::id);
    return vocabulary;
  }

  /**
   * A token's id.
   *
   * @throws IllegalArgumentException where the model has no such token
   */
  int id(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new IllegalArgumentException("the vocabulary has no " + token);
    }
    return id;
  }

  int end() {
    return id("</s>");
  }

  /** What stands in front of a picture. */
  long[] before() {
    return new long[] {id("<s>"), id("[INST]")};
  }

  /** What stands behind each row of patches. */
  long[] breaks(int rows) {
    long[] breaks = new long[rows];
    Arrays.fill(breaks, id("[IMG_BREAK]"));
    breaks[rows - 1] = id("[IMG_END]");
    return breaks;
  }

  /** What stands behind a picture that is to be answered in fields. */
  long[] prompt() {
    return new long[] {id("<json>"), id("[/INST]")};
  }

  private static final float READING = 1.5f;
  private static final float TRANSCRIPT = 0.5f;

  /** Tokens behind a picture, and how much each counts; what is given counts nothing. */
  record Said(int[] ids, float[] emphasis) {}

  /**
   * What is to be learned from a slip.
   *
   * @param transcript whether all rows follow the answer, which teaches more letters a picture
   */
  Said said(Slip slip, boolean transcript) {
    List<Integer> said = new ArrayList<>();
    List<Float> emphasis = new ArrayList<>();
    if (slip.fields().isPresent()) {
      add(said, emphasis, 0, id("<json>"), id("[/INST]"));
      List<String> values = slip.fields().get().values();
      for (int i = 0; i < KEYS.size(); i++) {
        add(said, emphasis, 1, id(KEYS.get(i)));
        // names and numbers follow no rule: each letter has to be read
        add(said, emphasis, i < 2 ? READING : 1, letters(values.get(i)));
      }
      add(said, emphasis, 1, id(CLOSE), end());
    }
    if (slip.fields().isEmpty()) {
      add(said, emphasis, 0, id("<text>"), id("[/INST]"));
      add(said, emphasis, 1, letters(slip.text()));
      add(said, emphasis, 1, end());
    } else if (transcript) {
      add(said, emphasis, 0, id("<text>"));
      add(said, emphasis, TRANSCRIPT, letters(slip.text()));
      add(said, emphasis, TRANSCRIPT, end());
    }
    float[] counts = new float[said.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = emphasis.get(i);
    }
    return new Said(said.stream().mapToInt(Integer::intValue).toArray(), counts);
  }

  private static void add(List<Integer> said, List<Float> emphasis, float counts, int... ids) {
    for (int id : ids) {
      said.add(id);
      emphasis.add(counts);
    }
  }

  /** The characters of a text, {@code <unk>} for those that the model does not know. */
  int[] letters(String text) {
    return text.chars().map(c -> ids.getOrDefault(Character.toString(c), id("<unk>"))).toArray();
  }

  /** The text of tokens. */
  String text(int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(token < texts.length && texts[token] != null ? texts[token] : "<unk>");
    }
    return text.toString();
  }
}
