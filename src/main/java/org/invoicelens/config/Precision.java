package org.invoicelens.config;

import java.util.Arrays;
import java.util.Optional;
import org.invoicelens.stage.Words;

/** How the linear layers of the text decoder keep their weights. */
public enum Precision {
  FLOAT32("float32", 32),
  BFLOAT16("bfloat16", 16),
  /** Eight-bit integers with one scale for each output channel. */
  INT8("int8", 8),
  /** Eight-bit floats (E4M3) with one scale for each output channel. */
  FP8("fp8", 8),
  /** Four-bit codes of the normal distribution with one scale for each block of 64. */
  NF4("nf4", 4),
  /** Four-bit integers with one scale for each group. */
  INT4("int4", 4);

  private static final Words WORDS = Words.of(Precision.class);

  private final String id;
  private final int bits;

  Precision(String id, int bits) {
    this.id = id;
    this.bits = bits;
  }

  /** The precision of that name, exactly as in configuration files. */
  public static Optional<Precision> byId(String id) {
    return Arrays.stream(values()).filter(precision -> precision.id.equals(id)).findFirst();
  }

  /** The name in configuration files and on the command line. */
  public String id() {
    return id;
  }

  /** Bits of one weight, its share of the scales not counted. */
  public int bits() {
    return bits;
  }

  /** The name as a user reads it. */
  public String title() {
    return WORDS.text("precision." + id);
  }

  /** Whether weights are packed, so that they are unpacked when used. */
  public boolean isQuantized() {
    return bits <= 8;
  }
}
