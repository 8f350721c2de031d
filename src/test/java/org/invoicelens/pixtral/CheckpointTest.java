package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.safetensors.TensorInfo;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found in model folders, and what is refused. */
class CheckpointTest {

  @TempDir Path folder;

  @Test
  void bothLayoutsDescribeTheSameModel() throws Exception {
    PixtralConfig huggingFace = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    PixtralConfig mistral = PixtralConfig.readNative(Golden.TINY.resolve("native"));
    assertThat(mistral.vision()).isEqualTo(huggingFace.vision());
    assertThat(huggingFace.text().headDim()).isEqualTo(16);
    assertThat(huggingFace.text().context()).isEqualTo(4096);
    assertThat(huggingFace.text().theta()).isEqualTo(1e9);
    assertThat(mistral.text())
        .usingRecursiveComparison()
        .ignoringFields("context")
        .isEqualTo(huggingFace.text());
    assertThat(huggingFace.endTokens()).containsExactly(2);
  }

  @Test
  void whatThePublishedFileLeavesOutHasItsDefault() throws Exception {
    write(
        """
        {"architectures":["LlavaForConditionalGeneration"],"image_token_index":10,
         "model_type":"llava","projector_hidden_act":"gelu",
         "text_config":{"hidden_size":5120,"head_dim":128,"intermediate_size":14336,
           "max_position_embeddings":1024000,"model_type":"mistral","num_hidden_layers":40,
           "rms_norm_eps":1e-05,"rope_theta":1000000000.0,"sliding_window":null,
           "vocab_size":131072},
         "torch_dtype":"bfloat16",
         "vision_config":{"head_dim":64,"hidden_act":"silu","image_size":1024,
           "model_type":"pixtral","patch_size":16,"rope_theta":10000.0}}
        """);
    PixtralConfig config = PixtralConfig.readHuggingFace(folder);
    assertThat(config.text())
        .isEqualTo(
            new PixtralConfig.Text(5120, 14336, 40, 32, 8, 128, 131072, 1024000, 1e9, 1e-5, false));
    assertThat(config.vision())
        .isEqualTo(new PixtralConfig.Vision(1024, 4096, 24, 16, 64, 16, 3, 1e4, false));
    assertThat(config.projectorBias()).isTrue();
  }

