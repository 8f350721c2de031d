package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Set;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.DeviceProof;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a model is where it should be, and computes there. */
class ProofOfDeviceTest {

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "BFLOAT16", "INT8", "NF4", "INT4"})
  void everyPrecisionProvesItselfOnTheProcessor(Precision precision) throws Exception {
    try (ModelInstance instance =
        new ModelInitializer(ProgressListener.NONE, new Cancellation())
            .initialize(Setups.verified(Setups.MINI), Setups.config(Setups.MINI, precision))) {
      DeviceProof proof = instance.proof().orElseThrow();
      assertThat(proof.holds()).as(proof.toString()).isTrue();
      assertThat(proof.weightsOn()).containsExactly("cpu");
      assertThat(proof.computedOn()).containsExactly("cpu");
      assertThat(ProofOfDevice.criterion(proof).found()).startsWith("all weights are on cpu");
      if (precision == Precision.BFLOAT16) {
        assertThat(proof.error()).as("rounding to 8 bits shows").isPositive();
      }
    }
  }

  @Test
  void aDeviceThatComputesWronglyIsNotTakenForGood() {
    DeviceProof proof =
        new DeviceProof(Set.of("cuda:0"), Set.of("cuda:0"), Set.of("cuda:0"), 0.25, 1e-4);
    CheckpointException e =
        catchThrowableOfType(CheckpointException.class, () -> ProofOfDevice.require(proof));
    assertThat(e.reason()).isEqualTo(CheckpointException.Reason.DEVICE_UNAVAILABLE);
    assertThat(e.problem().what()).contains("cuda:0", "25 %");
    assertThat(ProofOfDevice.criterion(proof).met()).isFalse();
  }

  @Test
  void weightsThatAreElsewhereAreNotTakenForGood() throws Exception {
    DeviceProof proof = new DeviceProof(Set.of("cuda:0"), Set.of("cpu"), Set.of("cpu"), 0, 1e-4);
    CheckpointException e =
        InGerman.of(() ->
            catchThrowableOfType(CheckpointException.class, () -> ProofOfDevice.require(proof)));
    assertThat(e.problem().what())
        .isEqualTo("Das Modell sollte auf cuda:0 liegen, seine Gewichte sind aber auf cpu.");
  }
}
