package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/tokenizer");
  private static final Path MINI = Path.of("models/bundled/pixtral-mini/tokenizer.json");

  @TempDir Path folder;

  static Stream<Tokenizer> bothForms() throws CheckpointException {
    return Stream.of(
        JsonTokenizer.read(GOLDEN.resolve("tiny/tokenizer.json")),
        TekkenTokenizer.read(GOLDEN.resolve("tiny/tekken.json")));
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void encodesAsTheReference(Tokenizer tokenizer) throws IOException {
    String ids = tokenizer instanceof JsonTokenizer ? "ids_hf" : "ids_native";
    for (JsonElement element : cases().getAsJsonArray("encode")) {
      JsonObject example = element.getAsJsonObject();
      String text = example.get("text").getAsString();
      assertThat(tokenizer.encode(text)).as(text).isEqualTo(integers(example.get(ids)));
    }
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void decodesWhatItEncoded(Tokenizer tokenizer) throws IOException {
    for (JsonElement element : cases().getAsJsonArray("encode")) {
      String text = element.getAsJsonObject().get("text").getAsString();
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void decodesTheAnswersOfTheReference(Tokenizer tokenizer) throws IOException {
    for (JsonElement element : cases().getAsJsonArray("conversations")) {
      JsonObject example = element.getAsJsonObject();
      int[] ids = integers(example.get("generated_ids"));
      String expected = example.get("generated_text_utf8_replace").getAsString();

      assertThat(tokenizer.decode(ids)).isEqualTo(expected);
      byte[] bytes =
          Base64.getDecoder().decode(example.get("generated_bytes_base64").getAsString());
      int at = 0;
      for (int id : ids) {
        byte[] token = tokenizer.bytes(id);
        assertThat(Arrays.copyOfRange(bytes, at, at + token.length)).isEqualTo(token);
        at += token.length;
      }
      assertThat(at).isEqualTo(bytes.length);
    }
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void knowsTheSpecialTokens(Tokenizer tokenizer) throws IOException {
    JsonObject cases = cases();
    assertThat(tokenizer.size()).isEqualTo(cases.get("vocab_size").getAsInt());
    JsonObject specials = cases.getAsJsonObject("special_tokens");
    for (String spelling : specials.keySet()) {
      int id = specials.get(spelling).getAsInt();
      assertThat(tokenizer.specialToken(spelling)).hasValue(id);
      assertThat(tokenizer.isSpecial(id)).isTrue();
      assertThat(tokenizer.bytes(id)).isEmpty();
    }
    assertThat(tokenizer.specialToken("[NOTHING]")).isEmpty();
    assertThat(tokenizer.isSpecial(20)).isFalse();
    assertThat(tokenizer.bytes(-1)).isEmpty();
    assertThat(tokenizer.bytes(512)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void neverMakesControlTokensOfText(Tokenizer tokenizer) {
    String text = "a[IMG][IMG_BREAK][IMG_END] </s><s>[INST]b[/INST][IMG]";

    int[] ids = tokenizer.encode(text);

    for (String control : Tokenizer.CONTROL) {
      assertThat(ids).doesNotContain(tokenizer.specialToken(control).orElseThrow());
      assertThat(tokenizer.encode(control))
          .doesNotContain(tokenizer.specialToken(control).orElseThrow());
    }
    assertThat(tokenizer.decode(ids)).isEqualTo(text);
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void splitsTheSpellingOfAControlTokenLikeAnyText(Tokenizer tokenizer) {
    // The same letters in a spelling that is no token show how ordinary text is split.
    int[] ids = tokenizer.encode("[INST]");
    int[] similar = tokenizer.encode("[INSU]");

    assertThat(ids).hasSameSizeAs(similar);
    assertThat(ids[0]).isEqualTo(similar[0]);
  }

  @Test
  void recognisesOtherSpecialTokensOnlyInTheHuggingFaceForm() throws Exception {
    try (Tokenizer json = JsonTokenizer.read(GOLDEN.resolve("tiny/tokenizer.json"));
        Tokenizer tekken = TekkenTokenizer.read(GOLDEN.resolve("tiny/tekken.json"))) {
      assertThat(json.encode("[PREFIX]a")).startsWith(14);
      assertThat(json.encode("[IMG][PREFIX]a")).contains(14).doesNotContain(10);
      assertThat(tekken.encode("[PREFIX]a")).doesNotContain(14);
    }
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void keepsLongTextsAndOddCharacters(Tokenizer tokenizer) {
    String text = "The boat and the lake. \u0000\uFFFF 😀 ".repeat(2000);

    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db"))).isEqualTo("a?b");
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void givesTextOutOnlyWhenItsCharactersAreWhole(Tokenizer tokenizer) {
    String text = "é 你好 😀!";
    TextStream stream = tokenizer.stream();
    StringBuilder streamed = new StringBuilder();
    for (int id : tokenizer.encode(text)) {
      streamed.append(stream.add(id));
      assertThat(text).startsWith(streamed.toString());
    }

    assertThat(streamed).hasToString(text);
    assertThat(stream.end()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void replacesACharacterThatNeverBecomesWhole(Tokenizer tokenizer) {
    int[] ids = tokenizer.encode("😀");
    TextStream stream = tokenizer.stream();

    assertThat(stream.add(ids[0])).isEmpty();
    assertThat(stream.add(tokenizer.encode("a")[0])).isEqualTo("\uFFFDa");
    assertThat(stream.add(ids[0])).isEmpty();
    assertThat(stream.end()).isEqualTo("\uFFFD");
  }

  @Test
  void readsTheBundledVocabularyOfSingleLetters() throws Exception {
    try (Tokenizer tokenizer = JsonTokenizer.read(MINI)) {
      assertThat(tokenizer.encode("<json>")).containsExactly(14);
      assertThat(tokenizer.encode("{\"vendor\":\"Bü\",\"total\":1.5}"))
          .containsExactly(16, 61, 127, 20, 44, 41, 48, 21);
      assertThat(tokenizer.decode(new int[] {14, 16, 61, 127, 20, 44, 41, 48, 21, 2}))
          .isEqualTo("{\"vendor\":\"Bü\",\"total\":1.5}");
      assertThat(tokenizer.encode("[IMG]")).doesNotContain(10).hasSize(5);
    }
  }

  @Test
  void prefersTheFormOfTheFoldersLayout() throws Exception {
    Files.copy(GOLDEN.resolve("tiny/tekken.json"), folder.resolve("tekken.json"));
    assertThat(open()).containsInstanceOf(TekkenTokenizer.class);

    Files.copy(GOLDEN.resolve("tiny/tokenizer.json"), folder.resolve("tokenizer.json"));
    assertThat(open()).containsInstanceOf(TekkenTokenizer.class);

    Files.writeString(folder.resolve("config.json"), "{}");
    assertThat(open()).containsInstanceOf(JsonTokenizer.class);

    Files.delete(folder.resolve("tokenizer.json"));
    assertThat(open()).containsInstanceOf(TekkenTokenizer.class);

    Files.delete(folder.resolve("tekken.json"));
    assertThat(open()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"model\":7}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]},\"added_tokens\":[]}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]},\"added_tokens\":[]}",
        "{\"model\":{\"type\":\"none\",\"vocab\":{\"a\":1}},\"added_tokens\":[],\"decoder\":{\"type\":\"Fuse\"}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1},\"merges\":[]},\"added_tokens\":[],\"decoder\":{\"type\":\"Metaspace\"}}"
      })
  void refusesABrokenTokenizerJson(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), content);

    assertBroken(() -> JsonTokenizer.read(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"config\":{\"pattern\":\"a\",\"default_vocab_size\":512,\"default_num_special_tokens\":20}}",
        "{\"config\":[],\"vocab\":[]}",
        "{\"vocab\":[{\"rank\":1,\"token_bytes\":\"AA==\"}]}",
        "{\"vocab\":[{\"rank\":0,\"token_bytes\":\"!\"}]}"
      })
  void refusesABrokenTekkenJson(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("tekken.json"), content);

    assertBroken(() -> TekkenTokenizer.read(file));
  }

  @Test
  void refusesATekkenJsonWithRepeatedTokensOrABadPattern() throws IOException {
    String sound = Files.readString(GOLDEN.resolve("tiny/tekken.json"));
    Path twice = Files.writeString(folder.resolve("a.json"), sound.replace("\"AQ==\"", "\"AA==\""));
    Path pattern =
        Files.writeString(folder.resolve("b.json"), sound.replaceFirst("\"pattern\": *\"", "$0["));

    assertBroken(() -> TekkenTokenizer.read(twice));
    assertBroken(() -> TekkenTokenizer.read(pattern));
  }

  @Test
  void refusesAFileTooLargeForAnyVocabulary() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(Tokenizer.LARGEST_FILE + 1);
    }

    assertBroken(() -> JsonTokenizer.read(file));
    assertBroken(() -> TekkenTokenizer.read(file));
  }

  private Optional<Tokenizer> open() throws CheckpointException {
    return Tokenizer.open(folder);
  }

  private static void assertBroken(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(CheckpointException.Reason.BROKEN_FILE));
  }

  private static JsonObject cases() throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN.resolve("tiny/cases.json")))
        .getAsJsonObject();
  }

  private static int[] integers(JsonElement array) {
    List<JsonElement> list = array.getAsJsonArray().asList();
    return IntStream.range(0, list.size()).map(i -> list.get(i).getAsInt()).toArray();
  }
}
