package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.engine.Fallbacks.Way;
import org.junit.jupiter.api.Test;

/** In which order a configuration lets a model be loaded. */
class FallbacksTest {

  @Test
  void theCardComesFirstAndTheProcessorOnlyWhereItIsAllowed() throws Exception {
    assertThat(Fallbacks.of(config(true)))
        .containsExactly(
            new Way("cuda:1", Precision.BFLOAT16),
            new Way("cuda:1", Precision.FP8),
            new Way("cuda:1", Precision.NF4),
            new Way("cpu", Precision.BFLOAT16),
            new Way("cpu", Precision.INT8),
            new Way("cpu", Precision.NF4));
    assertThat(Fallbacks.of(config(false))).noneMatch(Way::onProcessor).hasSize(3);
  }

  @Test
  void eachStepLeavesOnlyWhatComesAfterIt() throws Exception {
    ModelConfig config = config(true);
    List<Way> ways = Fallbacks.of(config);
    int left = ways.size();
    for (Way way : ways) {
      List<Way> after = Fallbacks.after(config, way);
      assertThat(after).hasSize(--left).doesNotContain(way);
    }
    assertThat(Fallbacks.after(config, ways.getLast())).isEmpty();
  }

  @Test
  void theCardThatWasChosenAmongSeveralCounts() throws Exception {
    assertThat(Fallbacks.after(config(true), new Way("cuda:0,cuda:1", Precision.FP8)))
        .startsWith(new Way("cuda:1", Precision.NF4), new Way("cpu", Precision.BFLOAT16));
  }

  @Test
  void whatIsNotConfiguredIsFollowedByWhatTakesLess() throws Exception {
    assertThat(Fallbacks.after(config(true), new Way("cuda:1", Precision.INT8)))
        .startsWith(new Way("cuda:1", Precision.NF4))
        .doesNotContain(new Way("cuda:1", Precision.FP8))
        .contains(new Way("cpu", Precision.NF4));
    assertThat(Fallbacks.after(config(true), new Way("cpu", Precision.INT4))).isEmpty();
  }

  private static ModelConfig config(boolean allowCpu) {
    return Setups.config(
        Setups.TINY,
        "cuda:1",
        allowCpu,
        Optional.empty(),
        Precision.BFLOAT16,
        Precision.FP8,
        Precision.NF4);
  }
}
