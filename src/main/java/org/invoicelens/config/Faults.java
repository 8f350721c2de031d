package org.invoicelens.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.invoicelens.config.ConfigException.Fault;
import org.yaml.snakeyaml.error.Mark;

/** The faults found so far in one file, and the keys that were looked for on the way. */
final class Faults {

  private final Path file;
  private final List<Fault> found = new ArrayList<>();
  private final SortedSet<String> keys = new TreeSet<>();

  Faults(Path file) {
    this.file = file;
  }

  /** Notes a fault; a mark counts lines and columns from 0. */
  void add(Mark place, String path, Refusal why) {
    add(place.getLine() + 1, place.getColumn() + 1, path, why);
  }

  void add(int line, int column, String path, Refusal why) {
    found.add(new Fault(file, line, column, path, why.message(), why.suggestion()));
  }

  void lookedFor(String path) {
    keys.add(path);
  }

  /** Every key that a configuration may have, as far as the reading has come. */
  SortedSet<String> keys() {
    return keys;
  }

  /** All faults in the order of the file. */
  List<Fault> all() {
    return found.stream()
        .sorted(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column))
        .toList();
  }

  boolean isEmpty() {
    return found.isEmpty();
  }
}
