package org.invoicelens.ui.text;

import org.invoicelens.stage.Words;

/** The window's texts in the user's language. Thread-safe. */
public final class Messages {

  private static final Words WORDS = Words.of(Messages.class);

  private Messages() {}

  /**
   * The text of a key with its arguments filled in.
   *
   * @throws java.util.MissingResourceException where there is no such text
   */
  public static String text(String key, Object... arguments) {
    return WORDS.text(key, arguments);
  }

  /** Whether there is a text of this key. */
  public static boolean has(String key) {
    return WORDS.has(key);
  }
}
