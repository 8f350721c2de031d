package org.invoicelens.hardware;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the graphics cards: NVIDIA's from NVML or else nvidia-smi, all others from OSHI, which does
 * not know their memory well enough to rely on.
 */
final class GraphicsCards {

  private static final Logger log = LoggerFactory.getLogger(GraphicsCards.class);

  private GraphicsCards() {}

  /** The cards of this computer, with those that only the operating system lists at the end. */
  static List<Card> find(Machine machine) {
    List<Card> cards = new ArrayList<>(nvidia());
    boolean answered = !cards.isEmpty();
    for (Card other : machine.cards()) {
      if (!answered || !OshiMachine.isNvidia(other.name())) {
        cards.add(other);
      }
    }
    return cards;
  }

  /** Those of NVIDIA, asked of its driver alone. */
  static List<Card> nvidia() {
    try (Nvml nvml = NativeNvml.open()) {
      List<Card> cards = new NvmlCards(nvml).read();
      if (!cards.isEmpty()) {
        return cards;
      }
    } catch (NvmlException e) {
      log.info("No graphics cards from NVML: {}", e.getMessage());
    }
    return new NvidiaSmi().read();
  }
}
