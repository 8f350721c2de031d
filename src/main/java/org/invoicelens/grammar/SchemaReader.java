package org.invoicelens.grammar;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The reader of a JSON Schema (2020-12) as the texts of JSON that an answer may be.
 *
 * <p>Keys come in the schema's order, and none that it does not name. Everything has an end: texts,
 * numbers and lists are bounded where the schema sets no bound, and nothing refers to itself. A
 * keyword that would have to be obeyed and is not known here is refused.
 */
final class SchemaReader {

  /** The longest text in characters, where the schema does not say. */
  static final int LONGEST_TEXT = 400;

  /** The longest list, where the schema does not say. */
  static final int LONGEST_LIST = 200;

  /** Digits before the point of a number; as many as Java and JavaScript keep exactly. */
  static final int MOST_DIGITS = 15;

  /** Digits behind the point. */
  static final int MOST_DECIMALS = 6;

  private static final int DEEPEST = 32;
  private static final int LARGEST_BOUND = 10_000;

  private static final Set<String> REMARKS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");

  private static final Set<String> TYPES =
      Set.of("object", "array", "string", "number", "integer", "boolean", "null");

  private final JsonObject root;

  private SchemaReader(JsonObject root) {
    this.root = root;
  }

  /**
   * @throws IllegalArgumentException where it is no such schema, with the place and what is wrong
   */
  static Language read(JsonObject schema) {
    return Language.sequence(Space.before(), new SchemaReader(schema).value(schema, "$", 0));
  }

  private Language value(JsonElement element, String place, int depth) {
    if (depth > DEEPEST) {
      throw fault(place, "this lies too deep, or refers to itself");
    }
    if (!element.isJsonObject()) {
      throw fault(place, "a schema is expected");
    }
    JsonObject schema = element.getAsJsonObject();
    if (schema.has("$ref")) {
      only(schema, place, Set.of("$ref"));
      return value(referred(schema, place), place, depth + 1);
    }
    if (schema.has("const")) {
      only(schema, place, Set.of("const", "type"));
      return Language.text(schema.get("const").toString());
    }
    if (schema.has("enum")) {
      only(schema, place, Set.of("enum", "type"));
      List<Language> options = new ArrayList<>();
      for (JsonElement option : array(schema, "enum", place)) {
        options.add(Language.text(option.toString()));
      }
      return nullFirst(options);
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (schema.has(keyword)) {
        only(schema, place, Set.of(keyword));
        List<Language> options = new ArrayList<>();
        for (JsonElement option : array(schema, keyword, place)) {
          options.add(value(option, place + "." + keyword, depth + 1));
        }
        return nullFirst(options);
      }
    }
    List<Language> options = new ArrayList<>();
    List<String> types = types(schema, place);
    Set<String> known = new HashSet<>(Set.of("type"));
    for (String type : types) {
      known.addAll(keywords(type));
    }
    only(schema, place, known);
    for (String type : types) {
      options.add(
          switch (type) {
            case "object" -> object(schema, place, depth);
            case "array" -> list(schema, place, depth);
            case "string" -> string(schema, place);
            case "number" -> number(schema, place, true);
            case "integer" -> number(schema, place, false);
            case "boolean" -> Language.choice(Language.text("true"), Language.text("false"));
            default -> NULL;
          });
    }
    return nullFirst(options);
  }

  private static final Language NULL = Language.text("null");

  /** Where nothing can be said any more, null says so best. */
  private static Language nullFirst(List<Language> options) {
    List<Language> ordered = new ArrayList<>(options);
    ordered.sort((a, b) -> Boolean.compare(isNull(b), isNull(a)));
    return Language.choice(ordered);
  }

  private static boolean isNull(Language language) {
    return language.after(new byte[] {'n', 'u', 'l', 'l'}) == Language.END;
  }

  private static Set<String> keywords(String type) {
    return switch (type) {
      case "object" -> Set.of("properties", "required", "additionalProperties");
      case "array" -> Set.of("items", "minItems", "maxItems");
      case "string" -> Set.of("minLength", "maxLength", "pattern", "format");
      case "number", "integer" -> Set.of("minimum");
      default -> Set.of();
    };
  }

