package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.List;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsType;

/**
 * How a linear layer's weight, {@code [rows, columns]}, is kept in few bits: its codes, and the
 * scales that turn them into numbers.
 *
 * <p>Eight bits: a code for each value, a scale for each row. Four bits: two codes in a byte, the
 * first in its high half, and a scale for each {@code group} of values that follow each other. With
 * {@code doubleQuant} the scales of nf4 are codes themselves, one largest value for each 256 of
 * them and one offset for all.
 *
 * @param precision a quantised one, or bfloat16 for a weight that is kept as it is
 * @param rows outputs of the layer
 * @param columns inputs of the layer
 * @param group values that share a scale; for eight bits all of a row
 * @param doubleQuant whether the scales are codes
 */
record PackedForm(Precision precision, long rows, long columns, long group, boolean doubleQuant) {

  /** Codes of scales that share a largest value. */
  static final int SCALES = 256;

  /**
   * A tensor of a packed weight.
   *
   * @param suffix what follows the weight's name in the tensor's
   */
  record Part(String suffix, SafetensorsType type, long... shape) {

    /** How much room it takes, in bytes. */
    long bytes() {
      long bytes = type.size();
      for (long dimension : shape) {
        bytes *= dimension;
      }
      return bytes;
    }
  }

  /**
   * The form of a weight.
   *
   * @param shape {@code [rows, columns]}
   */
  static PackedForm of(long[] shape, LoadOptions options) {
    Precision precision = options.precision();
    boolean four = precision.bits() == 4;
    return new PackedForm(
        precision,
        shape[0],
        shape[1],
        four ? group(precision, options.groupSize(), shape[0], shape[1]) : shape[1],
        precision == Precision.NF4 && options.doubleQuant());
  }

  /** The form of a weight of two bytes a value, without scales. */
  static PackedForm bfloat16(long rows, long columns) {
    return new PackedForm(Precision.BFLOAT16, rows, columns, columns, false);
  }

  /**
   * Values that share a scale: the configured number, or the largest power of two below that
   * divides the weight. Groups of int4 do not cross rows, blocks of nf4 may.
   */
  private static long group(Precision precision, int configured, long rows, long columns) {
    long values = precision == Precision.NF4 ? rows * columns : columns;
    long group = Integer.highestOneBit(configured);
    while (values % group != 0) {
      group /= 2;
    }
    return group;
  }

  /** The same with another number of rows. */
  PackedForm ofRows(long count) {
    return new PackedForm(precision, count, columns, group, doubleQuant);
  }

  /** How many scales there are. */
  long scales() {
    return rows * columns / group;
  }

  /** The tensors, the codes first. */
  List<Part> parts() {
    if (!precision.isQuantized()) {
      // bytes, for bfloat16 cannot cross the border to native code
      return List.of(new Part("", SafetensorsType.U8, rows, columns * Short.BYTES));
    }
    List<Part> parts = new ArrayList<>();
    if (precision.bits() == 4) {
      parts.add(new Part("", SafetensorsType.U8, rows, columns / 2));
    } else {
      // fp8 has no type of its own at the border to native code
      boolean integers = precision == Precision.INT8;
      parts.add(new Part("", integers ? SafetensorsType.I8 : SafetensorsType.U8, rows, columns));
    }
    if (doubleQuant) {
      parts.add(new Part(".scale", SafetensorsType.U8, scales()));
      long largest = (scales() + SCALES - 1) / SCALES;
      parts.add(new Part(".scale.max", SafetensorsType.F32, largest));
      parts.add(new Part(".scale.offset", SafetensorsType.F32, 1));
    } else {
      parts.add(new Part(".scale", SafetensorsType.F32, scales()));
    }
    return parts;
  }

  /** What all parts take, in bytes. */
  long bytes() {
    return parts().stream().mapToLong(Part::bytes).sum();
  }
}
