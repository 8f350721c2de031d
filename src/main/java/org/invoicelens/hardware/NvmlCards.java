package org.invoicelens.hardware;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.invoicelens.hardware.Nvml.Memory;
import org.invoicelens.hardware.Nvml.Part;
import org.invoicelens.hardware.Nvml.Program;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the cards from NVML. A value that one card refuses to tell does not hide the card. */
final class NvmlCards {

  static final String SOURCE = "NVML";

  private static final Words WORDS = Words.of(NvmlCards.class);
  private static final Logger log = LoggerFactory.getLogger(NvmlCards.class);
  private static final Memory NO_MEMORY = new Memory(0, 0, 0);
  private static final int MOST_CARDS = 64;

  private final Nvml nvml;

  NvmlCards(Nvml nvml) {
    this.nvml = nvml;
  }

  List<Card> read() throws NvmlException {
    int count = Math.clamp(nvml.count(), 0, MOST_CARDS);
    String driver = new Questions().ask("driver version", nvml::driverVersion, "");
    List<Card> cards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cards.add(card(i, driver));
    }
    return cards;
  }

  private Card card(int index, String driver) {
    Questions card = new Questions();
    Memory memory = card.ask("memory", () -> nvml.memory(index), NO_MEMORY);
    String unnamed = WORDS.text("card.unnamed", String.valueOf(index));
    String name = card.ask("name", () -> nvml.name(index), unnamed);
    boolean divided = card.ask("MIG mode", () -> nvml.isDivided(index), false);
    List<Part> parts =
        divided ? card.ask("instances", () -> nvml.parts(index), List.<Part>of()) : List.of();
    double capability = card.ask("compute capability", () -> nvml.computeCapability(index), 0.0);
    List<String> programs =
        card.ask("programs", () -> nvml.programs(index), List.<Program>of()).stream()
            .filter(program -> program.pid() != ProcessHandle.current().pid())
            .map(NvmlCards::describe)
            .toList();
    return new Card(
        index,
        name,
        memory.total(),
        memory.free(),
        capability,
        driver,
        divided,
        SOURCE,
        programs,
        parts,
        card.lost);
  }

  private static String describe(Program program) {
    String name =
        ProcessHandle.of(program.pid())
            .flatMap(process -> process.info().command())
            .map(command -> Path.of(command).getFileName().toString())
            .orElseGet(() -> WORDS.text("card.process", String.valueOf(program.pid())));
    return program.memory().isPresent()
        ? name + " (" + ByteSize.binaryText(program.memory().getAsLong()) + ")"
        : name;
  }

  private interface Question<T> {
    T ask() throws NvmlException;
  }

  /** The questions about one card. */
  private static final class Questions {

    private boolean lost;

    <T> T ask(String what, Question<T> question, T otherwise) {
      try {
        return question.ask();
      } catch (NvmlException e) {
        log.info("NVML does not tell the {}: {}", what, e.getMessage());
        lost |= e.isLost();
        return otherwise;
      }
    }
  }
}
