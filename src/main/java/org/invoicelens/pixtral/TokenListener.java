package org.invoicelens.pixtral;

/** Hears of every token as it comes, on the thread that generates. */
@FunctionalInterface
public interface TokenListener {

  /** A listener that does nothing. */
  TokenListener NONE = (id, text) -> {};

  /**
   * Takes note of a token.
   *
   * @param id the token
   * @param text what it adds to the answer's text; empty while a character is incomplete
   */
  void onToken(int id, String text);
}
