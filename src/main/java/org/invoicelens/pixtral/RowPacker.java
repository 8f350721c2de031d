package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Packs rows of a weight on the processor's cores, each in one go while it is near.
 *
 * <p>Codes and scales are to the bit those that the program makes with PyTorch's functions, which
 * go over all values once for every step. For fp8, and for blocks that cross rows, there is only
 * the program.
 */
final class RowPacker {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final float[] THRESHOLDS = CodeBook.normalFloat().thresholds();

  /** Steps into which the values of nf4 are sorted to find their code. */
  private static final int STEPS = 1024;

  /** The lowest code that a value of a step can have; at most one threshold is beyond. */
  private static final byte[] LOWEST = lowest();

  private final PackedForm form;

  RowPacker(PackedForm form) {
    this.form = form;
  }

  static boolean takes(PackedForm form) {
    return switch (form.precision()) {
      case INT8 -> true;
      case NF4, INT4 -> form.columns() % form.group() == 0 && form.group() % 2 == 0;
      case FP8, FLOAT32, BFLOAT16 -> false;
    };
  }

  private static byte[] lowest() {
    byte[] lowest = new byte[STEPS + 1];
    for (int step = 0; step <= STEPS; step++) {
      // a step less, for a value may have been rounded into its step
      float below = (step - 1) * (2f / STEPS) - 1;
      while (lowest[step] < THRESHOLDS.length && THRESHOLDS[lowest[step]] < below) {
        lowest[step]++;
      }
    }
    return lowest;
  }

  /**
   * Packs rows.
   *
   * @param raw their bytes
   * @param type PyTorch's number for their type
   * @param headRows as in {@link Checkpoint.Weight}
   * @param codes where the first row's codes go
   * @return their scales
   */
  float[] pack(MemorySegment raw, int type, int rows, int headRows, MemorySegment codes) {
    int columns = Math.toIntExact(form.columns());
    int perRow = Math.toIntExact(form.columns() / form.group());
    float[] scales = new float[rows * perRow];
    IntStream.range(0, rows)
        .parallel()
        .forEach(row -> {
          float[] values = read(raw, type, source(row, headRows), columns);
          switch (form.precision()) {
            case INT8 -> scales[row] = int8(values, codes, (long) row * columns);
            case NF4 -> nf4(values, codes, (long) row * columns / 2, scales, row * perRow);
            default -> int4(values, codes, (long) row * columns / 2, scales, row * perRow);
          }
        });
    return scales;
  }

  /** Where a row comes from: pairs that lie side by side in a head are put apart. */
  private static int source(int row, int headRows) {
    if (headRows == 0) {
      return row;
    }
    int inHead = row % headRows;
    int half = headRows / 2;
    return row - inHead + 2 * (inHead % half) + inHead / half;
  }

  private static float[] read(MemorySegment raw, int type, int row, int columns) {
    float[] values = new float[columns];
    if (type == Checkpoint.FLOAT32) {
      MemorySegment.copy(raw, FLOAT, (long) row * columns * Float.BYTES, values, 0, columns);
      return values;
    }
    short[] halves = new short[columns];
    MemorySegment.copy(raw, SHORT, (long) row * columns * Short.BYTES, halves, 0, columns);
    if (type == Checkpoint.BFLOAT16) {
      for (int i = 0; i < columns; i++) {
        values[i] = Float.intBitsToFloat(halves[i] << 16);
      }
    } else {
      for (int i = 0; i < columns; i++) {
        values[i] = Float.float16ToFloat(halves[i]);
      }
    }
    return values;
  }

  private static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static float int8(float[] values, MemorySegment codes, long at) {
    float scale = largest(values, 0, values.length) / 127;
    float divisor = scale == 0 ? 1 : scale;
    byte[] row = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      row[i] = (byte) nearest(values[i] / divisor, 127);
    }
    MemorySegment.copy(row, 0, codes, ValueLayout.JAVA_BYTE, at, row.length);
    return scale;
  }

  private void int4(float[] values, MemorySegment codes, long at, float[] scales, int first) {
    int group = (int) form.group();
    byte[] row = new byte[values.length / 2];
    for (int from = 0; from < values.length; from += group) {
      float scale = largest(values, from, from + group) / 7;
      float divisor = scale == 0 ? 1 : scale;
      scales[first + from / group] = scale;
      for (int i = from; i < from + group; i += 2) {
        int high = nearest(values[i] / divisor, 7) + 8;
        int low = nearest(values[i + 1] / divisor, 7) + 8;
        row[i / 2] = (byte) (high << 4 | low);
      }
    }
    MemorySegment.copy(row, 0, codes, ValueLayout.JAVA_BYTE, at, row.length);
  }

  /** The nearest whole number, the even one of two, and none beyond the largest. */
  private static int nearest(float value, int largest) {
    return (int) Math.clamp(Math.rint(value), -largest, largest);
  }

  private void nf4(float[] values, MemorySegment codes, long at, float[] scales, int first) {
    int group = (int) form.group();
    byte[] row = new byte[values.length / 2];
    for (int from = 0; from < values.length; from += group) {
      float largest = largest(values, from, from + group);
      float inverse = 1 / (largest == 0 ? 1 : largest);
      scales[first + from / group] = largest;
      for (int i = from; i < from + group; i += 2) {
        int high = normal(values[i] * inverse);
        int low = normal(values[i + 1] * inverse);
        row[i / 2] = (byte) (high << 4 | low);
      }
    }
    MemorySegment.copy(row, 0, codes, ValueLayout.JAVA_BYTE, at, row.length);
  }

  /** How many thresholds a value from -1 to 1 exceeds. */
  private static int normal(float value) {
    int step = (int) ((value + 1) * (STEPS / 2f));
    int code = LOWEST[Math.clamp(step, 0, STEPS)];
    while (code < THRESHOLDS.length && value > THRESHOLDS[code]) {
      code++;
    }
    return code;
  }
}
