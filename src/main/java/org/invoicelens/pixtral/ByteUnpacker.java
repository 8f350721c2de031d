package org.invoicelens.pixtral;

import static org.invoicelens.assembler.Assembler.Register.R8;
import static org.invoicelens.assembler.Assembler.Register.RCX;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.invoicelens.assembler.Assembler;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.config.Precision;

/**
 * Rows of packed weights turned into bytes as {@link ByteMachineCode} takes them, in machine code.
 *
 * <p>Codes of eight bits, and of int4, are the whole numbers that are multiplied. The sixteen
 * values of nf4 are taken in steps of a 127th. Calls may come from several threads.
 */
final class ByteUnpacker implements AutoCloseable {

  /** What 1 is in the whole numbers that stand for nf4. */
  private static final int ONE = 127;

  /** How far ahead memory is asked for codes, in bytes. */
  private static final int AHEAD = 2048;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS);

  private final Precision precision;
  private final MachineCode code;

  /** Vectors of constants. */
  private final MemorySegment constants;

  private ByteUnpacker(Precision precision, int vectorBytes, MachineCode code) {
    this.precision = precision;
    this.code = code;
    this.constants =
        MemorySegment.ofArray(
            precision == Precision.INT8 ? offsets(vectorBytes) : tables(precision, vectorBytes));
  }

  /** Whether weights of such a form can be unpacked to groups of bytes. */
  static boolean takes(PackedForm form) {
    return form.columns() % ByteMachineCode.GROUP == 0
        && switch (form.precision()) {
          case INT8 -> true;
          case NF4, INT4 ->
              form.columns() % form.group() == 0 && form.group() % ByteMachineCode.GROUP == 0;
          case FP8, BFLOAT16, FLOAT32 -> false;
        };
  }

  /**
   * The code for a precision; empty where the system does not allow it.
   *
   * @param precision INT8, NF4 or INT4
   * @param vectorBytes a width of vectors that this processor has
   */
  static Optional<ByteUnpacker> of(Precision precision, int vectorBytes) {
    return MachineCode.of(code(precision, vectorBytes), TYPE)
        .map(made -> new ByteUnpacker(precision, vectorBytes, made));
  }

  // Codes are in RDI, scales in RSI, bytes go to RDX, RCX counts groups, constants are in R8.

  private static byte[] code(Precision precision, int vectorBytes) {
    int lowMask = 0;
    int highMask = 1;
    int table = 2;
    int first = 3;
    int second = 4;
    Assembler to = new Assembler(vectorBytes);
    boolean half = precision != Precision.INT8;
    for (int constant = 0; constant < (half ? 3 : 1); constant++) {
      to.load(constant, R8, constant * vectorBytes);
    }
    int group = to.here();
    // the scale in all lanes: the group's bytes follow over all but one
    to.broadcast(first, RSI, 0);
    to.store(first, RDX, 0);
    for (int done = 0; done < ByteMachineCode.GROUP; done += vectorBytes) {
      if (half) {
        // of a byte the high half comes first
        to.loadBytesAsShorts(second, RDI, done / 2);
        to.shiftShortsRight(first, second, 4);
        to.shiftShortsLeft(second, second, Byte.SIZE);
        to.and(first, first, lowMask);
        to.and(second, second, highMask);
        to.or(first, first, second);
        to.look(first, table, first);
      } else {
        to.load(first, RDI, done);
        to.differ(first, first, lowMask);
      }
      to.store(first, RDX, Float.BYTES + done);
    }
    to.prefetch(RDI, AHEAD);
    to.add(RDI, ByteMachineCode.GROUP / (half ? 2 : 1));
    to.add(RSI, Float.BYTES);
    to.add(RDX, ByteMachineCode.ROW_GROUP * Integer.BYTES);
    to.repeat(RCX, group);
    to.leave();
    return to.code();
  }

  /** What adds the offset to bytes with a sign. */
  private static byte[] offsets(int vectorBytes) {
    byte[] offsets = new byte[vectorBytes];
    Arrays.fill(offsets, (byte) ByteMachineCode.OFFSET);
    return offsets;
  }

  /** The half of a code in each lower byte, in each upper one, and what the codes stand for. */
  private static byte[] tables(Precision precision, int vectorBytes) {
    byte[] tables = new byte[3 * vectorBytes];
    float[] values =
        (precision == Precision.NF4 ? CodeBook.normalFloat() : CodeBook.integers()).values();
    int one = one(precision);
    for (int i = 0; i < vectorBytes; i++) {
      tables[i % 2 * vectorBytes + i] = 0x0f;
      tables[2 * vectorBytes + i] =
          (byte) (Math.round(values[i % 16] * one) + ByteMachineCode.OFFSET);
    }
    return tables;
  }

  /** What 1 is in the whole numbers that stand for a precision's values. */
  static int one(Precision precision) {
    return precision == Precision.NF4 ? ONE : 1;
  }

  /**
   * Unpacks columns of a row.
   *
   * @param weight of a form that is taken, in this precision
   * @param from the first column; with the number of columns a multiple of the form's group
   * @param into {@code [groups][ROW_GROUP]} words
   */
  void unpack(PackedWeight weight, int row, int from, int columns, MemorySegment into) {
    PackedForm form = weight.form();
    int groups = columns / ByteMachineCode.GROUP;
    int share = Math.toIntExact(Math.min(form.group(), columns));
    float[] scales = new float[columns / share];
    weight.scales(row, precision == Precision.INT8 ? 0 : from, scales);
    if (share > ByteMachineCode.GROUP) {
      scales = repeated(scales, share / ByteMachineCode.GROUP);
    }
    long number = row * form.columns() + from;
    try {
      code.handle()
          .invokeExact(
              weight.codes().asSlice(number * precision.bits() / Byte.SIZE),
              MemorySegment.ofArray(scales),
              into,
              (long) groups,
              constants);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] repeated(float[] scales, int times) {
    float[] all = new float[scales.length * times];
    for (int i = 0; i < scales.length; i++) {
      Arrays.fill(all, i * times, (i + 1) * times, scales[i]);
    }
    return all;
  }

  /** Frees the code; no row may be under way. */
  @Override
  public void close() {
    code.close();
  }
}
