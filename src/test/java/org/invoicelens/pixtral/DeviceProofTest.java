package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceProofTest {

  @Test
  void theErrorIsAShareOfTheLargestNumber() {
    assertThat(DeviceProof.error(new float[] {1, 2, 3.5f, 1, 2, 4})).isEqualTo(0.125);
    assertThat(DeviceProof.error(new float[] {1, 2, 1, 2})).isZero();
  }

  @Test
  void whatIsNoNumberOnOneSideIsAnError() {
    float nan = Float.NaN;
    assertThat(DeviceProof.error(new float[] {1, nan, 1, 2}) <= 1).isFalse();
    assertThat(DeviceProof.error(new float[] {1, nan, 1, nan}))
        .as("weights that are none")
        .isZero();
    assertThat(DeviceProof.error(new float[] {1, 0})).as("nothing beside something").isInfinite();
  }
}
