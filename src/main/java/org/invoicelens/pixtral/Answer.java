package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An answer as it grows: its tokens and its text. */
final class Answer {

  private final TextStream stream;
  private final TokenListener listener;
  private final StringBuilder text = new StringBuilder();
  private final List<GenerationResult.Certainty> certainties = new ArrayList<>();
  private int[] tokens = new int[64];
  private int size;

  /**
   * @param stream makes text of tokens
   * @param listener hears of every token
   */
  Answer(TextStream stream, TokenListener listener) {
    this.stream = stream;
    this.listener = listener;
  }

  /** Takes a token that the model gave a probability. */
  void add(int token, double probability) {
    add(token);
    certainties.add(new GenerationResult.Certainty(text.length(), probability));
  }

  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
    }
    tokens[size++] = token;
    String more = stream.add(token);
    text.append(more);
    listener.onToken(token, more);
  }

  int size() {
    return size;
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, size);
  }

  /** How certain the tokens are; empty where they came without a probability. */
  List<GenerationResult.Certainty> certainties() {
    return certainties;
  }

  /** The whole text; nothing may be added afterwards. */
  String finish() {
    return text.append(stream.end()).toString();
  }
}
