package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.invoicelens.pixtral.ChatFormat.Part;
import org.invoicelens.pixtral.ChatFormat.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatFormatTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final ImageTokens IMAGE_TOKENS = new ImageTokens(10, 12, 13);

  private final ImageProcessor images = new ImageProcessor(ImageSettings.pixtral(256, 16));

  static Stream<String> conversations() throws IOException {
    return cases().getAsJsonArray("conversations").asList().stream()
        .map(conversation -> conversation.getAsJsonObject().get("name").getAsString());
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void encodesConversationsAsTheReference(String name) throws Exception {
    JsonObject conversation = conversation(name);
    JsonElement system = conversation.get("system");

    for (Tokenizer tokenizer :
        List.of(
            JsonTokenizer.read(GOLDEN.resolve("tokenizer/tiny/tokenizer.json")),
            TekkenTokenizer.read(GOLDEN.resolve("tokenizer/tiny/tekken.json")))) {
      try (tokenizer) {
        int[] ids =
            new ChatFormat(tokenizer, IMAGE_TOKENS)
                .encode(system.isJsonNull() ? "" : system.getAsString(), turns(conversation));
        assertThat(ids).isEqualTo(integers(conversation.get("input_ids")));
      }
    }
  }

  @Test
  void joinsNeighbouringTextsByAnEmptyLine() throws Exception {
    try (Tokenizer tokenizer = TekkenTokenizer.read(GOLDEN.resolve("tokenizer/tiny/tekken.json"))) {
      ChatFormat format = new ChatFormat(tokenizer, IMAGE_TOKENS);

      assertThat(format.encode("", user(new Part.Text("a"), new Part.Text("b"))))
          .isEqualTo(format.encode("", user(new Part.Text("a\n\nb"))));
      assertThat(format.encode("s", user(new Part.Text("a"), new Part.Text("b"))))
          .isEqualTo(format.encode("", user(new Part.Text("s\n\na\n\nb"))));
      assertThat(
              format.encode("", user(new Part.Text("a"), new Part.Text("b"), new Part.Image(1, 1))))
          .endsWith(10, 13, 4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 1: 10 13", "3 1: 10 10 10 13", "1 3: 10 12 10 12 10 13"})
  void laysOutTheTokensOfAPicture(String example) {
    int[] numbers = Stream.of(example.split("[: ]+")).mapToInt(Integer::parseInt).toArray();

    assertThat(IMAGE_TOKENS.run(numbers[0], numbers[1]))
        .containsExactly(IntStream.of(numbers).skip(2).toArray());
  }

  @Test
  void refusesAVocabularyWithoutTheFormatsTokens(@TempDir Path folder) throws Exception {
    String json =
        Files.readString(GOLDEN.resolve("tokenizer/tiny/tokenizer.json"))
            .replace("[/INST]", "[/OTHER]");
    Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
    try (Tokenizer tokenizer = JsonTokenizer.read(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ChatFormat(tokenizer, IMAGE_TOKENS))
          .withMessageContaining("[/INST]");
    }
  }

  private static List<Turn> user(Part... parts) {
    return List.of(new Turn.User(List.of(parts)));
  }

  private List<Turn> turns(JsonObject conversation) throws Exception {
    List<Turn> turns = new ArrayList<>();
    for (JsonElement element : conversation.getAsJsonArray("turns")) {
      JsonObject turn = element.getAsJsonObject();
      if (turn.get("role").getAsString().equals("assistant")) {
        turns.add(new Turn.Assistant(turn.get("content").getAsString()));
        continue;
      }
      List<Part> parts = new ArrayList<>();
      for (JsonElement content : turn.getAsJsonArray("content")) {
        JsonObject part = content.getAsJsonObject();
        if (part.get("type").getAsString().equals("text")) {
          parts.add(new Part.Text(part.get("text").getAsString()));
        } else {
          BufferedImage image =
              ImageIO.read(
                  GOLDEN.resolve("tiny").resolve(part.get("image").getAsString()).toFile());
          ImageProcessor.Size size = images.size(image.getWidth(), image.getHeight());
          parts.add(new Part.Image(size.columns(), size.rows()));
        }
      }
      turns.add(new Turn.User(parts));
    }
    return turns;
  }

  private static JsonObject conversation(String name) throws IOException {
    return cases().getAsJsonArray("conversations").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(conversation -> conversation.get("name").getAsString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonObject cases() throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN.resolve("tokenizer/tiny/cases.json")))
        .getAsJsonObject();
  }

  private static int[] integers(JsonElement array) {
    List<JsonElement> list = array.getAsJsonArray().asList();
    return IntStream.range(0, list.size()).map(i -> list.get(i).getAsInt()).toArray();
  }
}
