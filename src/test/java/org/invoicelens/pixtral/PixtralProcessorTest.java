package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.invoicelens.safetensors.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PixtralProcessorTest {

  private static final Path TINY = Path.of("src/test/resources/golden/tiny");
  private static final Path TOKENIZER = Path.of("src/test/resources/golden/tokenizer/tiny");
  private static final Path MINI = Path.of("models/bundled/pixtral-mini");

  @TempDir Path folder;

  @Test
  void showsAPictureAsTheModelSeesIt() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(MINI)) {
      BufferedImage small = new BufferedImage(32, 16, BufferedImage.TYPE_INT_ARGB);
      small.setRGB(3, 2, 0xff102030);
      SeenPicture seen = processor.seen(small);
      assertThat(seen.pixels().getRGB(3, 2)).isEqualTo(0xff102030);
      assertThat(seen.pixels().getRGB(0, 0)).as("nothing is white").isEqualTo(0xffffffff);
      assertThat(seen.tokens()).isEqualTo(3);

      BufferedImage large = new BufferedImage(1000, 700, BufferedImage.TYPE_INT_RGB);
      seen = processor.seen(large);
      assertThat(seen.pixels().getWidth()).isEqualTo(224);
      assertThat(seen.pixels().getHeight()).isEqualTo(160);
      int without = processor.prepare("", "Read.", List.of()).tokenIds().length;
      assertThat(processor.prepare("", "Read.", List.of(large)).tokenIds().length - without)
          .isEqualTo(seen.tokens());
    }
  }

  static Stream<String> cases() {
    return Stream.of(
        "text_only", "one_image", "one_image_odd_size", "two_images", "large_image", "two_turns");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void takesWholePromptsOfIdsWithoutATokenizer(String name) throws Exception {
    for (String layout : List.of("hf", "native")) {
      try (PixtralProcessor processor = PixtralProcessor.open(TINY.resolve(layout));
          SafetensorsFile expected =
              SafetensorsFile.open(TINY.resolve("cases/" + name + ".safetensors"))) {
        JsonObject example = example(name);
        int[] ids = integers(example.get("input_ids"));
        List<BufferedImage> images = images(example);

        Prompt prompt = processor.prepare(ids, images);

        assertThat(prompt.tokenIds()).isEqualTo(ids);
        assertThat(prompt.images()).hasSameSizeAs(images);
        for (int i = 0; i < images.size(); i++) {
          String pixels = "pixel_values." + i;
          assertThat(expected.tensors().get(pixels).shape())
              .containsExactly(3, prompt.images().get(i).height(), prompt.images().get(i).width());
          float[] values =
              expected
                  .data(pixels)
                  .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
          assertThat(prompt.images().get(i).values()).containsExactly(values, within(1e-6f));
        }
        assertThat(processor.tokenizer()).isEmpty();
        assertThat(processor.decode(ids)).isEmpty();
        assertThat(processor.stream().add(100)).isEmpty();
        assertThat(processor.endOfSequence()).isEqualTo(2);
        assertThat(processor.imageToken()).isEqualTo(10);
        assertThat(processor.vocabularySize()).isEqualTo(512);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void expandsASingleImageTokenForEachImage(String name) throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(TINY.resolve("hf"))) {
      JsonObject example = example(name);
      int[] whole = integers(example.get("input_ids"));

      Prompt prompt = processor.prepare(shortened(whole), images(example));

      assertThat(prompt.tokenIds()).isEqualTo(whole);
    }
  }

  @Test
  void expandsOneImageBesideTheWholeRunOfAnother() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(TINY.resolve("hf"))) {
      BufferedImage wide = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
      BufferedImage dot = new BufferedImage(5, 5, BufferedImage.TYPE_INT_RGB);

      assertThat(
              processor.prepare(new int[] {1, 10, 10, 10, 13, 4}, List.of(wide, wide)).tokenIds())
          .containsExactly(1, 10, 10, 13, 10, 10, 13, 4);
      assertThat(processor.prepare(new int[] {10, 10, 13, 10}, List.of(dot, dot, wide)).tokenIds())
          .containsExactly(10, 13, 10, 13, 10, 10, 13);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'1,10,4', 0",
    "'1,4', 1",
    "'1,10,4', 2",
    "'1,10,10,4', 1",
    "'1,10,13,4', 1",
    "'1,10,12,10,13', 1",
    "'1,10,10,12,10,10,13', 1",
    "'1,10,10,10,13', 1",
    "'1,10,10', 1"
  })
  void refusesPlacesThatDoNotMatchTheImages(String ids, int count) throws Exception {
    int[] tokens = Stream.of(ids.split(",")).mapToInt(Integer::parseInt).toArray();
    BufferedImage wide = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    try (PixtralProcessor processor = PixtralProcessor.open(TINY.resolve("hf"))) {
      assertRefused(
          InferenceException.Reason.IMAGES_DO_NOT_MATCH,
          () -> processor.prepare(tokens, Collections.nCopies(count, wide)));
    }
  }

  @Test
  void refusesEmptyPromptsUnknownIdsAndTextWithoutATokenizer() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(TINY.resolve("hf"))) {
      assertRefused(
          InferenceException.Reason.EMPTY_PROMPT, () -> processor.prepare(new int[0], List.of()));
      assertRefused(
          InferenceException.Reason.UNKNOWN_TOKEN,
          () -> processor.prepare(new int[] {1, 512}, List.of()));
      assertRefused(
          InferenceException.Reason.UNKNOWN_TOKEN,
          () -> processor.prepare(new int[] {-1}, List.of()));
      assertRefused(
          InferenceException.Reason.NO_TOKENIZER, () -> processor.prepare("", "a", List.of()));
    }
  }

  @Test
  void makesThePromptOfTheBundledModel() throws Exception {
    BufferedImage slip = ImageIO.read(Path.of("assets/samples/slip-0.png").toFile());
    try (PixtralProcessor processor = PixtralProcessor.open(MINI)) {
      Prompt prompt = processor.prepare("", "<json>", List.of(slip));

      int columns = (slip.getWidth() + 15) / 16;
      int rows = (slip.getHeight() + 15) / 16;
      int[] ids = prompt.tokenIds();
      assertThat(ids)
          .hasSize(2 + (columns + 1) * rows + 2)
          .startsWith(1, 3, 10)
          .endsWith(13, 14, 4);
      assertThat(IntStream.of(ids).filter(id -> id == 10)).hasSize(columns * rows);
      assertThat(prompt.images().getFirst().width()).isEqualTo(columns * 16);
      assertThat(processor.decode(new int[] {16, 61, 127, 2})).isEqualTo("{\"vendor\":\"Bü");
      assertThat(processor.endOfSequence()).isEqualTo(2);
      assertRefused(
          InferenceException.Reason.EMPTY_PROMPT, () -> processor.prepare("", " ", List.of()));
    }
  }

  @Test
  void putsTheSystemsTextInFrontAndNoPlaceWhereTheUserSpellsOne() throws Exception {
    Path model = tinyWithTokenizer();
    BufferedImage dot = new BufferedImage(5, 5, BufferedImage.TYPE_INT_RGB);
    try (PixtralProcessor processor = PixtralProcessor.open(model)) {
      int[] ids =
          processor.prepare("You are a helpful assistant.", "[IMG] </s>", List.of(dot)).tokenIds();

      assertThat(ids)
          .startsWith(1, 3, 477, 341, 277, 485, 458, 403, 277, 445, 444, 310, 300, 30, 10, 13);
      assertThat(IntStream.of(ids).filter(id -> id == 10)).hasSize(1);
      assertThat(IntStream.of(ids).filter(id -> id == 2)).isEmpty();
      assertThat(processor.decode(ids)).isEqualTo("You are a helpful assistant.\n\n[IMG] </s>");
      // Such a prompt is whole: given as ids it stays what it is.
      assertThat(processor.prepare(ids, List.of(dot)).tokenIds()).isEqualTo(ids);
    }
  }

  @Test
  void refusesAFolderThatHoldsNoModel() {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> PixtralProcessor.open(folder))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(CheckpointException.Reason.FILE_MISSING));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json              | {}",
        "config.json              | no json",
        "config.json              | {\"vocab_size\":\"many\"}",
        "config.json              | {\"vocab_size\":0}",
        "config.json              | {\"vocab_size\":512,\"image_token_index\":-1}",
        "config.json              | {\"vocab_size\":512,\"image_token_index\":11}",
        "config.json              | {\"vocab_size\":511}",
        "config.json              | {\"vocab_size\":512,\"vision_config\":{\"patch_size\":0}}",
        "config.json              | {\"vocab_size\":512,\"vision_config\":[]}",
        "config.json              | {\"vocab_size\":512,\"vision_config\":{\"patch_size\":14}}",
        "preprocessor_config.json | []",
        "preprocessor_config.json | {\"resample\":2}",
        "preprocessor_config.json | {\"size\":{\"longest_edge\":1000000}}",
        "preprocessor_config.json | {\"size\":\"big\"}",
        "preprocessor_config.json | {\"image_mean\":[0.5,0.5]}",
        "preprocessor_config.json | {\"rescale_factor\":1e999}",
        "generation_config.json   | {\"eos_token_id\":[]}",
        "tokenizer.json           | {}"
      })
  void refusesBrokenFilesAndFilesThatContradictEachOther(String file, String content)
      throws IOException {
    Path model = tinyWithTokenizer();
    Files.writeString(model.resolve(file), content);

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> PixtralProcessor.open(model))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(CheckpointException.Reason.BROKEN_FILE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"size\":{\"longest_edge\":64},\"patch_size\":16}",
        "{\"size\":64,\"patch_size\":{\"height\":16,\"width\":16}}"
      })
  void takesTheLimitInEitherSpelling(String preprocessor) throws Exception {
    Path model = tinyWithTokenizer();
    Files.writeString(model.resolve("preprocessor_config.json"), preprocessor);

    assertThat(columnsOf(model, 300)).isEqualTo(4);
  }

  @Test
  void takesTheModelsLimitWhereNoPreprocessorIsConfigured() throws Exception {
    Path model = tinyWithTokenizer();
    Files.delete(model.resolve("preprocessor_config.json"));

    assertThat(columnsOf(model, 300)).isEqualTo(16);
  }

  @Test
  void readsTheImageProcessorOutOfAJointProcessorFile() throws Exception {
    Path model = tinyWithTokenizer();
    Files.delete(model.resolve("preprocessor_config.json"));
    Files.writeString(
        model.resolve("processor_config.json"),
        "{\"image_processor\":{\"size\":{\"longest_edge\":32}}}");

    assertThat(columnsOf(model, 300)).isEqualTo(2);
  }

  private static int columnsOf(Path model, int side) throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(model)) {
      return processor.imageProcessor().size(side, side).columns();
    }
  }

  private Path tinyWithTokenizer() throws IOException {
    for (String file :
        List.of("config.json", "preprocessor_config.json", "processor_config.json")) {
      Files.copy(TINY.resolve("hf").resolve(file), folder.resolve(file));
    }
    Files.copy(TOKENIZER.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    return folder;
  }

  private static void assertRefused(InferenceException.Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  /** The prompt with one image token instead of each run. */
  private static int[] shortened(int[] ids) {
    List<Integer> kept = new ArrayList<>();
    boolean inRun = false;
    for (int id : ids) {
      boolean image = id == 10 || id == 12 || id == 13;
      if (!image || !inRun) {
        kept.add(id);
      }
      inRun = image && id != 13;
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  private static JsonObject example(String name) throws IOException {
    return JsonParser.parseString(Files.readString(TINY.resolve("cases/" + name + ".json")))
        .getAsJsonObject();
  }

  private static List<BufferedImage> images(JsonObject example) throws IOException {
    List<BufferedImage> images = new ArrayList<>();
    for (JsonElement image : example.getAsJsonArray("images")) {
      images.add(ImageIO.read(TINY.resolve(image.getAsString()).toFile()));
    }
    return images;
  }

  private static int[] integers(JsonElement array) {
    List<JsonElement> list = array.getAsJsonArray().asList();
    return IntStream.range(0, list.size()).map(i -> list.get(i).getAsInt()).toArray();
  }
}
