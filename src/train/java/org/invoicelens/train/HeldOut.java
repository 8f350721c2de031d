package org.invoicelens.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The slips that a model is measured by; no seed of training makes their vendors. */
enum HeldOut {
  /** Layouts and fonts of training. */
  FAMILIAR(Half.TRAINING),
  /** Layouts and fonts that training never shows. */
  STRANGE(Half.HELD_OUT);

  static final long SEED = 424_242;
  static final int WIDTH = 176;
  static final int HEIGHT = 224;

  private final SlipSource source;

  HeldOut(Half prints) {
    source = new SlipSource(SEED, Half.HELD_OUT, prints);
  }

  SlipSource source() {
    return source;
  }

  /** The slip of a number, worn so. */
  Slip slip(long number, Wear wear) {
    return source.slip(number, WIDTH, HEIGHT, SlipSource.Look.ANY.worn(wear));
  }

  static List<String> names() {
    return Arrays.stream(values()).map(set -> set.name().toLowerCase(Locale.ROOT)).toList();
  }
}
