package org.invoicelens.stage;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;

/**
 * The texts of one room in the user's language, from {@code messages.properties} in the room's
 * package and its translations such as {@code messages_de.properties}.
 *
 * <p>Every text is a {@link MessageFormat} pattern, with or without arguments. The language is the
 * default locale for display and the notation of numbers that for formatting, both as they are at
 * the call, so that a door may set them before anything is said. Where there is no translation, the
 * text is English. Thread-safe.
 */
public final class Words {

  /** Without it, a missing translation would be looked for in the computer's language. */
  private static final Control ONLY_THE_LANGUAGE_ASKED_FOR =
      Control.getNoFallbackControl(Control.FORMAT_PROPERTIES);

  private final String bundle;
  private final ClassLoader loader;

  private Words(Class<?> inRoom) {
    this.bundle = inRoom.getPackageName() + ".messages";
    this.loader = inRoom.getClassLoader();
  }

  /** The texts of the room that a class is in. */
  public static Words of(Class<?> inRoom) {
    return new Words(inRoom);
  }

  /**
   * The text of a key with its arguments filled in.
   *
   * @throws java.util.MissingResourceException where there is no such text
   */
  public String text(String key, Object... arguments) {
    return new MessageFormat(bundle().getString(key), Locale.getDefault(Locale.Category.FORMAT))
        .format(arguments);
  }

  /** Whether there is a text of this key. */
  public boolean has(String key) {
    return bundle().containsKey(key);
  }

  /**
   * A failure in the words under {@code key.what}, {@code key.meaning} and {@code key.remedy}, each
   * with the same arguments; the last two may be missing and are then empty.
   *
   * @throws java.util.MissingResourceException where there is no {@code key.what}
   */
  public Problem problem(String key, Object... arguments) {
    return new Problem(
        text(key + ".what", arguments),
        textOrEmpty(key + ".meaning", arguments),
        textOrEmpty(key + ".remedy", arguments));
  }

  private String textOrEmpty(String key, Object... arguments) {
    return has(key) ? text(key, arguments) : "";
  }

  private ResourceBundle bundle() {
    return ResourceBundle.getBundle(
        bundle, Locale.getDefault(Locale.Category.DISPLAY), loader, ONLY_THE_LANGUAGE_ASKED_FOR);
  }
}
