package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The published vocabulary of 131072 entries, which is not part of this project: the system
 * property {@code invoicelens.test.full-vocabulary} names a {@code tokenizer.json} that holds it.
 */
class FullVocabularyTest {

  private static final String PROPERTY = "invoicelens.test.full-vocabulary";

  @TempDir static Path folder;

  private static JsonObject expected;
  private static JsonObject published;

  @BeforeAll
  static void readTheVocabulary() throws IOException {
    String file = System.getProperty(PROPERTY, "");
    assumeTrue(!file.isEmpty(), "not run: no published vocabulary in -D" + PROPERTY);
    published = JsonParser.parseString(Files.readString(Path.of(file))).getAsJsonObject();
    expected =
        JsonParser.parseString(
                Files.readString(Path.of("src/test/resources/golden/tokenizer/full_vocab.json")))
            .getAsJsonObject();
  }

  @Test
  void encodesAsTheReferenceWithTheSplittingOfTheHuggingFaceFile() throws Exception {
    try (Tokenizer tokenizer = JsonTokenizer.read(json("pattern_hf"))) {
      for (JsonElement element : expected.getAsJsonArray("encode_plain")) {
        JsonObject example = element.getAsJsonObject();
        JsonElement ids =
            example.has("ids_hf_pattern") ? example.get("ids_hf_pattern") : example.get("ids");
        assertEncoded(tokenizer, example, ids);
      }
    }
  }

  @Test
  void encodesAsTheReferenceWithTheNativeSplitting() throws Exception {
    try (Tokenizer json = JsonTokenizer.read(json("pattern_native"));
        Tokenizer tekken = TekkenTokenizer.read(tekken())) {
      for (JsonElement element : expected.getAsJsonArray("encode_plain")) {
        JsonObject example = element.getAsJsonObject();
        assertEncoded(json, example, example.get("ids"));
        assertEncoded(tekken, example, example.get("ids"));
      }
      for (JsonElement element : expected.getAsJsonArray("decode")) {
        JsonObject example = element.getAsJsonObject();
        String text = example.get("text").getAsString();
        assertThat(json.decode(integers(example.get("ids")))).isEqualTo(text);
        assertThat(tekken.decode(integers(example.get("ids")))).isEqualTo(text);
      }
    }
  }

  @Test
  void encodesTheTextBetweenControlTokensAsTheReference() throws Exception {
    try (Tokenizer tokenizer = JsonTokenizer.read(json("pattern_hf"))) {
      for (JsonElement element : expected.getAsJsonArray("encode_with_special")) {
        JsonObject example = element.getAsJsonObject();
        IntStream.Builder ids = IntStream.builder();
        for (String piece :
            example
                .get("text")
                .getAsString()
                .splitWithDelimiters("</?s>|\\[/?(INST|IMG(_\\w+)?)]", 0)) {
          if (Tokenizer.CONTROL.contains(piece)) {
            ids.add(tokenizer.specialToken(piece).orElseThrow());
          } else {
            IntStream.of(tokenizer.encode(piece)).forEach(ids::add);
          }
        }
        assertThat(ids.build().toArray()).isEqualTo(integers(example.get("ids")));
      }
    }
  }

  private static void assertEncoded(Tokenizer tokenizer, JsonObject example, JsonElement ids) {
    String text = example.get("text").getAsString();
    assertThat(tokenizer.encode(text)).as(text).isEqualTo(integers(ids));
  }

  /** The published file with Pixtral's special tokens and the given splitting. */
  private static Path json(String pattern) throws IOException {
    JsonObject root = published.deepCopy();
    JsonObject specials = expected.getAsJsonObject("special_tokens");
    JsonArray added = new JsonArray();
    for (Map.Entry<String, JsonElement> special : specials.entrySet()) {
      JsonObject token = new JsonObject();
      token.add("id", special.getValue());
      token.addProperty("content", special.getKey());
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.addProperty(flag, false);
      }
      token.addProperty("special", true);
      added.add(token);
    }
    root.add("added_tokens", added);
    JsonObject model = root.getAsJsonObject("model");
    JsonObject vocabulary = new JsonObject();
    for (Map.Entry<String, JsonElement> entry : model.getAsJsonObject("vocab").entrySet()) {
      if (entry.getValue().getAsInt() >= 1000) {
        vocabulary.add(entry.getKey(), entry.getValue());
      }
    }
    specials.entrySet().forEach(e -> vocabulary.add(e.getKey(), e.getValue()));
    model.add("vocab", vocabulary);
    root.getAsJsonObject("pre_tokenizer")
        .getAsJsonArray("pretokenizers")
        .get(0)
        .getAsJsonObject()
        .getAsJsonObject("pattern")
        .add("Regex", expected.get(pattern));
    return Files.writeString(folder.resolve(pattern + ".json"), root.toString());
  }

  /** The same vocabulary in native form. */
  private static Path tekken() throws IOException {
    List<Map.Entry<String, JsonElement>> ordinary = new ArrayList<>();
    for (Map.Entry<String, JsonElement> entry :
        published.getAsJsonObject("model").getAsJsonObject("vocab").entrySet()) {
      if (entry.getValue().getAsInt() >= 1000) {
        ordinary.add(entry);
      }
    }
    ordinary.sort(Comparator.comparingInt(entry -> entry.getValue().getAsInt()));
    JsonArray vocabulary = new JsonArray();
    for (Map.Entry<String, JsonElement> entry : ordinary) {
      JsonObject token = new JsonObject();
      token.addProperty("rank", entry.getValue().getAsInt() - 1000);
      token.addProperty(
          "token_bytes", Base64.getEncoder().encodeToString(ByteLetters.bytes(entry.getKey())));
      vocabulary.add(token);
    }
    JsonObject config = new JsonObject();
    config.add("pattern", expected.get("pattern_native"));
    config.add("default_vocab_size", new JsonPrimitive(1000 + ordinary.size()));
    config.add("default_num_special_tokens", new JsonPrimitive(1000));
    JsonObject root = new JsonObject();
    root.add("config", config);
    root.add("vocab", vocabulary);
    return Files.writeString(folder.resolve("tekken.json"), root.toString());
  }

  private static int[] integers(JsonElement array) {
    List<JsonElement> list = array.getAsJsonArray().asList();
    return IntStream.range(0, list.size()).map(i -> list.get(i).getAsInt()).toArray();
  }
}
