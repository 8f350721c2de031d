package org.invoicelens.pixtral;

import static org.invoicelens.assembler.Assembler.Register.R8;
import static org.invoicelens.assembler.Assembler.Register.R9;
import static org.invoicelens.assembler.Assembler.Register.RCX;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.invoicelens.assembler.Assembler;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.config.Precision;

/**
 * Rows of packed weights turned into bytes as {@link ByteMachineCode} takes them, in machine code.
 *
 * <p>Codes of eight bits are the whole numbers that are multiplied. What the codes of four bits
 * stand for is rounded to whole numbers for the largest scale in a group of {@link ByteGroups}: a
 * table of sixteen for each share of it that a weight's own groups in there have. Calls may come
 * from several threads.
 */
final class ByteUnpacker implements AutoCloseable {

  /** The largest whole number. */
  private static final int MOST = 127;

  /** Codes of four bits. */
  private static final int CODES = 16;

  /** The bits of a number of float32 without its sign. */
  private static final int MAGNITUDE = 0x7fffffff;

  // Registers of constants.
  private static final int OFFSETS = 0;
  private static final int LOW_MASK = 1;
  private static final int HIGH_MASK = 2;
  private static final int ORDER = 3;

  /** The first of what the codes stand for, as whole numbers for the largest scale. */
  private static final int VALUES = 4;

  /** How far ahead memory is asked for codes, in bytes. */
  private static final int AHEAD = 2048;

