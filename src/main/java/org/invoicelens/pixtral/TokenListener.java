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

  /**
   * The answer is made again from its start, and what came of it so far does not count.
   *
   * @param why what happened and what was done about it, for the user
   */
  default void onRestart(String why) {}
}
