package org.invoicelens.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;
import oshi.hardware.GraphicsCard;
import oshi.hardware.HardwareAbstractionLayer;

/** Reads the computer through OSHI, and the limits of a container from the kernel. */
final class OshiMachine {

  static final String SOURCE = "OSHI";

  private static final Words WORDS = Words.of(OshiMachine.class);
  private static final Logger log = LoggerFactory.getLogger(OshiMachine.class);

  private OshiMachine() {}

  static Machine read() {
    HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
    MainMemory memory = MainMemory.measure();
    return new Machine(
        hardware.getProcessor().getProcessorIdentifier().getName().strip(),
        Runtime.getRuntime().availableProcessors(),
        memory.total(),
        memory.available(),
        memory.isLimited() ? WORDS.text("source.container") : SOURCE,
        cards(hardware));
  }

  static boolean isNvidia(String name) {
    return name.toLowerCase(Locale.ROOT).contains("nvidia");
  }

  private static List<Card> cards(HardwareAbstractionLayer hardware) {
    List<Card> cards = new ArrayList<>();
    try {
      for (GraphicsCard card : hardware.getGraphicsCards()) {
        String name =
            isNvidia(card.getVendor()) && !isNvidia(card.getName())
                ? "NVIDIA " + card.getName()
                : card.getName();
        cards.add(new Card(cards.size(), name, card.getVRam(), 0, 0, "", false, SOURCE, List.of()));
      }
    } catch (RuntimeException e) {
      // OSHI reads programs' output here, which varies; a list for information is not worth a
      // failure.
      log.info("The operating system's list of graphics cards cannot be read", e);
    }
    return cards;
  }
}
