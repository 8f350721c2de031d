package org.invoicelens.pixtral;

import java.util.Collection;
import java.util.stream.IntStream;

/**
 * How {@link ByteMachineCode} finds the values of tokens and of a weight's rows: whole numbers of
 * eight bits, in groups that share a scale.
 *
 * <p>A panel is {@code [groups][ofPanel][tokens]} words: where sums begin, scales in float32, then
 * values. A row is {@code [groups][ofRow]}: a scale in float32, then values. The larger the groups,
 * the fewer scales there are to multiply by, and the more values share the steps of a large one.
 *
 * @param values of a group: 64, 128 or 256
 */
record ByteGroups(int values) {

  /** What values are unpacked by: none of a weight's own groups is smaller. */
  static final int LEAST = 64;

  /** The most columns that are multiplied in one call: rows of a block stay near then. */
  static final int COLUMNS = 5120;

  /** Words that a token has in a panel before the values of a group. */
  static final int BEFORE_VALUES = 2;

  /**
   * Groups for weights of such forms: small ones for eight bits, which lose little themselves; for
   * four bits the largest that rows are whole ones of.
   */
  static ByteGroups of(Collection<PackedForm> forms) {
    return IntStream.of(256, 128)
        .filter(values ->
            forms.stream()
                .allMatch(form -> form.precision().bits() == 4 && form.columns() % values == 0))
        .mapToObj(ByteGroups::new)
        .findFirst()
        .orElse(new ByteGroups(LEAST));
  }

  /** Words that the values of a group are. */
  int words() {
    return values / Integer.BYTES;
  }

  /** Words of a group in a row. */
  int ofRow() {
    return 1 + words();
  }

  /** Words that a token has in a panel for a group. */
  int ofPanel() {
    return BEFORE_VALUES + words();
  }

  /** From one row of a block to the next, in words. */
  int rowWords() {
    return COLUMNS / values * ofRow() + 16;
  }
}
