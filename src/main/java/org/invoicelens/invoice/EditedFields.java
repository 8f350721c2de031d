package org.invoicelens.invoice;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.invoicelens.invoice.InvoiceFields.Field;

/**
 * An answer's fields with a user's corrections in the places that the answer has for them, under
 * the names the model gave; what it has no place for comes under the record's own names.
 */
final class EditedFields {

  private static final String LINES = "items";

  private final FieldPlaces places;
  private final JsonObject object;
  private final Map<String, Consumer<JsonElement>> setters = new HashMap<>();
  private final Map<String, JsonArray> arrays = new HashMap<>();

  private EditedFields(InvoiceFields read, FieldPlaces places) {
    this.places = places;
    object = JsonParser.parseString(read.json()).getAsJsonObject();
    walk("", object);
  }

  /**
   * @param values the value of the correction of a path
   */
  static InvoiceFields of(
      InvoiceFields read,
      FieldPlaces places,
      Map<String, String> edits,
      Function<String, JsonElement> values) {
    if (edits.isEmpty()) {
      return read;
    }
    EditedFields edited = new EditedFields(read, places);
    edited.apply(edits, values);
    List<Field> fields = new ArrayList<>();
    InvoiceFields.flatten("", edited.object, fields);
    return new InvoiceFields(fields, read.complete(), edited.object.toString());
  }

  private void apply(Map<String, String> edits, Function<String, JsonElement> values) {
    for (InvoiceField field : InvoiceField.values()) {
      if (edits.containsKey(field.path())) {
        JsonElement value = values.apply(field.path());
        source(field.path(), other -> object.add(field.path(), other)).accept(value);
      }
    }
    for (Field field : places.further()) {
      if (edits.containsKey(field.name())) {
        setters.get(field.name()).accept(values.apply(field.name()));
      }
    }
    Map<Integer, JsonElement> lines = new TreeMap<>();
    JsonArray read = arrays.getOrDefault(places.linesPath(), new JsonArray());
    IntStream.range(0, read.size())
        .filter(line -> !InvoiceEdits.isRemoved(edits, line))
        .forEach(line -> lines.put(line, line(line, read.get(line), edits, values)));
    for (int line : InvoiceEdits.addedLines(edits, places.lines())) {
      JsonObject added = new JsonObject();
      line(line, added, edits, values);
      if (!added.isEmpty()) {
        lines.put(line, added);
      }
    }
    if (lines.isEmpty() && read.isEmpty()) {
      return;
    }
    while (!read.isEmpty()) {
      read.remove(read.size() - 1);
    }
    lines.values().forEach(read::add);
    if (places.linesPath().isEmpty()) {
      object.add(LINES, read);
    }
  }

  private JsonElement line(
      int line, JsonElement read, Map<String, String> edits, Function<String, JsonElement> values) {
    List<LineField> edited =
        Stream.of(LineField.values()).filter(field -> edits.containsKey(field.path(line))).toList();
    if (edited.isEmpty()) {
      return read;
    }
    JsonObject whole = read instanceof JsonObject present ? present : new JsonObject();
    if (read.isJsonPrimitive()) {
      // The line was a mere text.
      whole.add(LineField.DESCRIPTION.key(), read);
    }
    for (LineField field : edited) {
      Consumer<JsonElement> place = value -> whole.add(field.key(), value);
      (read == whole ? source(field.path(line), place) : place)
          .accept(values.apply(field.path(line)));
    }
    return whole;
  }

  private Consumer<JsonElement> source(String path, Consumer<JsonElement> otherwise) {
    Field source = places.sources().get(path);
    return source == null ? otherwise : setters.get(source.name());
  }

  /** Remembers how to replace each value, under the paths of {@link InvoiceFields#flatten}. */
  private void walk(String path, JsonElement element) {
    if (element instanceof JsonObject parent) {
      parent
          .entrySet()
          .forEach(entry -> {
            String inner = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            setters.put(inner, value -> parent.add(entry.getKey(), value));
            walk(inner, entry.getValue());
          });
    } else if (element instanceof JsonArray parent) {
      arrays.put(path, parent);
      for (int i = 0; i < parent.size(); i++) {
        int index = i;
        setters.put(path + "[" + i + "]", value -> parent.set(index, value));
        walk(path + "[" + i + "]", parent.get(i));
      }
    }
  }
}
