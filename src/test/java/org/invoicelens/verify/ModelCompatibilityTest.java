package org.invoicelens.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.stage.InGerman;
import org.invoicelens.verify.ModelCompatibility.Layout;
import org.invoicelens.verify.ModelCompatibility.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCompatibilityTest {

  private static final Path TINY = Path.of("src/test/resources/golden/tiny");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "src/test/resources/golden/tiny/hf, HUGGING_FACE",
    "src/test/resources/golden/tiny/native, NATIVE",
    "models/bundled/pixtral-mini, HUGGING_FACE"
  })
  void recognisesPixtralInEitherLayout(Path model, Layout layout) {
    Report report = ModelCompatibility.of(model);

    assertThat(report.compatible()).isTrue();
    assertThat(report.layout()).isEqualTo(layout);
    assertThat(report.obstacles()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json | {\"model_type\":\"bert\"} | bert",
        "config.json | {} | does not say that the model is llava",
        "config.json | {\"model_type\":7} | 7",
        "config.json | {\"model_type\":\"llava\",\"vision_config\":{\"model_type\":\"clip\"}} |"
            + " clip",
        "config.json | {\"model_type\":\"llava\",\"vision_config\":{\"model_type\":\"pixtral\"}} |"
            + " text part",
        "config.json | [] | damaged",
        "config.json | {\"model_type | damaged",
        "params.json | {\"dim\":5120} | no vision part",
        "params.json | nothing | damaged"
      })
  void saysWhyAModelIsAnother(String file, String content, String obstacle) throws IOException {
    Files.writeString(folder.resolve(file), content);
    Files.copy(
        TINY.resolve("native/consolidated.safetensors"),
        folder.resolve("consolidated.safetensors"));

    Report report = ModelCompatibility.of(folder);

    assertThat(report.compatible()).isFalse();
    assertThat(report.obstacles()).singleElement().asString().contains(obstacle);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"architectures\":[\"Mistral3ForConditionalGeneration\"] | built as Mistral3",
        "\"architectures\":[7] | built as 7",
        "\"quantization_config\":{\"quant_method\":\"awq\"} | stored quantised (awq)",
        "\"quantization_config\":{} | stored quantised (?)"
      })
  void saysWhyAModelOfTheRightKindWillNotDo(String entry, String obstacle) {
    String kinds =
        "\"model_type\":\"llava\",\"vision_config\":{\"model_type\":\"pixtral\"},"
            + "\"text_config\":{\"model_type\":\"mistral\"}";
    assertThat(wrongKinds("{" + kinds + "}")).isEmpty();
    assertThat(wrongKinds("{" + kinds + ",\"architectures\":[]}")).isEmpty();
    assertThat(wrongKinds("{" + kinds + "," + entry + "}"))
        .singleElement()
        .asString()
        .contains(obstacle);
  }

  private static List<String> wrongKinds(String config) {
    return ModelCompatibility.wrongKinds(JsonParser.parseString(config).getAsJsonObject());
  }

  @Test
  void saysItInGermanToo() throws Exception {
    assertThat(InGerman.of(() -> ModelCompatibility.of(folder).obstacles()))
        .containsExactly("Der Ordner enthält weder eine config.json noch eine params.json.");
  }

  @Test
  void missesConfigurationAndWeights() throws IOException {
    assertThat(ModelCompatibility.of(folder).layout()).isEqualTo(Layout.NONE);
    assertThat(ModelCompatibility.of(folder).compatible()).isFalse();
    assertThat(ModelCompatibility.of(folder.resolve("none")).compatible()).isFalse();

    Files.copy(TINY.resolve("hf/config.json"), folder.resolve("config.json"));
    assertThat(ModelCompatibility.of(folder).obstacles())
        .singleElement()
        .asString()
        .contains("no weights");
  }
}
