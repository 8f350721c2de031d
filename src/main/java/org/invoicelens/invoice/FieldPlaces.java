package org.invoicelens.invoice;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.invoicelens.invoice.InvoiceFields.Field;

/**
 * Where in an answer each field of an invoice is, whatever the model called it.
 *
 * <p>Keys are compared as lower-case words joined by underscores, without accents and without the
 * objects they are wrapped in: {@code totals.taxAmount} is {@code tax_amount}. Where several keys
 * mean the same field, the first in the field's list that has a value is taken; the others are kept
 * among the further fields.
 *
 * @param sources the field of the answer for each path of the record
 * @param lists what of each list the answer has
 * @param further what has no place of its own, in the answer's order
 */
record FieldPlaces(Map<String, Field> sources, Map<InvoiceList, Rows> lists, List<Field> further) {

  /**
   * A list as it is in an answer.
   *
   * @param count how many rows it has
   * @param path where in the answer it is; empty where it is nowhere
   */
  record Rows(int count, String path) {}

  private static final Set<String> WRAPPERS =
      Set.of(
          "invoice",
          "data",
          "document",
          "header",
          "totals",
          "summary",
          "amounts",
          "parties",
          "dates",
          "rechnung",
          "summen",
          "facture",
          "totaux");

  private static final Pattern ROW = Pattern.compile("([^\\[]+)\\[(\\d{1,6})](?:\\.(.+))?");

  static FieldPlaces of(InvoiceFields fields) {
    Map<InvoiceList, Map<Field, Matcher>> elements = new EnumMap<>(InvoiceList.class);
    Map<InvoiceList, String> empty = new EnumMap<>(InvoiceList.class);
    List<Field> single = new ArrayList<>();
    for (Field field : fields.fields()) {
      Matcher row = ROW.matcher(field.name());
      Optional<InvoiceList> list = row.matches() ? list(row.group(1)) : Optional.empty();
      if (list.isPresent()) {
        elements.computeIfAbsent(list.get(), any -> new LinkedHashMap<>()).put(field, row);
      } else if (!isEmptyList(field, empty) && !isEmptyHolder(field)) {
        single.add(field);
      }
    }
    if (isOnlyTax(elements.getOrDefault(InvoiceList.TAXES, Map.of()), single)) {
      single.addAll(elements.remove(InvoiceList.TAXES).keySet());
    }
    Map<InvoiceList, Rows> lists = new EnumMap<>(InvoiceList.class);
    Map<String, Field> sources = new HashMap<>();
    List<Field> further = new ArrayList<>();
    for (InvoiceList list : InvoiceList.values()) {
      Map<Field, Matcher> rows = elements.getOrDefault(list, Map.of());
      lists.put(list, takeRows(list, rows, empty.get(list), sources, single, further));
    }
    Map<Field, String> names = new LinkedHashMap<>();
    boolean oneEach = single.stream().noneMatch(field -> field.name().contains("[1]"));
    single.forEach(
        field -> names.put(field, word(oneEach ? field.name().replace("[0]", "") : field.name())));
    for (InvoiceField known : InvoiceField.values()) {
      take(known.path(), known.names(), names, sources);
    }
    further.addAll(names.keySet());
    further.sort(Comparator.comparingInt(fields.fields()::indexOf));
    return new FieldPlaces(sources, lists, further);
  }

  /** The list that a path of the answer means. */
  private static Optional<InvoiceList> list(String path) {
    return Stream.of(InvoiceList.values())
        .filter(list -> list.names().contains(word(path)))
        .findFirst();
  }

  /** Notes the place of a list without rows. */
  private static boolean isEmptyList(Field field, Map<InvoiceList, String> empty) {
    Optional<InvoiceList> list =
        field.value().isBlank()
            ? list(field.name())
                .filter(any ->
                    any == InvoiceList.LINES
                        || word(field.name()).equals(any.path())
                        || !InvoiceField.TAX.names().contains(word(field.name())))
            : Optional.empty();
    list.ifPresent(found -> empty.putIfAbsent(found, field.name()));
    return list.isPresent();
  }

  /** Whether it is an object, such as the payment, of which the answer has nothing. */
  private static boolean isEmptyHolder(Field field) {
    String word = word(field.name());
    return field.value().isBlank()
        && Stream.of(InvoiceField.values())
            .anyMatch(known -> known.holders().contains(word) && !known.names().contains(word))
        && Stream.of(InvoiceField.values()).noneMatch(known -> known.names().contains(word));
  }

  /**
   * Whether a list of taxes has one row and the answer tells of no other tax, so that the row is
   * the tax of the invoice.
   */
  private static boolean isOnlyTax(Map<Field, Matcher> taxes, List<Field> single) {
    return !taxes.isEmpty()
        && taxes.values().stream()
            .allMatch(row -> row.group(2).equals("0") && !TaxField.NET.names().contains(key(row)))
        && single.stream()
            .noneMatch(field -> InvoiceField.TAX.names().contains(word(field.name())));
  }

