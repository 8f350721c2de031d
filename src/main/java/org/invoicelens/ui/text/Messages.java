package org.invoicelens.ui.text;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * The window's texts in the user's language, from {@code messages.properties} and its translations.
 *
 * <p>Every text is a {@link MessageFormat} pattern, with or without arguments. Thread-safe.
 */
public final class Messages {

  private static final ResourceBundle BUNDLE =
      ResourceBundle.getBundle("org.invoicelens.ui.messages");

  private Messages() {}

  /**
   * The text of a key with its arguments filled in.
   *
   * @throws java.util.MissingResourceException where there is no such text
   */
  public static String text(String key, Object... arguments) {
    return new MessageFormat(BUNDLE.getString(key), Locale.getDefault(Locale.Category.FORMAT))
        .format(arguments);
  }

  /** Whether there is a text of this key. */
  public static boolean has(String key) {
    return BUNDLE.containsKey(key);
  }
}
