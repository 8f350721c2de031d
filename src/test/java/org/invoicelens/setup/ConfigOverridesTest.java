package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigOverridesTest {

  private ModelConfig config;

  @BeforeEach
  void loadConfig() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    ApplicationFolders folders = new ApplicationFolders(here, here, here, here);
    config = new ConfigLoader(folders).load(folders.modelConfigs().resolve("pixtral.yaml"));
  }

  @Test
  void leavesEverythingElseAsTheFileSays() {
    assertThat(ConfigOverrides.NONE.applyTo(config)).isEqualTo(config);
  }

  @Test
  void anotherRepositoryIsAModelOfUnknownSize() {
    ModelConfig other =
        ConfigOverrides.ofSource(
                Optional.of("someone/tiny-pixtral"),
                Optional.of("v2"),
                Optional.of("http://localhost:1"),
                Optional.of(Path.of("/models/x/../tiny")))
            .applyTo(config);
    assertThat(other.name()).isEqualTo("tiny-pixtral");
    assertThat(other.repoId()).isEqualTo("someone/tiny-pixtral");
    assertThat(other.revision()).isEqualTo("v2");
    assertThat(other.endpoint()).isEqualTo("http://localhost:1");
    assertThat(other.modelPath()).isEqualTo(Path.of("/models/tiny").toAbsolutePath());
    assertThat(other.footprint()).isEmpty();
    assertThat(other.prompt()).isEqualTo(config.prompt());
  }

  @Test
  void aChosenPrecisionKeepsOnlySmallerFallbacks() {
    ModelConfig packed =
        ConfigOverrides.ofLoading(Optional.of(Precision.FP8), Optional.of("cpu")).applyTo(config);
    assertThat(packed.quantization().preferred()).isEqualTo(Precision.FP8);
    assertThat(packed.quantization().fallback()).isEqualTo(List.of(Precision.NF4));
    assertThat(packed.loading().dtype()).isEqualTo(Precision.BFLOAT16);
    assertThat(packed.loading().deviceMap()).isEqualTo("cpu");
    assertThat(
            ConfigOverrides.ofLoading(Optional.of(Precision.FLOAT32), Optional.empty())
                .applyTo(config)
                .loading()
                .dtype())
        .isEqualTo(Precision.FLOAT32);
  }
}
