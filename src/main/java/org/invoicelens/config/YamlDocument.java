package org.invoicelens.config;

import java.io.StringReader;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Turns YAML into nodes that know their place, within limits a configuration never reaches: ten
 * aliases, twenty levels, one document, no tags but those of the YAML core schema. Nothing is
 * constructed from tags.
 */
final class YamlDocument {

  private static final int MOST_ALIASES = 10;
  private static final int MOST_LEVELS = 20;
  private static final Set<String> CORE_TAGS =
      Set.of(
          Tag.STR.getValue(),
          Tag.INT.getValue(),
          Tag.FLOAT.getValue(),
          Tag.BOOL.getValue(),
          Tag.NULL.getValue(),
          Tag.MAP.getValue(),
          Tag.SEQ.getValue());

  private YamlDocument() {}

  /** The mapping at the root; nothing where the faults say why. */
  static Optional<MappingNode> parse(String text, Faults faults) {
    try {
      inspect(text, faults);
      return faults.isEmpty() ? root(text, faults) : Optional.empty();
    } catch (MarkedYAMLException e) {
      faults.add(
          e.getProblemMark(),
          "",
          Refusal.of(
              "yaml.invalid",
              (e.getContext() == null ? "" : e.getContext() + ", ") + e.getProblem().strip()));
    } catch (ReaderException e) {
      String head = text.substring(0, text.offsetByCodePoints(0, e.getPosition()));
      faults.add(
          (int) head.chars().filter(c -> c == '\n').count() + 1,
          head.length() - head.lastIndexOf('\n'),
          "",
          Refusal.of("yaml.character", "U+%04X".formatted(e.getCodePoint())));
    }
    return Optional.empty();
  }

  /** Checks the limits on the stream of events, before aliases or depth can cost anything. */
  private static void inspect(String text, Faults faults) {
    int aliases = 0;
    int level = 0;
    int documents = 0;
    for (Event event : new Yaml().parse(new StringReader(text))) {
      if (event instanceof DocumentStartEvent && ++documents == 2) {
        faults.add(event.getStartMark(), "", Refusal.of("yaml.secondDocument"));
      } else if (event instanceof AliasEvent && ++aliases == MOST_ALIASES + 1) {
        faults.add(event.getStartMark(), "", Refusal.of("yaml.aliases", MOST_ALIASES));
      } else if (event instanceof ScalarEvent scalar) {
        refuseTag(scalar.getTag(), event, faults);
      } else if (event instanceof CollectionEndEvent) {
        level--;
      } else if (event instanceof CollectionStartEvent start) {
        refuseTag(start.getTag(), event, faults);
        if (++level == MOST_LEVELS + 1) {
          faults.add(event.getStartMark(), "", Refusal.of("yaml.levels", MOST_LEVELS));
          return;
        }
      }
    }
  }

  private static void refuseTag(String tag, Event event, Faults faults) {
    if (tag != null && !tag.equals("!") && !CORE_TAGS.contains(tag)) {
      faults.add(event.getStartMark(), "", Refusal.of("yaml.tag", tag));
    }
  }

  private static Optional<MappingNode> root(String text, Faults faults) {
    Node node = new Yaml().compose(new StringReader(text));
    if (node instanceof MappingNode mapping) {
      return Optional.of(mapping);
    }
    if (node == null || Tag.NULL.equals(node.getTag())) {
      faults.add(1, 1, "", Refusal.of("yaml.empty"));
    } else {
      faults.add(node.getStartMark(), "$", Refusal.of("yaml.noKeys"));
    }
    return Optional.empty();
  }
}
