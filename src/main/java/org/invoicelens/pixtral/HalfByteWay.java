package org.invoicelens.pixtral;

import org.invoicelens.config.Precision;

/**
 * How {@link RowLoop} makes numbers of 16 bits of codes of four, of which a vector has as many as
 * four vectors of such numbers.
 */
enum HalfByteWay {

  /**
   * The four codes in 16 bits are taken apart, and are the numbers: int4 counts from eight below
   * zero, and what these make of a block of the input is a fifth vector.
   */
  COUNT(1, 5),

  /** The four codes in 16 bits are taken apart, and looked up. For 512 bits. */
  LOOK_SHORTS_UP(1, 4),

  /** Codes are looked up in two tables, one of low bytes and one of high ones. */
  LOOK_BYTES_UP(3, 4);

  private final int constants;
  private final int vectors;

  HalfByteWay(int constants, int vectors) {
    this.constants = constants;
    this.vectors = vectors;
  }

  static HalfByteWay of(Precision precision, int vectorBytes) {
    if (precision == Precision.INT4) {
      return COUNT;
    }
    return vectorBytes == 64 ? LOOK_SHORTS_UP : LOOK_BYTES_UP;
  }

  /** Vectors that stand before the input. */
  int constants() {
    return constants;
  }

  /** Vectors for each block of the input. */
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
    if (this != LOOK_BYTES_UP) {
      return (code % 4 ^ 1) * lanes + code / 4;
    }
    // bytes are widened eight of sixteen at a time
    int inByte = code % 2;
    int at = code / 2;
    return (2 * inByte + at % 16 / 8) * lanes + at / 16 * 8 + at % 8;
  }
}
