package org.invoicelens.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * One mapping of a configuration, read key by key. A key that nobody asked for is a fault, so that
 * the code that reads is the only list of keys.
 */
final class Section {

  private final Faults faults;
  private final String path;
  private final Optional<Mark> place;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> keys = new LinkedHashSet<>();

  private record Entry(Node key, Node value) {}

  /**
   * @param place where to report a missing key; empty where its absence is already explained
   */
  private Section(Faults faults, String path, Optional<Mark> place, Optional<MappingNode> node) {
    this.faults = faults;
    this.path = path;
    this.place = place;
    node.ifPresent(this::index);
  }

  /** Reads the whole document. */
  static <T> T read(MappingNode document, Faults faults, Function<Section, T> reader) {
    return read(document, faults, "$", reader);
  }

  /** Reads a mapping that stands at a path of the document. */
  static <T> T read(MappingNode node, Faults faults, String path, Function<Section, T> reader) {
    return new Section(faults, path, Optional.of(node.getStartMark()), Optional.of(node))
        .finish(reader);
  }

  /** The value behind a key that may be missing. */
  Value value(String key) {
    faults.lookedFor(path + "." + key);
    keys.add(key);
    return new Value(
        faults, path + "." + key, Optional.ofNullable(entries.get(key)).map(Entry::value));
  }

  /** The value behind a key that may not be missing. */
  Value required(String key) {
    Value value = value(key);
    if (!value.isPresent() && place.isPresent()) {
      faults.add(place.get(), path + "." + key, Refusal.of("key.missing", key));
    }
    return value;
  }

  /** Reads a section; where it is missing, as if it were empty. */
  <T> T section(String key, Function<Section, T> reader) {
    Value value = value(key);
    Optional<MappingNode> mapping = value.mapping();
    Optional<Mark> mark = value.isPresent() ? mapping.map(Node::getStartMark) : place;
    return new Section(faults, path + "." + key, mark, mapping).finish(reader);
  }

  /** Reads a section that may be missing as a whole. */
  <T> Optional<T> optionalSection(String key, Function<Section, T> reader) {
    return value(key).isPresent() ? Optional.of(section(key, reader)) : Optional.empty();
  }

  private void index(MappingNode node) {
    for (NodeTuple tuple : node.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode scalar)) {
        faults.add(key.getStartMark(), path, Refusal.of("key.notAWord"));
        continue;
      }
      Entry first = entries.putIfAbsent(scalar.getValue(), new Entry(key, tuple.getValueNode()));
      if (first != null) {
        faults.add(
            key.getStartMark(),
            path + "." + scalar.getValue(),
            Refusal.of("key.twice", String.valueOf(first.key.getStartMark().getLine() + 1)));
      }
    }
  }

  private <T> T finish(Function<Section, T> reader) {
    T result = reader.apply(this);
    entries.forEach((key, entry) -> {
      if (!keys.contains(key)) {
        faults.add(
            entry.key.getStartMark(),
            path + "." + key,
            Refusal.of("key.unknown", Spelling.suggest(key, keys)));
      }
    });
    return result;
  }
}
