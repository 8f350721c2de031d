package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import org.invoicelens.ui.text.Messages;

/** What fields are called on screen. */
final class FieldLabels {

  private FieldLabels() {}

  /** The name of a field, by its path or a line's key; of an unknown one the path in words. */
  static String label(String path) {
    if (Messages.has("field." + path)) {
      return text("field." + path);
    }
    String words = path.replace('_', ' ').replace('.', ' ').strip();
    return words.isEmpty() ? path : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /**
   * The name of a line's field.
   *
   * @param place the line's place from 1 on
   */
  static String label(String key, int place) {
    return text("field.ofLine", label(key), place);
  }
}
