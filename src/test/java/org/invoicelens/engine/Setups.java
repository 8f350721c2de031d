package org.invoicelens.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.verify.VerificationStatus;

/** Configurations and verified folders of small models. */
final class Setups {

  /** Without a tokenizer. */
  static final Path TINY = Path.of("src/test/resources/golden/tiny/hf");

  static final Path MINI = Path.of("models/bundled/pixtral-mini");

  private Setups() {}

  static VerificationStatus verified(Path folder) {
    return new VerificationStatus(folder, true, 1, 1, 1, List.of());
  }

  static ModelConfig config(Path folder, Precision preferred, Precision... fallback) {
    return config(folder, "cpu", true, Optional.empty(), preferred, fallback);
  }

  static ModelConfig config(
      Path folder,
      String device,
      boolean allowCpu,
      Optional<ModelConfig.Footprint> footprint,
      Precision preferred,
      Precision... fallback) {
    return config(
        folder,
        allowCpu,
        footprint,
        new ModelConfig.Loading(Precision.FLOAT32, device, AttentionVariant.EAGER),
        new ModelConfig.Quantization(preferred, List.of(fallback), 64, true));
  }

  static ModelConfig config(
      Path folder,
      boolean allowCpu,
      Optional<ModelConfig.Footprint> footprint,
      ModelConfig.Loading loading,
      ModelConfig.Quantization quantization) {
    return new ModelConfig(
        folder.resolve("none.yaml"),
        "small",
        "small/model",
        "main",
        ModelConfig.BUNDLED,
        List.of(),
        folder,
        folder,
        new ModelConfig.Hardware(0, 0, "", allowCpu),
        footprint,
        loading,
        quantization,
        new ModelConfig.Download(2, 1, 1),
        new ModelConfig.Prompt("", "<json>"),
        new ModelConfig.Inference(64, 0, 1, 0.8));
  }
}
