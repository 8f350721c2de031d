package org.invoicelens.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * What stands behind one key of a configuration.
 *
 * <p>Each reading method returns the value where it is there and right, and otherwise nothing: the
 * caller puts the default there and goes on. What is there and wrong is noted among the faults.
 */
final class Value {

  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]{1,18}(\\.[0-9]{0,18})?|\\.[0-9]{1,18})([eE][-+]?[0-9]{1,2})?");

  private final Faults faults;
  private final String path;
  private final Optional<Node> node;

  Value(Faults faults, String path, Optional<Node> node) {
    this.faults = faults;
    this.path = path;
    this.node = node;
  }

  boolean isPresent() {
    return node.isPresent();
  }

  /** Text that is not blank, of one line. */
  Optional<String> text() {
    return line().filter(text -> isNot(text.isBlank(), Refusal.of("value.blank")));
  }

  /** Text that the check lets pass. */
  Optional<String> text(Function<String, Optional<Refusal>> check) {
    return text().filter(text -> passes(check.apply(text)));
  }

  /** Text of any length, blank or not. */
  Optional<String> anyText() {
    return scalar()
        .filter(scalar ->
            isNot(
                Tag.BOOL.equals(scalar.getTag()), Refusal.of("value.notAText", scalar.getValue())))
        .map(ScalarNode::getValue);
  }

  /** Text of any length that the check lets pass. */
  Optional<String> anyText(Function<String, Optional<Refusal>> check) {
    return anyText().filter(text -> passes(check.apply(text)));
  }

  private Optional<String> line() {
    return anyText()
        .filter(text ->
            isNot(text.chars().anyMatch(Character::isISOControl), Refusal.of("value.notOneLine")));
  }

  /** A whole number within bounds, both included. */
  Optional<Long> whole(long least, long most) {
    return scalar()
        .filter(scalar ->
            isNot(
                !scalar.isPlain() || !WHOLE.matcher(scalar.getValue()).matches(),
                Refusal.of("value.notWhole", shown(scalar), Long.toString(Math.max(least, 1)))))
        .map(scalar -> Long.parseLong(scalar.getValue()))
        .filter(number ->
            isNot(
                number < least || number > most,
                Refusal.of(
                    "value.wholeOutside",
                    Long.toString(number),
                    Long.toString(least),
                    Long.toString(most))));
  }

  /** A decimal number within bounds, the upper one included. */
  Optional<Double> decimal(Bound least, double most) {
    return scalar()
        .filter(scalar ->
            isNot(
                !scalar.isPlain() || !DECIMAL.matcher(scalar.getValue()).matches(),
                Refusal.of("value.notANumber", shown(scalar))))
        .map(scalar -> Double.parseDouble(scalar.getValue()))
        .filter(number ->
            isNot(
                !least.admits(number) || number > most,
                Refusal.of(
                    least.included() ? "value.below" : "value.notAbove",
                    plain(number),
                    plain(least.value()),
                    plain(most))));
  }

  /** {@code true} or {@code false}. */
  Optional<Boolean> flag() {
    return scalar()
        .filter(scalar ->
            isNot(
                !scalar.isPlain() || !scalar.getValue().matches("true|false"),
                Refusal.of("value.notATruthValue", shown(scalar))))
        .map(scalar -> Boolean.valueOf(scalar.getValue()));
  }

  /** One of several words. */
  <T> Optional<T> choice(Map<String, T> choices) {
    return scalar()
        .filter(scalar ->
            isNot(
                !choices.containsKey(scalar.getValue()),
                Refusal.of(
                    "value.noChoice",
                    shown(scalar),
                    Spelling.suggest(scalar.getValue(), choices.keySet()))))
        .map(scalar -> choices.get(scalar.getValue()));
  }

  /** A list; each element can be read as a value of its own. */
  Optional<List<Value>> list() {
    return written()
        .filter(value -> isNot(!(value instanceof SequenceNode), Refusal.of("value.notAList")))
        .map(value -> elements((SequenceNode) value));
  }

  /** A section of keys. */
  Optional<MappingNode> mapping() {
    return written()
        .filter(value -> isNot(!(value instanceof MappingNode), Refusal.of("value.notASection")))
        .map(MappingNode.class::cast);
  }

  /** Reads a section of keys. */
  <T> Optional<T> section(Function<Section, T> reader) {
    return mapping().map(mapping -> Section.read(mapping, faults, path, reader));
  }

  /** Notes that this value cannot be used. */
  void refuse(Refusal why) {
    faults.add(place(), path, why);
  }

  /** Whether nothing is refused; what is, is noted. */
  boolean passes(Optional<Refusal> refusal) {
    refusal.ifPresent(this::refuse);
    return refusal.isEmpty();
  }

  private Optional<ScalarNode> scalar() {
    return written()
        .filter(value -> isNot(!(value instanceof ScalarNode), Refusal.of("value.notSingle")))
        .map(ScalarNode.class::cast);
  }

  /** The node, unless nothing is written behind the key. */
  private Optional<Node> written() {
    return node.filter(
        value -> isNot(Tag.NULL.equals(value.getTag()), Refusal.of("value.nothing")));
  }

  private List<Value> elements(SequenceNode sequence) {
    List<Value> elements = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      elements.add(new Value(faults, path + "[" + elements.size() + "]", Optional.of(element)));
    }
    return elements;
  }

  private boolean isNot(boolean wrong, Refusal why) {
    if (wrong) {
      refuse(why);
    }
    return !wrong;
  }

  private Mark place() {
    return node.orElseThrow().getStartMark();
  }

  private static String shown(ScalarNode scalar) {
    String text = scalar.getValue().strip();
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }

  private static String plain(double number) {
    return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
  }

  /**
   * The lower end of a range of numbers.
   *
   * @param value the end
   * @param included whether the end itself is within
   */
  record Bound(double value, boolean included) {

    static Bound from(double value) {
      return new Bound(value, true);
    }

    static Bound above(double value) {
      return new Bound(value, false);
    }

    boolean admits(double number) {
      return included ? number >= value : number > value;
    }
  }
}
