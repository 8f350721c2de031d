package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;

/** What PyTorch's messages mean; they are quoted from its sources and CUDA's error strings. */
class RuntimeFaultTest {

  @Test
  void memoryThatRanOutIsToldFromFaultsOfTheCard() {
    assertThat(answering("CUDA out of memory. Tried to allocate 2.00 GiB."))
        .isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
    assertThat(answering("CUDA error: out of memory"))
        .isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
    assertThat(answering("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"))
        .isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
    assertThat(
            answering("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: not enough memory"))
        .isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
    assertThat(answering("The size of tensor a (3) must match the size of tensor b (4)"))
        .isEqualTo(InferenceException.Reason.RUNTIME_FAILED);
  }

  @Test
  void aCardThatFailsIsNamed() {
    for (String message :
        new String[] {
          "CUDA error: unspecified launch failure",
          "CUDA error: the launch timed out and was terminated",
          "CUDA error: unknown error"
        }) {
      assertThat(answering(message)).isEqualTo(InferenceException.Reason.CARD_FAULT);
      CheckpointException loading = RuntimeFault.loading(new EngineException(message));
      assertThat(loading.reason()).isEqualTo(CheckpointException.Reason.DEVICE_UNAVAILABLE);
      assertThat(loading.problem().meaning()).contains("fallen off its bus");
    }
  }

  @Test
  void anOldDriverAndAnOldCardHaveTheirOwnWords() {
    assertThat(
            RuntimeFault.loading(
                    new EngineException(
                        "CUDA error: CUDA driver version is insufficient for CUDA runtime version"))
                .problem()
                .what())
        .contains("driver", "too old for CUDA 12.8");
    assertThat(
            RuntimeFault.loading(
                    new EngineException(
                        "CUDA error: no kernel image is available for execution on the device"))
                .problem()
                .meaning())
        .contains("compute capability 7.0");
  }

  private static InferenceException.Reason answering(String message) {
    return RuntimeFault.answering(new RuntimeException(new EngineException(message))).reason();
  }
}
