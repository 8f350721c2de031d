package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateCommandTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/tiny");
  private static final Path TINY = GOLDEN.resolve("hf");
  private static final Path IMAGE = GOLDEN.resolve("images/a_64x48.png");
  private static final Path MINI = Path.of("models/bundled/pixtral-mini");

  @TempDir Path folder;
  private DoorForTests door;

  @BeforeEach
  void openDoor() {
    door = new DoorForTests(folder);
  }

  private static JsonObject reference(String name) throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN.resolve("cases/" + name + ".json")))
        .getAsJsonObject();
  }

  private static String ids(JsonObject reference) {
    JsonArray ids = reference.getAsJsonArray("input_ids");
    return ids.asList().stream()
        .map(id -> String.valueOf(id.getAsInt()))
        .collect(Collectors.joining(","));
  }

  @ParameterizedTest
  @CsvSource({"hf, one_image", "hf-bf16, one_image", "native, text_only"})
  void answersExactIdsAndWritesTheLogits(String layout, String name) throws Exception {
    JsonObject reference = reference(name);
    Path logits = folder.resolve("logits.safetensors");
    Stream<Object> image = name.equals("one_image") ? Stream.of("--image", IMAGE) : Stream.of();
    Outcome outcome =
        door.run(
            Stream.concat(
                    Stream.of(
                        "generate",
                        "--model",
                        GOLDEN.resolve(layout),
                        "--prompt-ids",
                        ids(reference),
                        "--dtype",
                        "float32",
                        "--max-tokens",
                        "32",
                        "--ignore-eos",
                        "--logits",
                        logits,
                        "--json"),
                    image)
                .toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonObject answer = outcome.json();
    assertThat(answer.keySet())
        .containsExactly(
            "text", "token_ids", "prompt_token_ids", "finish_reason", "timings", "memory");
    assertThat(answer.get("token_ids")).isEqualTo(reference.get("generated_ids"));
    assertThat(answer.get("prompt_token_ids")).isEqualTo(reference.get("input_ids"));
    assertThat(answer.get("finish_reason").getAsString()).isEqualTo("length");
    assertThat(answer.getAsJsonObject("timings").keySet())
        .containsExactly(
            "image_ms",
            "prefill_ms",
            "decode_ms",
            "prefill_tokens_per_second",
            "decode_tokens_per_second");
    assertThat(answer.get("memory").getAsLong()).isPositive();
    assertLogits(logits, GOLDEN.resolve("cases/" + name + ".safetensors"));
  }

  private static void assertLogits(Path written, Path reference) throws Exception {
    try (SafetensorsFile mine = SafetensorsFile.open(written);
        SafetensorsFile golden = SafetensorsFile.open(reference)) {
      assertThat(mine.tensors()).containsOnlyKeys("logits");
      assertThat(mine.tensors().get("logits").shape())
          .isEqualTo(golden.tensors().get("logits").shape());
      float[] values = mine.data("logits").toArray(LITTLE_ENDIAN);
      float[] expected = golden.data("logits").toArray(LITTLE_ENDIAN);
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(values[i] - expected[i])).isLessThan(5e-4f);
      }
    }
  }

  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Test
  void writesOnlyTheLogitsWhenNoTokenIsWanted() {
    Path logits = folder.resolve("l.safetensors");
    Outcome outcome =
        door.run(
            "generate",
            "--model",
            TINY,
            "--prompt-ids",
            "1,5,6",
            "--max-tokens",
            0,
            "--logits",
            logits,
            "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.json().getAsJsonArray("token_ids")).isEmpty();
    assertThat(outcome.json().get("prompt_token_ids").toString()).isEqualTo("[1,5,6]");
    assertThat(logits).exists();
  }

  @Test
  void readsASampleInWordsAndStreamsTheText() {
    Path sample = Path.of("assets/samples/slip-0.png");
    Outcome told =
        door.run(
            "generate",
            "--model",
            MINI,
            "--prompt",
            "<json>",
            "--image",
            sample,
            "--dtype",
            "float32");
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out()).startsWith("{\"vendor\":").endsWith("}" + System.lineSeparator());
    Outcome machine =
        door.run(
            "generate",
            "--model",
            MINI,
            "--prompt",
            "<json>",
            "--image",
            sample,
            "--dtype",
            "float32",
            "--json");
    assertThat(machine.json().get("text").getAsString()).isEqualTo(told.out().strip());
    assertThat(machine.json().get("finish_reason").getAsString()).isEqualTo("stop");
  }

  @Test
  void refusesAnEmptyPrompt() {
    Outcome outcome = door.run("generate", "--model", MINI, "--prompt", " ", "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("EMPTY_PROMPT");
  }

  @Test
  void refusesATokenThatTheVocabularyLacks() {
    Outcome outcome = door.run("generate", "--model", TINY, "--prompt-ids", "1,512", "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("UNKNOWN_TOKEN");
  }

  @Test
  void refusesAnImageThatIsNone() throws Exception {
    Path text = Files.writeString(folder.resolve("a.png"), "no picture");
    Outcome outcome =
        door.run("generate", "--model", TINY, "--prompt-ids", "1,10", "--image", text, "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("BAD_DOCUMENT");
    assertThat(outcome.err()).contains("a.png is not a picture");
  }

  @Test
  void refusesImagesThatDoNotMatchTheIds() {
    Outcome outcome =
        door.run("generate", "--model", TINY, "--prompt-ids", "1,5", "--image", IMAGE, "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("IMAGES_DO_NOT_MATCH");
  }

  @Test
  void refusesACheckpointThatIsCutOffOrLies() throws Exception {
    Path model = Files.createDirectory(folder.resolve("model"));
    for (String name : new String[] {"config.json", "generation_config.json"}) {
      Files.copy(MINI.resolve(name), model.resolve(name));
    }
    Outcome missing = door.run("generate", "--model", model, "--prompt-ids", "1,5", "--json");
    assertThat(missing.code()).isEqualTo(6);
    assertThat(missing.errorKind()).isEqualTo("initialization");

    Path weights = model.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(MINI.resolve("model.safetensors"));
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));
    Outcome cutOff = door.run("generate", "--model", model, "--prompt-ids", "1,5", "--json");
    assertThat(cutOff.code()).isEqualTo(6);
    assertThat(cutOff.errorReason()).isEqualTo("BROKEN_FILE");

    ByteBuffer absurd = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    absurd.putLong(0, Long.MAX_VALUE);
    Files.write(weights, absurd.array());
    Outcome lies = door.run("generate", "--model", model, "--prompt-ids", "1,5", "--json");
    assertThat(lies.code()).isEqualTo(6);
    assertThat(lies.errorReason()).isEqualTo("BROKEN_FILE");
    assertThat(weights).hasBinaryContent(absurd.array());
  }

  @Test
  void refusesAFolderThatIsNoModel() {
    Outcome outcome =
        door.run("generate", "--model", folder.resolve("no"), "--prompt", "a", "--json");
    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.errorReason()).isEqualTo("FILE_MISSING");
  }

  @Test
  void saysThatLogitsCannotBeWritten() {
    Outcome outcome =
        door.run(
            "generate",
            "--model",
            TINY,
            "--prompt-ids",
            "1,5",
            "--max-tokens",
            "1",
            "--logits",
            folder.resolve("no/where.safetensors"),
            "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("OUTPUT_NOT_WRITABLE");
  }

  @Test
  void endsWhenTheUserStopsIt() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    Outcome outcome =
        new DoorForTests(folder, cancellation)
            .run("generate", "--model", TINY, "--prompt-ids", "1,5", "--json");
    assertThat(outcome.code()).isEqualTo(130);
    assertThat(outcome.errorKind()).isEqualTo("cancelled");
  }

  @Test
  void measuresRates() {
    Outcome outcome =
        door.run(
            "bench",
            "--model",
            TINY,
            "--prompt-tokens",
            20,
            "--generate-tokens",
            4,
            "--image",
            "64x48",
            "--repeat",
            2,
            "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonObject rate = outcome.json().getAsJsonObject("decode_tokens_per_second");
    assertThat(rate.keySet()).containsExactly("median", "min", "max");
    assertThat(rate.get("min").getAsDouble())
        .isPositive()
        .isLessThanOrEqualTo(rate.get("median").getAsDouble());
    assertThat(outcome.json().get("prompt_tokens").getAsInt()).isEqualTo(20 + 15);
    assertThat(outcome.json().getAsJsonObject("model").get("dtype").getAsString())
        .isEqualTo("float32");
    assertThat(outcome.json().getAsJsonObject("machine").get("cores").getAsInt()).isPositive();
  }

  @Test
  void tellsWhetherActivationsAreRounded() {
    for (String activations : List.of("none", "int8")) {
      Outcome outcome =
          door.run(
              "bench",
              "--model",
              TINY,
              "--activations",
              activations,
              "--prompt-tokens",
              20,
              "--generate-tokens",
              2,
              "--repeat",
              1,
              "--json");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      // in float32 they are as they were
      assertThat(outcome.json().getAsJsonObject("model").get("activations").getAsString())
          .isEqualTo("none");
    }
    assertThat(door.run("bench", "--model", TINY, "--activations", "int4").err())
        .contains("'int4' is none of none, int8");
  }

  @Test
  void refusesToMeasureMoreTokensThanTheModelTakes() {
    Outcome outcome = door.run("bench", "--model", TINY, "--prompt-tokens", 999_999_999);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--prompt-tokens can be at most");
  }

  @Test
  void printsTheTokenIdsOfAModelWithoutATokenizer() {
    Outcome outcome =
        door.run("generate", "--model", TINY, "--prompt-ids", "1,3,100,4", "--max-tokens", "2");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().strip()).matches("\\[\\d+(, \\d+)?]");
  }

  @Test
  void holdsTheAnswerToASchema() throws Exception {
    Path schema = folder.resolve("form.json");
    Files.writeString(
        schema,
        "{\"type\":\"object\",\"properties\":{\"paid\":{\"type\":\"boolean\"}},\"required\":[\"paid\"]}");
    Outcome outcome =
        door.run("generate", "--model", MINI, "--prompt", "<json>", "--schema", schema, "--json");
    assertThat(outcome.code()).isZero();
    JsonObject result = outcome.json();
    assertThat(result.get("text").getAsString()).matches("\\s?\\{\\s*\"paid\": ?(true|false)\\s*}");
    assertThat(result.getAsJsonArray("probabilities"))
        .hasSameSizeAs(result.getAsJsonArray("token_ids"));
  }

  @Test
  void aSchemaThatCannotBeHeldIsRefusedBeforeTheModelIsLoaded() throws Exception {
    Path schema = folder.resolve("form.json");
    Files.writeString(schema, "{\"type\":\"date\"}");
    Outcome outcome =
        door.run("generate", "--model", MINI, "--prompt", "<json>", "--schema", schema);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("form.json", "$.type");
  }
}
