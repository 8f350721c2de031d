package org.invoicelens.hardware;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.ModelConfig.Footprint;
import org.invoicelens.config.ModelConfig.Hardware;
import org.invoicelens.config.Precision;

/** Configurations for tests of the hardware check. */
final class Models {

  static final Footprint PIXTRAL =
      new Footprint(25_374_823_869L, 12_682_739_712L, 10_905_190_400L, 163_840);
  static final Footprint MINI = new Footprint(7_669_388, 3_825_408, 1_769_472, 3_072);

  private Models() {}

  /** The 12 B model: bfloat16, then fp8, then nf4; from a card of 24 GB up. */
  static ModelConfig pixtral(Path modelPath) {
    return config(modelPath, PIXTRAL, new Hardware(24L << 30, 7.5, "NVIDIA RTX A4000", true));
  }

  static ModelConfig pixtral(Path modelPath, boolean allowCpu) {
    return config(modelPath, PIXTRAL, new Hardware(24L << 30, 7.5, "NVIDIA RTX A4000", allowCpu));
  }

  static ModelConfig mini(Path modelPath) {
    return config(modelPath, MINI, new Hardware(0, 0, "", true))
        .withPrecision(Precision.FLOAT32)
        .withEndpoint(ModelConfig.BUNDLED);
  }

  static ModelConfig config(Path modelPath, Footprint footprint, Hardware hardware) {
    return new ModelConfig(
        modelPath.resolveSibling("model.yaml"),
        "pixtral-12b",
        "mistral-community/pixtral-12b",
        "main",
        "https://huggingface.co",
        List.of(),
        modelPath,
        modelPath.resolveSibling(".cache"),
        hardware,
        Optional.ofNullable(footprint),
        new ModelConfig.Loading(Precision.BFLOAT16, "auto", AttentionVariant.EAGER),
        new ModelConfig.Quantization(
            Precision.BFLOAT16, List.of(Precision.FP8, Precision.NF4), 64, true),
        new ModelConfig.Download(2, 8, 1),
        new ModelConfig.Prompt("", "Read this."),
        new ModelConfig.Inference(1024, 0, 1, 0.8));
  }
}