  private static List<String> types(JsonObject schema, String place) {
    JsonElement type = schema.get("type");
    List<String> types = new ArrayList<>();
    if (type == null) {
      if (schema.has("properties")) {
        return List.of("object");
      }
      throw fault(place, "there is no type");
    }
    if (type.isJsonArray()) {
      type.getAsJsonArray().forEach(each -> types.add(text(each, place + ".type")));
    } else {
      types.add(text(type, place + ".type"));
    }
    for (String each : types) {
      if (!TYPES.contains(each)) {
        throw fault(place + ".type", "there is no type \"" + each + "\"");
      }
    }
    if (types.isEmpty()) {
      throw fault(place + ".type", "no type is named");
    }
    return types;
  }

  private JsonElement referred(JsonObject schema, String place) {
    String reference = text(schema.get("$ref"), place + ".$ref");
    JsonObject definitions =
        root.has("$defs") && root.get("$defs").isJsonObject()
            ? root.getAsJsonObject("$defs")
            : new JsonObject();
    String prefix = "#/$defs/";
    JsonElement definition =
        reference.startsWith(prefix) ? definitions.get(reference.substring(prefix.length())) : null;
    if (definition == null) {
      throw fault(place + ".$ref", "there is no \"" + reference + "\"; #/$defs/… is possible");
    }
    return definition;
  }

  private Language object(JsonObject schema, String place, int depth) {
    JsonElement properties = schema.get("properties");
    if (properties == null
        || !properties.isJsonObject()
        || properties.getAsJsonObject().isEmpty()) {
      throw fault(place, "an object needs its properties");
    }
    JsonElement additional = schema.get("additionalProperties");
    if (additional != null && !additional.equals(new JsonPrimitive(false))) {
      throw fault(place + ".additionalProperties", "only false is possible");
    }
    Set<String> names = properties.getAsJsonObject().keySet();
    Set<String> required = new HashSet<>();
    if (schema.has("required")) {
      for (JsonElement name : array(schema, "required", place)) {
        required.add(text(name, place + ".required"));
      }
    }
    for (String name : required) {
      if (!names.contains(name)) {
        throw fault(place + ".required", "there is no property \"" + name + "\"");
      }
    }
    // from the last to the first: what may follow, where one was written before and where none was
    Language end = Language.sequence(Space.between(), Language.text("}"));
    Language afterSome = end;
    Language afterNone = end;
    for (Map.Entry<String, JsonElement> property :
        List.copyOf(properties.getAsJsonObject().entrySet()).reversed()) {
      String name = property.getKey();
      Language field =
          Language.sequence(
              Space.between(),
              Language.text(new JsonPrimitive(name) + ":"),
              Space.behindColon(),
              value(property.getValue(), place + "." + name, depth + 1));
      Language further = Language.sequence(Language.text(","), field, afterSome);
      Language first = Language.sequence(field, afterSome);
      boolean needed = required.contains(name);
      afterNone = needed ? first : Language.choice(afterNone, first);
      afterSome = needed ? further : Language.choice(afterSome, further);
    }
    return Language.sequence(Language.text("{"), afterNone);
  }

  private Language list(JsonObject schema, String place, int depth) {
    if (!schema.has("items")) {
      throw fault(place, "a list needs its items");
    }
    int least = bound(schema, "minItems", place).orElse(0);
    int most = bound(schema, "maxItems", place).orElse(Math.max(least, LONGEST_LIST));
    requireOrder(least, most, place, "minItems", "maxItems");
    Language item =
        Language.sequence(Space.between(), value(schema.get("items"), place + "[]", depth + 1));
    Language end = Language.sequence(Space.between(), Language.text("]"));
    Language some =
        most == 0
            ? Language.NONE
            : Language.sequence(
                item,
                Language.repeat(
                    Language.sequence(Language.text(","), item), Math.max(least - 1, 0), most - 1),
                end);
    return Language.sequence(Language.text("["), least == 0 ? Language.choice(end, some) : some);
  }

