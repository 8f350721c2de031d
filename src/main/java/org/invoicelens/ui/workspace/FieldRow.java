package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.invoicelens.ui.text.Messages;

/**
 * A field as it is shown.
 *
 * @param name its name in the answer
 * @param value what the model read; empty where it read nothing
 * @param printed what is printed on the page, where that is known
 * @param right whether both say the same; true where it is not known what is printed
 */
record FieldRow(String name, String value, Optional<String> printed, boolean right) {

  private static final Pattern ELEMENT = Pattern.compile("(\\w+)\\[(\\d+)](?:\\.(.+))?");

  /** The field's name for the user. */
  String label() {
    Matcher element = ELEMENT.matcher(name);
    if (element.matches()) {
      String part = element.group(3) == null ? "" : word(element.group(3));
      return text(
              "field.element", word(element.group(1)), Integer.parseInt(element.group(2)) + 1, part)
          .strip();
    }
    return word(name);
  }

  private static String word(String name) {
    if (Messages.has("field." + name)) {
      return text("field." + name);
    }
    String words = name.replace('_', ' ').replace('.', ' ').strip();
    return words.isEmpty() ? name : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
