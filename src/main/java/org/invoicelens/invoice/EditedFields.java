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
import org.invoicelens.invoice.InvoiceFields.Field;

/**
 * An answer's fields with a user's corrections in the places that the answer has for them, under
 * the names the model gave; what it has no place for comes under the record's own names.
 */
final class EditedFields {

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
        source(field.path(), other -> add(field, other)).accept(value);
      }
    }
    for (Field field : places.further()) {
      if (edits.containsKey(field.name())) {
        setters.get(field.name()).accept(values.apply(field.name()));
      }
    }
    for (InvoiceList list : InvoiceList.values()) {
      apply(list, edits, values);
    }
  }

  /** Adds a field that the answer does not have, into the object of its kind that it has. */
  private void add(InvoiceField field, JsonElement value) {
    for (String name : field.holders()) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        if (!FieldPlaces.word(entry.getKey()).equals(name)) {
          continue;
        }
        if (entry.getValue().isJsonNull()) {
          entry.setValue(new JsonObject());
        }
        if (entry.getValue() instanceof JsonObject holder) {
          holder.add(field.keyInHolder(), value);
          return;
        }
      }
    }
    object.add(field.path(), value);
  }

  private void apply(
      InvoiceList list, Map<String, String> edits, Function<String, JsonElement> values) {
    Map<Integer, JsonElement> rows = new TreeMap<>();
    String path = places.lists().get(list).path();
    JsonArray read = arrays.getOrDefault(path, new JsonArray());
    IntStream.range(0, read.size())
        .filter(row -> !InvoiceEdits.isRemoved(edits, list.path(row)))
        .forEach(row -> rows.put(row, row(list, row, read.get(row), edits, values)));
    for (int row : InvoiceEdits.added(edits, list, places.count(list))) {
      JsonObject added = new JsonObject();
      row(list, row, added, edits, values);
      if (!added.isEmpty()) {
        rows.put(row, added);
      }
    }
    if (rows.isEmpty() && read.isEmpty()) {
      return;
    }
    while (!read.isEmpty()) {
      read.remove(read.size() - 1);
    }
    rows.values().forEach(read::add);
    if (!arrays.containsKey(path)) {
      setters.getOrDefault(path, all -> object.add(list.path(), all)).accept(read);
    }
  }

  private JsonElement row(
      InvoiceList list,
      int row,
      JsonElement read,
      Map<String, String> edits,
      Function<String, JsonElement> values) {
    List<ListField> edited =
        list.fields().stream().filter(field -> edits.containsKey(field.path(row))).toList();
    if (edited.isEmpty()) {
      return read;
    }
    JsonObject whole = read instanceof JsonObject present ? present : new JsonObject();
    if (read.isJsonPrimitive()) {
      // The row was a mere value.
      whole.add(list.whole().key(), read);
    }
    for (ListField field : edited) {
      Consumer<JsonElement> place = value -> whole.add(field.key(), value);
      (read == whole ? source(field.path(row), place) : place)
          .accept(values.apply(field.path(row)));
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
