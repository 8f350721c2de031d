package org.invoicelens.train;

import java.util.List;
import java.util.stream.Stream;

/**
 * How the parts of a slip are set. One in five is held out: its three parts never meet in training.
 */
record SlipLayout(Head head, Facts facts, Sum sum) {

  /** How the vendor stands. */
  enum Head {
    PLAIN,
    /** Light on a dark band. */
    BAND,
    /** Beside a mark. */
    LOGO,
    /** Above a line. */
    RULED,
    BOXED
  }

  /** How number and date stand. */
  enum Facts {
    /** Label at the left edge, value at the right. */
    SPLIT,
    /** Label, then value. */
    INLINE,
    /** Label above value. */
    STACKED,
    /** Two columns, labels above values. */
    COLUMNS,
    /** One sentence. */
    SENTENCE
  }

  /** How the total stands. */
  enum Sum {
    SPLIT,
    INLINE,
    BAND,
    BOXED,
    STACKED
  }

  /** Which world this belongs to: each pair of parts occurs in training, but not each triple. */
  Half half() {
    return (head.ordinal() + 2 * facts.ordinal() + 3 * sum.ordinal()) % 5 == 4
        ? Half.HELD_OUT
        : Half.TRAINING;
  }

  /** All layouts of one world. */
  static List<SlipLayout> all(Half half) {
    return Stream.of(Head.values())
        .flatMap(head ->
            Stream.of(Facts.values())
                .flatMap(
                    facts -> Stream.of(Sum.values()).map(sum -> new SlipLayout(head, facts, sum))))
        .filter(layout -> layout.half() == half)
        .toList();
  }
}
