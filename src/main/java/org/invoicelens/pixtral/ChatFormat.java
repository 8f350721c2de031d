package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The conversation format that Pixtral was trained on (Mistral's version 3): {@code
 * <s>[INST]user[/INST]assistant</s>[INST]user[/INST]}, without blanks between.
 *
 * <p>The system's text and an empty line stand in front of the last user turn, before its pictures.
 * Neighbouring texts are joined by an empty line. A turn of one text and one picture has the
 * picture first; any other order is kept.
 */
final class ChatFormat {

  private static final String EMPTY_LINE = "\n\n";

  private final Tokenizer tokenizer;
  private final ImageTokens imageTokens;
  private final int beginOfSequence;
  private final int endOfSequence;
  private final int beginInstruction;
  private final int endInstruction;

  /**
   * @throws IllegalArgumentException where the vocabulary lacks one of the format's tokens
   */
  ChatFormat(Tokenizer tokenizer, ImageTokens imageTokens) {
    this.tokenizer = tokenizer;
    this.imageTokens = imageTokens;
    beginOfSequence = control("<s>");
    endOfSequence = control("</s>");
    beginInstruction = control("[INST]");
    endInstruction = control("[/INST]");
  }

  /** A piece of a turn. */
  sealed interface Part {

    record Text(String text) implements Part {}

    record Image(int columns, int rows) implements Part {}
  }

  /** What one side said. */
  sealed interface Turn {

    record User(List<Part> parts) implements Turn {
      public User {
        parts = List.copyOf(parts);
      }
    }

    record Assistant(String text) implements Turn {}
  }

  /**
   * The ids of a conversation.
   *
   * @param system may be empty
   */
  int[] encode(String system, List<Turn> turns) {
    int lastUser = -1;
    for (int i = 0; i < turns.size(); i++) {
      lastUser = turns.get(i) instanceof Turn.User ? i : lastUser;
    }
    IntStream.Builder ids = IntStream.builder();
    ids.add(beginOfSequence);
    for (int i = 0; i < turns.size(); i++) {
      switch (turns.get(i)) {
        case Turn.User(List<Part> parts) -> {
          ids.add(beginInstruction);
          for (Part part : arranged(i == lastUser ? system : "", parts)) {
            add(part, ids);
          }
          ids.add(endInstruction);
        }
        case Turn.Assistant(String text) -> {
          add(new Part.Text(text), ids);
          ids.add(endOfSequence);
        }
      }
    }
    return ids.build().toArray();
  }

  private static List<Part> arranged(String system, List<Part> parts) {
    List<Part> ordered = new ArrayList<>(parts);
    if (parts.size() == 2
        && parts.get(0) instanceof Part.Text
        && parts.get(1) instanceof Part.Image) {
      ordered = new ArrayList<>(parts.reversed());
    }
    List<Part> arranged = new ArrayList<>();
    StringBuilder text = new StringBuilder(system.isEmpty() ? "" : system + EMPTY_LINE);
    boolean textBefore = false;
    for (Part part : ordered) {
      if (part instanceof Part.Text(String next)) {
        text.append(textBefore ? EMPTY_LINE : "").append(next);
      } else {
        flush(text, arranged);
        arranged.add(part);
      }
      textBefore = part instanceof Part.Text;
    }
    flush(text, arranged);
    return arranged;
  }

  private static void flush(StringBuilder text, List<Part> arranged) {
    if (!text.isEmpty()) {
      arranged.add(new Part.Text(text.toString()));
      text.setLength(0);
    }
  }

  private void add(Part part, IntStream.Builder ids) {
    int[] encoded =
        switch (part) {
          case Part.Text(String text) -> tokenizer.encode(text);
          case Part.Image(int columns, int rows) -> imageTokens.run(columns, rows);
        };
    Arrays.stream(encoded).forEach(ids::add);
  }

  private int control(String spelling) {
    return tokenizer
        .specialToken(spelling)
        .orElseThrow(() -> new IllegalArgumentException("no token " + spelling));
  }
}
