package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is said where a model cannot go where it should. */
class PlacementTest {

  @Test
  void aLibraryWithoutACardIsAnotherFaultThanNoLibrary() {
    assertThat(Placement.unavailable("cuda:0", 0, true).meaning())
        .contains("The library for graphics cards is there", "525.60", "CUDA_VISIBLE_DEVICES");
    assertThat(Placement.unavailable("cuda:0", 0, false).meaning()).contains("not installed");
    assertThat(Placement.unavailable("cuda:7", 2, true).meaning()).contains("cuda:0 to cuda:1");
  }
}
