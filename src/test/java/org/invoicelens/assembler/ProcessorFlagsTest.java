package org.invoicelens.assembler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ProcessorFlagsTest {

  @Test
  void aProcessorHasTheInstructionsThatAllOfItsKindHave() {
    assumeTrue(MachineCode.isPossible());
    assertThat(ProcessorFlags.has("sse2")).isTrue();
  }

  @Test
  void ofWhatNoProcessorHasThereIsNothing() {
    assertThat(ProcessorFlags.has("flags")).isFalse();
    assertThat(ProcessorFlags.has("")).isFalse();
  }
}
