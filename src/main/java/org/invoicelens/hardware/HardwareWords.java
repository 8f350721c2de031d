package org.invoicelens.hardware;

import java.util.ArrayList;
import java.util.List;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;

/** Graphics cards and memory sums as a user reads them. */
final class HardwareWords {

  private static final Words WORDS = Words.of(HardwareWords.class);

  private HardwareWords() {}

  /** A card with what is known of it, and why it cannot be used where that is so. */
  static String card(Gpu gpu) {
    List<String> parts = new ArrayList<>(List.of(gpu.name()));
    if (gpu.memoryTotal() != 0 && !gpu.source().equals(OshiMachine.SOURCE)) {
      parts.add(
          WORDS.text(
              "card.memory",
              ByteSize.binaryText(gpu.memoryTotal()),
              ByteSize.binaryText(gpu.memoryFree())));
    }
    if (gpu.computeCapability() != 0) {
      parts.add(WORDS.text("card.capability", String.valueOf(gpu.computeCapability())));
    }
    if (!gpu.driver().isEmpty()) {
      parts.add(WORDS.text("card.driver", gpu.driver()));
    }
    String card = String.join(", ", parts);
    return gpu.isUsable() ? card : WORDS.text("card.unusable", card, gpu.unusable());
  }

  /** The sum, for a person who adds it up again. */
  static String sum(MemoryEstimate estimate) {
    return WORDS.text(
        "sum",
        estimate.precision().title(),
        ByteSize.binaryText(estimate.needed()),
        ByteSize.binaryText(estimate.weights()),
        ByteSize.binaryText(estimate.kvCache()),
        ByteSize.binaryText(estimate.runtime()),
        ByteSize.binaryText(estimate.reserve()),
        ByteSize.binaryText(estimate.available()),
        estimate.cards());
  }
}
