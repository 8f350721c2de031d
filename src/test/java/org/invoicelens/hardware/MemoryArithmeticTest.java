package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryArithmeticTest {

  private static final long GIBIBYTE = 1L << 30;

  private final ModelConfig config = Models.pixtral(Path.of("/models/pixtral-12b"));
  private final MemoryArithmetic arithmetic = new MemoryArithmetic(config, Models.PIXTRAL);

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 47.2",
    "BFLOAT16, 23.6",
    "INT8, 13.5",
    "FP8, 13.5",
    // 9.0 with plain scales; quantising them as well saves another half.
    "NF4, 8.55",
    "INT4, 9.0",
  })
  void weightsOfTheTwelveBillionModel(Precision precision, double gibibytes) {
    assertThat((double) arithmetic.weights(precision) / GIBIBYTE)
        .isCloseTo(gibibytes, withinPercentage(1));
  }

  @Test
  void plainScalesOfNf4TakeMore() {
    ModelConfig.Quantization plain =
        new ModelConfig.Quantization(Precision.NF4, List.of(), 64, false);
    ModelConfig config =
        new ModelConfig(
            this.config.source(),
            "a",
            "b/c",
            "main",
            "bundled",
            List.of(),
            this.config.modelPath(),
            this.config.cachePath(),
            this.config.hardware(),
            this.config.footprint(),
            this.config.loading(),
            plain,
            this.config.download(),
            this.config.prompt(),
            this.config.inference());

    assertThat((double) new MemoryArithmetic(config, Models.PIXTRAL).weights(Precision.NF4))
        .isCloseTo(9.0 * GIBIBYTE, withinPercentage(1));
  }

  @Test
  void theCacheHoldsPictureAndPromptAndAnswer() {
    MemoryEstimate estimate = arithmetic.estimate(Precision.BFLOAT16, true, 0);

    assertThat(estimate.kvCache()).isEqualTo((4160 + 512 + 1024) * 163_840L);
    assertThat(arithmetic.estimate(Precision.FLOAT32, true, 0).kvCache())
        .isEqualTo(2 * estimate.kvCache());
  }

  @Test
  void sixteenBitDoesNotFitA24GigabyteCardButEightBitDoes() {
    long free = (long) (23.4 * GIBIBYTE);

    assertThat(arithmetic.estimate(Precision.BFLOAT16, true, free).fits()).isFalse();
    assertThat(arithmetic.estimate(Precision.FP8, true, free).fits()).isTrue();
    assertThat(arithmetic.estimate(Precision.FP8, true, 0).reserve()).isEqualTo(3L << 29);
  }

  @Test
  void aVerySmallModelNeedsVeryLittle() {
    ModelConfig mini = Models.mini(Path.of("/models/mini"));

    MemoryEstimate estimate =
        new MemoryArithmetic(mini, Models.MINI).estimate(Precision.FLOAT32, false, GIBIBYTE);

    assertThat(estimate.fits()).isTrue();
    assertThat(estimate.weights()).isEqualTo(4 * 3_825_408L);
  }

  @ParameterizedTest(name = "{0} MiB as sold for {1} GB")
  @CsvSource({
    "24564, 24, true", // RTX 4090, RTX A5000
    "24576, 24, true", // RTX 3090
    "23034, 24, true", // L4 with error correction
    "22731, 24, true", // A10G
    "20475, 24, false", // RTX 4000 Ada
    "16376, 24, false", // RTX A4000
    "15360, 16, true", // T4
  })
  void aCardCountsAsWhatItIsSoldFor(long mebibytes, long sold, boolean enough) {
    ModelConfig config =
        Models.config(
            Path.of("/models/m"),
            Models.PIXTRAL,
            new ModelConfig.Hardware(sold * GIBIBYTE, 0, "", true));

    assertThat(MemoryArithmetic.isLargeEnough(config, mebibytes << 20)).isEqualTo(enough);
  }

  @Test
  void recommendsWhatTheConfigurationPrefersAmongWhatFits() {
    assertThat(recommended(80, true, 0)).isEqualTo("BFLOAT16 on GPU");
    assertThat(recommended(40, false, 0)).isEqualTo("FP8 on GPU");
    assertThat(recommended(24, true, 0)).isEqualTo("FP8 on GPU");
    assertThat(recommended(16, false, 64)).isEqualTo("NF4 on GPU");
    assertThat(recommended(8, false, 64)).isEqualTo("BFLOAT16 on CPU");
    assertThat(recommended(8, false, 24)).isEqualTo("FP8 on CPU");
    assertThat(recommended(0, false, 16)).isEqualTo("NF4 on CPU");
    assertThat(recommended(8, false, 8)).isEqualTo("nothing");
  }

  private String recommended(long gpu, boolean largeEnough, long memory) {
    return arithmetic
        .recommend(
            arithmetic.estimates(true, gpu * GIBIBYTE),
            arithmetic.estimates(false, memory * GIBIBYTE),
            largeEnough)
        .map(estimate -> estimate.precision() + (estimate.onGpu() ? " on GPU" : " on CPU"))
        .orElse("nothing");
  }
}