  /** Bytes that memory is asked for at once. */
  private static final int LINE = 64;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);

  private final Precision precision;
  private final ByteGroups groups;
  private final MachineCode code;

  /** Vectors of constants. */
  private final MemorySegment constants;

  private ByteUnpacker(Precision precision, ByteGroups groups, int vectorBytes, MachineCode code) {
    this.precision = precision;
    this.groups = groups;
    this.code = code;
    this.constants =
        MemorySegment.ofArray(
            isHalf(precision) ? constants(precision, vectorBytes) : offsets(vectorBytes));
  }

  private static boolean isHalf(Precision precision) {
    return precision != Precision.INT8;
  }

  /** Whether weights of such a form can be unpacked to groups of bytes. */
  static boolean takes(PackedForm form) {
    return form.columns() % ByteGroups.LEAST == 0
        && switch (form.precision()) {
          case INT8 -> true;
          case NF4, INT4 ->
              form.columns() % form.group() == 0 && form.group() % ByteGroups.LEAST == 0;
          case FP8, BFLOAT16, FLOAT32 -> false;
        };
  }

  /**
   * The code for a precision; empty where the system does not allow it.
   *
   * @param precision INT8, NF4 or INT4
   * @param vectorBytes a width of vectors that this processor has
   */
  static Optional<ByteUnpacker> of(Precision precision, ByteGroups groups, int vectorBytes) {
    return MachineCode.of(code(isHalf(precision), groups, vectorBytes), TYPE)
        .map(made -> new ByteUnpacker(precision, groups, vectorBytes, made));
  }

  // Codes are in RDI, shares of scales in RSI, bytes go to RDX, RCX counts groups, constants are in
  // R8, and scales in R9.

  private static byte[] code(boolean half, ByteGroups groups, int vectorBytes) {
    Assembler to = new Assembler(vectorBytes);
    int constants = half ? VALUES + valueVectors(vectorBytes) : OFFSETS + 1;
    for (int i = 0; i < constants; i++) {
      to.load(i, R8, i * vectorBytes);
    }
    int table = constants;
    int first = constants + 1;
    int second = constants + 2;
    int perByte = half ? 2 : 1;
    int group = to.here();
    // the scale in all lanes: the group's bytes follow over all but one
    to.broadcast(first, R9, 0);
    to.store(first, RDX, 0);
    for (int done = 0; done < groups.values(); done += vectorBytes) {
      if (half) {
        if (done % ByteGroups.LEAST == 0) {
          to.broadcast(second, RSI, done / ByteGroups.LEAST * Float.BYTES);
          makeTable(to, table, first, second);
        }
        // of a byte the high half comes first
        to.loadBytesAsShorts(second, RDI, done / 2);
        to.shiftShortsRight(first, second, 4);
        to.shiftShortsLeft(second, second, Byte.SIZE);
        to.and(first, first, LOW_MASK);
        to.and(second, second, HIGH_MASK);
        to.or(first, first, second);
        to.look(first, table, first);
      } else {
        to.load(first, RDI, done);
        to.differ(first, first, OFFSETS);
      }
      to.store(first, RDX, Float.BYTES + done);
    }
    for (int line = 0; line < groups.values() / perByte; line += LINE) {
      to.prefetch(RDI, AHEAD + line);
    }
    to.add(RDI, groups.values() / perByte);
    to.add(RSI, groups.values() / ByteGroups.LEAST * Float.BYTES);
    to.add(R9, Float.BYTES);
    to.add(RDX, groups.ofRow() * Integer.BYTES);
    to.repeat(RCX, group);
    to.leave();
    return to.code();
  }

  /** Turns a share of the largest scale into the sixteen whole numbers, in each 128 bits. */
  private static void makeTable(Assembler to, int table, int scratch, int share) {
    int last = table - 1;
    to.multiply(scratch, VALUES, share);
    to.floatsToInts(table, scratch);
    to.multiply(scratch, last, share);
    to.floatsToInts(scratch, scratch);
    to.packInts(table, table, scratch);
    to.packShorts(table, table, table);
    to.differ(table, table, OFFSETS);
    to.order(table, ORDER, table);
  }

  private static int valueVectors(int vectorBytes) {
    return CODES * Float.BYTES / vectorBytes;
  }

  /** What adds the offset to bytes with a sign. */
  private static byte[] offsets(int vectorBytes) {
    byte[] offsets = new byte[vectorBytes];
    Arrays.fill(offsets, (byte) ByteMachineCode.OFFSET);
    return offsets;
  }

  private static byte[] constants(Precision precision, int vectorBytes) {
    ByteBuffer constants =
        ByteBuffer.allocate((VALUES + valueVectors(vectorBytes)) * vectorBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(offsets(vectorBytes));
    for (int mask : new int[] {0x000f, 0x0f00}) {
      for (int i = 0; i < vectorBytes / Short.BYTES; i++) {
        constants.putShort((short) mask);
      }
    }
    // of packed numbers four lie in each 128 bits, or twice four
    int parts = vectorBytes / 16;
    for (int i = 0; i < vectorBytes / Integer.BYTES; i++) {
      constants.putInt(i % 4 % parts * 4 + i % 4 / parts);
    }
    for (float value :
        (precision == Precision.NF4 ? CodeBook.normalFloat() : CodeBook.integers()).values()) {
      constants.putFloat(value * one(precision));
    }
    return constants.array();
  }

  /** What 1 is in the whole numbers that stand for a precision's values. */
  static float one(Precision precision) {
    return switch (precision) {
      case NF4 -> MOST;
      // a whole number, so that the integers stay what they are for the largest scale
      case INT4 -> MOST / 7;
      default -> 1;
    };
  }

  /**
   * Unpacks columns of a row.
   *
   * @param weight of a form that is taken, in this precision
   * @param from the first column; with the number of columns a multiple of the form's group, and of
   *     those that are multiplied
   * @param into {@code [groups][ofRow]} words
   */
  void unpack(PackedWeight weight, int row, int from, int columns, MemorySegment into) {
    float[] scales = new float[columns / groups.values()];
    float[] shares = {};
    if (isHalf(precision)) {
      shares = scales(weight, row, from, columns);
      share(shares, scales);
    } else {
      float[] ofRow = new float[1];
      weight.scales(row, ofRow);
      Arrays.fill(scales, ofRow[0]);
    }
    long number = row * weight.form().columns() + from;
    try {
      code.handle()
          .invokeExact(
              weight.codes().asSlice(number * precision.bits() / Byte.SIZE),
              MemorySegment.ofArray(shares),
              into,
              (long) scales.length,
              constants,
              MemorySegment.ofArray(scales));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The scale of each of the smallest groups. */
  private static float[] scales(PackedWeight weight, int row, int from, int columns) {
    int group = Math.toIntExact(weight.form().group());
    float[] scales = new float[columns / group];
    weight.scales(row, from, scales);
    int times = group / ByteGroups.LEAST;
    if (times == 1) {
      return scales;
    }
    float[] all = new float[scales.length * times];
    for (int i = 0; i < scales.length; i++) {
      Arrays.fill(all, i * times, (i + 1) * times, scales[i]);
    }
    return all;
  }

  /** Tells the largest scale of each group, and has scales as shares of it. */
  private static void share(float[] scales, float[] largest) {
    int each = scales.length / largest.length;
    for (int group = 0; group < largest.length; group++) {
      // by its bits, as which numbers without a sign have the same order: much faster
      int bits = 0;
      for (int i = group * each; i < (group + 1) * each; i++) {
        bits = Math.max(bits, Float.floatToRawIntBits(scales[i]) & MAGNITUDE);
      }
      float most = Float.intBitsToFloat(bits);
      largest[group] = most;
      float inverse = most < ByteKernel.LEAST ? 0 : 1 / most;
      for (int i = group * each; i < (group + 1) * each; i++) {
        scales[i] *= inverse;
      }
    }
  }

  /** Frees the code; no row may be under way. */
  @Override
  public void close() {
    code.close();
  }
}
