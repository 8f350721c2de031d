package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class RandomCheckpointTest {

  @Test
  void hasAsManyParametersAsPixtral12B() {
    assertThat(new RandomCheckpoint(40, 24, 131_072).parameters()).isEqualTo(12_682_739_712L);
  }

  /** Writes one for measurements, as {@code docs/benchmarks.md} describes. */
  @Test
  @EnabledIfSystemProperty(named = "checkpoint.folder", matches = ".+")
  void isWritten() throws Exception {
    Path folder = Path.of(System.getProperty("checkpoint.folder"));
    new RandomCheckpoint(
            Integer.getInteger("checkpoint.layers", 40),
            Integer.getInteger("checkpoint.vision-layers", 24),
            Integer.getInteger("checkpoint.vocabulary", 131_072))
        .write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.weights()).isNotEmpty();
    }
  }
}
