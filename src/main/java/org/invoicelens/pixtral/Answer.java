package org.invoicelens.pixtral;

import java.util.Arrays;

/** An answer as it grows: its tokens and its text. */
final class Answer {

  private final TextStream stream;
  private final TokenListener listener;
  private final StringBuilder text = new StringBuilder();
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

  /** The whole text; nothing may be added afterwards. */
  String finish() {
    return text.append(stream.end()).toString();
  }
}
