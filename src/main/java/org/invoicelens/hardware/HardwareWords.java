package org.invoicelens.hardware;

import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.stage.ByteSize;

/** Graphics cards and memory sums as a user reads them. */
final class HardwareWords {

  private HardwareWords() {}

  /** A card with what is known of it, and why it cannot be used where that is so. */
  static String card(Gpu gpu) {
    String memory =
        gpu.memoryTotal() == 0 || gpu.source().equals(OshiMachine.SOURCE)
            ? ""
            : ", "
                + ByteSize.binaryText(gpu.memoryTotal())
                + " ("
                + ByteSize.binaryText(gpu.memoryFree())
                + " free)";
    return gpu.name()
        + memory
        + (gpu.computeCapability() == 0 ? "" : ", compute capability " + gpu.computeCapability())
        + (gpu.driver().isEmpty() ? "" : ", driver " + gpu.driver())
        + (gpu.isUsable() ? "" : ": not usable, " + gpu.unusable());
  }

  /** The sum, for a person who adds it up again. */
  static String sum(MemoryEstimate estimate) {
    return estimate.precision().title()
        + " needs "
        + ByteSize.binaryText(estimate.needed())
        + " ("
        + ByteSize.binaryText(estimate.weights())
        + " weights, "
        + ByteSize.binaryText(estimate.kvCache())
        + " KV cache, "
        + ByteSize.binaryText(estimate.runtime())
        + " runtime, "
        + ByteSize.binaryText(estimate.reserve())
        + " kept free); "
        + ByteSize.binaryText(estimate.available())
        + " are free.";
  }
}
