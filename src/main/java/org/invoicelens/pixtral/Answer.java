package org.invoicelens.pixtral;

import java.util.Arrays;

/** An answer as it grows: its tokens, and its text where there is a tokenizer. */
final class Answer {

  private final TokenListener listener;
  private final StringBuilder text = new StringBuilder();
  private int[] tokens = new int[64];
  private int size;

  Answer(PixtralProcessor processor, TokenListener listener) {
    this.listener = listener;
  }

  /**
   * Takes a token and tells the listener.
   *
   * @param end whether the token only ends the answer and has no text
   */
  void add(int token, boolean end) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
    }
    tokens[size++] = token;
    listener.onToken(token, "");
  }

  int size() {
    return size;
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, size);
  }

  /** The whole text. */
  String finish() {
    return text.toString();
  }
}