  private static Language string(JsonObject schema, String place) {
    int least = bound(schema, "minLength", place).orElse(0);
    int most = bound(schema, "maxLength", place).orElse(Math.max(least, LONGEST_TEXT));
    requireOrder(least, most, place, "minLength", "maxLength");
    Language inside = Language.repeat(Characters.ALL.inJson(), least, most);
    boolean date =
        schema.has("format") && text(schema.get("format"), place + ".format").equals("date");
    for (String pattern :
        List.of(
            schema.has("pattern") ? text(schema.get("pattern"), place + ".pattern") : "",
            date ? "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" : "")) {
      if (pattern.isEmpty()) {
        continue;
      }
      try {
        inside = Language.both(TextPattern.parse(pattern, most), inside);
      } catch (IllegalArgumentException e) {
        throw fault(place + ".pattern", e.getMessage());
      }
    }
    if (inside == Language.NONE) {
      throw fault(place, "no text fulfils all of this");
    }
    return Language.sequence(Language.text("\""), inside, Language.text("\""));
  }

  private static Language number(JsonObject schema, String place, boolean decimals) {
    Language digit = Language.range('0', '9');
    Language whole =
        Language.choice(
            Language.text("0"),
            Language.sequence(
                Language.range('1', '9'), Language.repeat(digit, 0, MOST_DIGITS - 1)));
    Language number =
        decimals
            ? Language.sequence(
                whole,
                Language.optional(
                    Language.sequence(
                        Language.text("."), Language.repeat(digit, 1, MOST_DECIMALS))))
            : whole;
    if (!schema.has("minimum")) {
      return Language.sequence(Language.optional(Language.text("-")), number);
    }
    JsonElement minimum = schema.get("minimum");
    if (!isNumber(minimum) || minimum.getAsBigDecimal().compareTo(BigDecimal.ZERO) != 0) {
      throw fault(place + ".minimum", "only 0 is possible");
    }
    return number;
  }

  private static void requireOrder(
      int least, int most, String place, String leastName, String mostName) {
    if (least > most) {
      throw fault(place, leastName + " is above " + mostName);
    }
  }

  private static Optional<Integer> bound(JsonObject schema, String keyword, String place) {
    JsonElement value = schema.get(keyword);
    if (value == null) {
      return Optional.empty();
    }
    try {
      int bound = value.getAsBigDecimal().intValueExact();
      if (bound >= 0 && bound <= LARGEST_BOUND) {
        return Optional.of(bound);
      }
    } catch (RuntimeException e) {
      // not a whole number at all; said below like one that is out of bounds
    }
    throw fault(place + "." + keyword, "a whole number up to " + LARGEST_BOUND + " is expected");
  }

  private static boolean isNumber(JsonElement element) {
    return element.isJsonPrimitive() && element.getAsJsonPrimitive().isNumber();
  }

  private static JsonArray array(JsonObject schema, String keyword, String place) {
    JsonElement value = schema.get(keyword);
    if (!value.isJsonArray() || value.getAsJsonArray().isEmpty() && !keyword.equals("required")) {
      throw fault(place + "." + keyword, "a list is expected");
    }
    return value.getAsJsonArray();
  }

  private static String text(JsonElement element, String place) {
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
      throw fault(place, "a text is expected");
    }
    return element.getAsString();
  }

  private static void only(JsonObject schema, String place, Set<String> known) {
    for (String keyword : schema.keySet()) {
      if (!known.contains(keyword) && !REMARKS.contains(keyword)) {
        throw fault(place, "\"" + keyword + "\" is not possible here");
      }
    }
  }

  private static IllegalArgumentException fault(String place, String what) {
    return new IllegalArgumentException(place + ": " + what);
  }

  /** White space between the parts of JSON: none, as a line of JSON has it, or as a page of it. */
  private static final class Space {

    private static final int DEEPEST_INDENT = 40;

    private static final Language BETWEEN =
        Language.optional(
            Language.choice(
                Language.text(" "),
                Language.sequence(
                    Language.text("\n"),
                    Language.choice(
                        Language.repeat(Language.text(" "), 0, DEEPEST_INDENT),
                        Language.repeat(Language.text("\t"), 1, DEEPEST_INDENT / 4)))));

    private static final Language ONE = Language.optional(Language.text(" "));

    static Language before() {
      return Language.optional(Language.choice(Language.text(" "), Language.text("\n")));
    }

    static Language between() {
      return BETWEEN;
    }

    static Language behindColon() {
      return ONE;
    }
  }
}