  private static String key(Matcher row) {
    return row.group(3) == null ? "" : word(row.group(3));
  }

  /**
   * Moves the fields of a list's rows to the sources, and what is left of them to the others.
   *
   * @param empty where the answer has the list without rows; null where it does not
   */
  private static Rows takeRows(
      InvoiceList list,
      Map<Field, Matcher> elements,
      String empty,
      Map<String, Field> sources,
      List<Field> single,
      List<Field> further) {
    String path =
        elements.values().stream()
            .map(row -> row.group(1))
            .distinct()
            .min(Comparator.comparingInt(each -> list.names().indexOf(word(each))))
            .orElse(empty == null ? "" : empty);
    Map<Integer, Map<Field, String>> rows = new LinkedHashMap<>();
    elements.forEach((field, row) -> {
      if (row.group(1).equals(path)) {
        rows.computeIfAbsent(Integer.parseInt(row.group(2)), index -> new LinkedHashMap<>())
            .put(field, key(row));
      } else {
        single.add(field);
      }
    });
    rows.forEach((index, keys) -> {
      for (ListField known : list.fields()) {
        take(known.path(index), known.names(), keys, sources);
      }
      // A row may also be a mere value.
      keys.forEach((field, key) -> {
        if (key.isEmpty()) {
          sources.putIfAbsent(list.whole().path(index), field);
        } else {
          further.add(field);
        }
      });
    });
    return new Rows(rows.keySet().stream().mapToInt(row -> row + 1).max().orElse(0), path);
  }

  /**
   * Moves the field that goes by one of the names from those not yet taken to the sources.
   *
   * @param left these, with their keys as words
   */
  private static void take(
      String path, List<String> names, Map<Field, String> left, Map<String, Field> sources) {
    Optional<Field> found = Optional.empty();
    for (String name : names) {
      List<Field> called =
          left.keySet().stream()
              .filter(field -> left.get(field).equals(name))
              .sorted((a, b) -> Boolean.compare(b.name().equals(path), a.name().equals(path)))
              .toList();
      Optional<Field> filled =
          called.stream().filter(field -> !field.value().isBlank()).findFirst();
      if (filled.isPresent()) {
        found = filled;
        break;
      }
      found = found.or(() -> called.stream().findFirst());
    }
    found.ifPresent(field -> {
      sources.put(path, field);
      left.remove(field);
      // An empty field of the same meaning tells nothing.
      left.keySet().removeIf(other -> other.value().isBlank() && names.contains(left.get(other)));
    });
  }

  /** What the model wrote for a path of the record; empty where it wrote nothing. */
  String read(String path) {
    return source(path).map(Field::value).orElse("");
  }

  /** The field of the answer for a path of the record; empty where it has none. */
  Optional<Field> source(String path) {
    return Optional.ofNullable(sources.get(path));
  }

  /** How many rows of a list the answer has. */
  int count(InvoiceList list) {
    return lists.get(list).count();
  }

  /** The record's path of the row that a further field belongs to; empty where it has none. */
  Optional<String> row(Field further) {
    Matcher row = ROW.matcher(further.name());
    return row.matches()
        ? Stream.of(InvoiceList.values())
            .filter(list -> lists.get(list).path().equals(row.group(1)))
            .map(list -> list.path(Integer.parseInt(row.group(2))))
            .findFirst()
        : Optional.empty();
  }

  /**
   * Corrections with those under a name of the answer moved to the record's path for it. Such a
   * field had no place in the record when it was corrected by an earlier version.
   */
  Map<String, String> current(Map<String, String> edits) {
    Map<String, String> moved = new HashMap<>(edits);
    sources.forEach((path, field) -> {
      if (!path.equals(field.name())
          && !sources.containsKey(field.name())
          && moved.containsKey(field.name())) {
        moved.putIfAbsent(path, moved.remove(field.name()));
      }
    });
    return moved;
  }

  /** A path as one word, without what it is wrapped in. */
  static String word(String path) {
    String[] keys = path.split("\\.");
    int from = 0;
    while (from < keys.length - 1 && WRAPPERS.contains(plain(keys[from]))) {
      from++;
    }
    StringBuilder word = new StringBuilder();
    for (int i = from; i < keys.length; i++) {
      word.append(i == from ? "" : "_").append(plain(keys[i]));
    }
    return word.toString();
  }

  private static String plain(String key) {
    String spelled =
        key.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
            .toLowerCase(Locale.ROOT)
            .replace("mw_st", "mwst")
            .replace("ä", "ae")
            .replace("ö", "oe")
            .replace("ü", "ue")
            .replace("ß", "ss");
    return Normalizer.normalize(spelled, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .replaceAll("[^a-z0-9\\[\\]]+", "_")
        .replaceAll("^_+|_+$", "");
  }
}
