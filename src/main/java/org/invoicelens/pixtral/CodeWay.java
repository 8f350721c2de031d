package org.invoicelens.pixtral;

import org.invoicelens.config.Precision;

/** How {@link RowLoop} makes numbers of 16 bits of codes that have fewer. */
enum CodeWay {

  /** Codes of int8 are numbers, and are widened. */
  WIDEN(0, 4),

  /**
   * The four codes in 16 bits are taken apart, and are numbers: int4 counts from eight below zero,
   * and what these make of a block of the input is a vector more.
   */
  COUNT(1, 5),

  /** The four codes in 16 bits are taken apart, and looked up. For vectors of 512 bits. */
  LOOK_SHORTS_UP(1, 4),

  /** Codes are looked up in two tables, one of low bytes and one of high ones. */
  LOOK_BYTES_UP(3, 4);

  private final int constants;
  private final int vectors;

  CodeWay(int constants, int vectors) {
    this.constants = constants;
    this.vectors = vectors;
  }

  /**
   * The way for codes of a precision.
   *
   * @param precision INT8, INT4 or NF4
   */
  static CodeWay of(Precision precision, int vectorBytes) {
    return switch (precision) {
      case INT8 -> WIDEN;
      case INT4 -> COUNT;
      case NF4 -> vectorBytes == 64 ? LOOK_SHORTS_UP : LOOK_BYTES_UP;
      case BFLOAT16, FP8, FLOAT32 -> throw new IllegalArgumentException("for " + precision);
    };
  }

  /** Vectors of masks and tables, which stand before the input. */
  int constants() {
    return constants;
  }

  /** Vectors for each block of the input: its numbers fill four. */
  int vectors() {
    return vectors;
  }

  /**
   * The place in a block of the input's number that is multiplied with a code. Of two codes in a
   * byte the first is in the high half.
   *
   * @param lanes numbers in a vector
   */
  int place(int code, int lanes) {
    return switch (this) {
      case WIDEN -> code;
      case COUNT, LOOK_SHORTS_UP -> (code % 4 ^ 1) * lanes + code / 4;
      case LOOK_BYTES_UP -> {
        // bytes are widened eight of sixteen at a time
        int inByte = code % 2;
        int at = code / 2;
        yield (2 * inByte + at % 16 / 8) * lanes + at / 16 * 8 + at % 8;
      }
    };
  }
}
