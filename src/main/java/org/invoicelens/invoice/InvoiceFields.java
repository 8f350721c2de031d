package org.invoicelens.invoice;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.invoicelens.pixtral.GenerationResult;

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
   * @param confidence the least probability that the model gave a token of the value, 0 to 1: how
   *     sure it was where it was least sure; empty where that is not known
   */
  public record Field(String name, String value, OptionalDouble confidence) {

    /** A field of which it is not known how sure the model was. */
    public Field(String name, String value) {
      this(name, value, OptionalDouble.empty());
    }
  }

  /** Reads a model's answer; what only closes a broken off text counts as missing. */
  static InvoiceFields of(GenerationResult generation) {
    AnswerParser.Answer read = AnswerParser.parse(generation.text());
    List<Field> fields = new ArrayList<>();
    flatten(
        "",
        read.object(),
        value -> confidence(read.places().get(value), generation.certainties()),
        fields);
    boolean whole = generation.written() == generation.text().length();
    return new InvoiceFields(fields, read.complete() && whole, read.object().toString());
  }

  private static OptionalDouble confidence(
      AnswerParser.Place place, List<GenerationResult.Certainty> certainties) {
    if (place == null) {
      return OptionalDouble.empty();
    }
    OptionalDouble least = OptionalDouble.empty();
    int start = 0;
    for (GenerationResult.Certainty token : certainties) {
      if (start < place.end() && token.end() > place.start()) {
        least = OptionalDouble.of(Math.min(token.probability(), least.orElse(1)));
      }
      start = token.end();
    }
    return least;
  }

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
    flatten(path, element, value -> OptionalDouble.empty(), fields);
  }

  private static void flatten(
      String path,
      JsonElement element,
      Function<JsonElement, OptionalDouble> confidence,
      List<Field> fields) {
    if (element instanceof JsonObject object && (!object.isEmpty() || path.isEmpty())) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        flatten(
            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
            entry.getValue(),
            confidence,
            fields);
      }
    } else if (element.isJsonArray() && !element.getAsJsonArray().isEmpty()) {
      for (int i = 0; i < element.getAsJsonArray().size(); i++) {
        flatten(path + "[" + i + "]", element.getAsJsonArray().get(i), confidence, fields);
      }
    } else {
      fields.add(
          element.isJsonPrimitive()
              ? new Field(path, element.getAsString(), confidence.apply(element))
              : new Field(path, ""));
    }
  }
}
