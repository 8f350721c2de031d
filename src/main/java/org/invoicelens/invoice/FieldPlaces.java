package org.invoicelens.invoice;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * @param lines how many lines the answer has
 * @param linesPath where in the answer they are; empty where there are none
 * @param further what has no place of its own, in the answer's order
 */
record FieldPlaces(Map<String, Field> sources, int lines, String linesPath, List<Field> further) {

  private static final List<String> LINES =
      List.of(
          "items",
          "line_items",
          "lines",
          "invoice_lines",
          "invoice_items",
          "positions",
          "products",
          "articles",
          "entries",
          "positionen",
          "posten",
          "artikel",
          "lignes");

  private static final Set<String> WRAPPERS =
      Set.of(
          "invoice",
          "data",
          "document",
          "header",
          "totals",
          "summary",
          "amounts",
          "dates",
          "rechnung",
          "summen",
          "facture",
          "totaux");

  private static final Pattern LINE = Pattern.compile("([^\\[]+)\\[(\\d{1,6})](?:\\.(.+))?");

  static FieldPlaces of(InvoiceFields fields) {
    Map<Field, Matcher> elements = new LinkedHashMap<>();
    List<Field> single = new ArrayList<>();
    for (Field field : fields.fields()) {
      Matcher line = LINE.matcher(field.name());
      if (line.matches() && lineRank(line.group(1)) < LINES.size()) {
        elements.put(field, line);
      } else if (!(lineRank(field.name()) < LINES.size() && field.value().isBlank())) {
        single.add(field);
      }
    }
    String linesPath =
        elements.values().stream()
            .map(line -> line.group(1))
            .distinct()
            .min((a, b) -> lineRank(a) - lineRank(b))
            .orElse("");
    Map<String, Field> sources = new HashMap<>();
    Map<Integer, Map<Field, String>> lines = new LinkedHashMap<>();
    elements.forEach((field, line) -> {
      if (line.group(1).equals(linesPath)) {
        lines
            .computeIfAbsent(Integer.parseInt(line.group(2)), index -> new LinkedHashMap<>())
            .put(field, line.group(3) == null ? "" : word(line.group(3)));
      } else {
        single.add(field);
      }
    });
    Map<Field, String> names = new LinkedHashMap<>();
    boolean oneTax = single.stream().noneMatch(field -> field.name().contains("[1]"));
    single.forEach(
        field -> names.put(field, word(oneTax ? field.name().replace("[0]", "") : field.name())));
    for (InvoiceField known : InvoiceField.values()) {
      take(known.path(), known.names(), names, sources);
    }
    List<Field> further = new ArrayList<>(names.keySet());
    lines.forEach((index, keys) -> {
      for (LineField known : LineField.values()) {
        take(known.path(index), known.names(), keys, sources);
      }
      // A line may also be a mere text.
      keys.forEach((field, key) -> {
        if (key.isEmpty()) {
          sources.putIfAbsent(LineField.DESCRIPTION.path(index), field);
        } else {
          further.add(field);
        }
      });
    });
    further.sort((a, b) -> fields.fields().indexOf(a) - fields.fields().indexOf(b));
    int count = lines.keySet().stream().mapToInt(line -> line + 1).max().orElse(0);
    return new FieldPlaces(sources, count, linesPath, further);
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
    return Optional.ofNullable(sources.get(path)).map(Field::value).orElse("");
  }

  /** The line that a further field belongs to; empty where it belongs to none. */
  Optional<Integer> line(Field further) {
    Matcher line = LINE.matcher(further.name());
    return line.matches() && line.group(1).equals(linesPath)
        ? Optional.of(Integer.parseInt(line.group(2)))
        : Optional.empty();
  }

  private static int lineRank(String path) {
    int rank = LINES.indexOf(word(path));
    return rank < 0 ? LINES.size() : rank;
  }

  /** A path as one word, without what it is wrapped in. */
  private static String word(String path) {
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
