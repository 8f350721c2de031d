package org.invoicelens.invoice;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of an invoice as the model wrote them, in its order.
 *
 * @param fields one entry for each field
 * @param complete whether the answer was a complete JSON object
 * @param json the object itself as one line of JSON, numbers digit by digit as they were written;
 *     of an incomplete answer what came
 */
public record InvoiceFields(List<Field> fields, boolean complete, String json) {

  public InvoiceFields {
    fields = List.copyOf(fields);
  }

  /**
   * One field.
   *
   * @param name its key in the answer, a path such as {@code items[0].amount} where nested
   * @param value its value as text; empty where null
   */
  public record Field(String name, String value) {}

  /**
   * Reads a model's answer, which may wrap its JSON object in other text and may break off. What
   * broke off in the middle of a value is left out, since half an amount is a wrong amount.
   */
  public static InvoiceFields parse(String answer) {
    AnswerParser.Answer read = AnswerParser.parse(answer);
    List<Field> fields = new ArrayList<>();
    flatten("", read.object(), fields);
    return new InvoiceFields(fields, read.complete(), read.object().toString());
  }

  /** The value of the field of that name; empty where there is no such field. */
  public Optional<String> value(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).findFirst();
  }

  static void flatten(String path, JsonElement element, List<Field> fields) {
    if (element instanceof JsonObject object && (!object.isEmpty() || path.isEmpty())) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        flatten(
            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
            entry.getValue(),
            fields);
      }
    } else if (element.isJsonArray() && !element.getAsJsonArray().isEmpty()) {
      for (int i = 0; i < element.getAsJsonArray().size(); i++) {
        flatten(path + "[" + i + "]", element.getAsJsonArray().get(i), fields);
      }
    } else {
      fields.add(new Field(path, element.isJsonPrimitive() ? element.getAsString() : ""));
    }
  }
}