  @Test
  void newerSpellingsAreRead() throws Exception {
    copyTiny();
    change(root -> {
      root.add("image_token_id", root.remove("image_token_index"));
      root.add("dtype", root.remove("torch_dtype"));
      for (String part : new String[] {"text_config", "vision_config"}) {
        JsonObject rope = new JsonObject();
        rope.add("rope_theta", root.getAsJsonObject(part).remove("rope_theta"));
        rope.addProperty("rope_type", "default");
        root.getAsJsonObject(part).add("rope_parameters", rope);
      }
    });
    assertThat(PixtralConfig.readHuggingFace(folder))
        .isEqualTo(PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf")));
  }

  @Test
  void severalTokensMayEndAnAnswer() throws Exception {
    copyTiny();
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, 17]}");
    assertThat(PixtralConfig.readHuggingFace(folder).endTokens()).isEqualTo(Set.of(2, 17));
  }

  @Test
  void otherModelsAreRefusedByName() throws Exception {
    copyTiny();
    change(root -> root.addProperty("model_type", "qwen2_vl"));
    refused(CheckpointException.Reason.NOT_PIXTRAL, "qwen2_vl");
    change(root -> root.addProperty("model_type", "llava"));
    change(root -> root.getAsJsonObject("vision_config").addProperty("model_type", "clip"));
    refused(CheckpointException.Reason.NOT_PIXTRAL, "clip");
  }

  @Test
  void impossibleNumbersAreRefused() throws Exception {
    copyTiny();
    change(root -> root.getAsJsonObject("text_config").addProperty("hidden_size", -1));
    refused(CheckpointException.Reason.BROKEN_FILE, "hidden_size");
    change(root -> root.getAsJsonObject("text_config").addProperty("hidden_size", 1e300));
    refused(CheckpointException.Reason.BROKEN_FILE, "hidden_size");
    change(root -> root.getAsJsonObject("text_config").addProperty("hidden_size", "96"));
    refused(CheckpointException.Reason.BROKEN_FILE, "hidden_size");
    Files.writeString(folder.resolve("config.json"), "{ not json");
    refused(CheckpointException.Reason.BROKEN_FILE, "config.json");
  }

  @Test
  void aSizeThatTheWeightsDoNotHaveIsRefused() throws Exception {
    copyTiny();
    change(root -> root.getAsJsonObject("text_config").addProperty("intermediate_size", 512));
    refused(CheckpointException.Reason.WRONG_SHAPE, "[256, 96]");
  }

  @Test
  void aLayerThatIsNotThereIsRefused() throws Exception {
    copyTiny();
    change(root -> root.getAsJsonObject("text_config").addProperty("num_hidden_layers", 5));
    refused(CheckpointException.Reason.MISSING_TENSOR, "layers.4.");
  }

  @Test
  void aMissingShardIsNamed() throws Exception {
    copyTiny();
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    refused(CheckpointException.Reason.FILE_MISSING, "model-00002-of-00002.safetensors");
  }

  @Test
  void aTruncatedShardIsRefused() throws Exception {
    copyTiny();
    Path shard = folder.resolve("model-00001-of-00002.safetensors");
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    refused(CheckpointException.Reason.BROKEN_FILE, "model-00001-of-00002.safetensors");
  }

  @Test
  void anIndexThatLeadsOutOfTheFolderIsRefused() throws Exception {
    copyTiny();
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(
        index, Files.readString(index).replace("model-00002-of-00002", "../model-00002-of-00002"));
    refused(CheckpointException.Reason.BROKEN_FILE, "../model-00002");
  }

  @Test
  void picklesAreNotRead() throws Exception {
    Files.copy(Golden.TINY.resolve("hf/config.json"), folder.resolve("config.json"));
    Files.writeString(folder.resolve("pytorch_model.bin"), "");
    refused(CheckpointException.Reason.FILE_MISSING, "pytorch_model.bin");
  }

  @Test
  void anEmptyFolderIsRefused() {
    refused(CheckpointException.Reason.FILE_MISSING, "config.json");
  }

  @Test
  void typesThatCannotBeReadAreRefused() throws Exception {
    rewriteAsOneFile(name -> name, SafetensorsType.U32);
    refused(CheckpointException.Reason.BROKEN_FILE, "U32");
  }

  @Test
  void oneFileWithTheNewerNamesIsTheSameModel() throws Exception {
    rewriteAsOneFile(
        name ->
            name.startsWith("language_model.lm_head")
                ? name.substring("language_model.".length())
                : name.startsWith("language_model.model.")
                    ? "model.language_model." + name.substring("language_model.model.".length())
                    : "model." + name,
        SafetensorsType.F32);
    Prompt prompt = Golden.prompt("one_image");
    try (PixtralModel renamed =
            Golden.load(folder, Golden.float32(), progress -> {}, new Cancellation());
        PixtralModel original = Golden.load("hf", Golden.float32())) {
      assertThat(renamed.logits(prompt, new Cancellation()))
          .isDeepEqualTo(original.logits(prompt, new Cancellation()));
    }
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    copyTiny();
    change(config -> config.addProperty("model_type", "qwen2_vl"));
    assertThat(InGerman.of(this::refusal))
        .isEqualTo(
            new Problem(
                "Die Dateien sind nicht die eines Pixtral-Modells: config.json nennt model_type"
                    + " qwen2_vl.",
                "",
                "Wählen Sie ein Repository mit einem Pixtral-Modell."));
    change(config -> config.addProperty("model_type", "llava"));
    change(config -> config.getAsJsonObject("text_config").addProperty("hidden_size", "wide"));
    assertThat(InGerman.of(this::refusal).what())
        .isEqualTo("Die Datei config.json des Modells ist beschädigt: hidden_size ist keine Zahl.");
  }

  private void rewriteAsOneFile(UnaryOperator<String> rename, SafetensorsType type)
      throws Exception {
    Path source = Golden.TINY.resolve("hf");
    Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile first =
            SafetensorsFile.open(source.resolve("model-00001-of-00002.safetensors"));
        SafetensorsFile second =
            SafetensorsFile.open(source.resolve("model-00002-of-00002.safetensors"))) {
      for (SafetensorsFile file : new SafetensorsFile[] {first, second}) {
        for (TensorInfo tensor : file.tensors().values()) {
          MemorySegment data = file.data(tensor.name());
          tensors.put(
              rename.apply(tensor.name()),
              new SafetensorsWriter.Tensor(type, tensor.shape(), data));
        }
      }
      SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }
  }

  private void copyTiny() throws IOException {
    try (Stream<Path> files = Files.list(Golden.TINY.resolve("hf"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private void change(Consumer<JsonObject> change) throws IOException {
    Path file = folder.resolve("config.json");
    JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    change.accept(root);
    Files.writeString(file, root.toString());
  }

  private void write(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
  }

  private void refused(CheckpointException.Reason reason, String named) {
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(folder).close());
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.getMessage() + "\n" + refusal.detail()).contains(named);
  }

  private Problem refusal() {
    return catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(folder).close())
        .problem();
  }
}
