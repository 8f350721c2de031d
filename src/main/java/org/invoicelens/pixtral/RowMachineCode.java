package org.invoicelens.pixtral;

import static org.invoicelens.assembler.Assembler.Register.R10;
import static org.invoicelens.assembler.Assembler.Register.R11;
import static org.invoicelens.assembler.Assembler.Register.R8;
import static org.invoicelens.assembler.Assembler.Register.R9;
import static org.invoicelens.assembler.Assembler.Register.RAX;
import static org.invoicelens.assembler.Assembler.Register.RCX;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import org.invoicelens.assembler.Assembler;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.config.Precision;

/**
 * Products of rows of a weight with a vector, in machine code for one form of weights: whole
 * numbers of 16 bits are multiplied and added in pairs, for which Java has no name.
 *
 * <p>The input becomes whole numbers of 15 bits, in blocks with one scale, a power of two. Numbers
 * of bfloat16 down to a 64th of the largest of a block stay what they are; smaller ones are off by
 * a 32,768th of the largest at most, where bfloat16 itself is off by a 512th. Values of nf4 are off
 * by a 16,382th of their block's largest, int4 and int8 are exact. Sums within a block are exact,
 * those of blocks are in float32.
 *
 * <p>Calls may come from several threads.
 */
final class RowMachineCode implements AutoCloseable {

  /** Bits of the input's numbers, without the sign. */
  private static final int INPUT_BITS = 14;

  /**
   * What 1 is among the values of nf4: eight products of the largest numbers, which a lane adds up,
   * stay below 2 to the power of 31.
   */
  private static final int ONE = 8191;

  /** Inputs smaller than 2 to this power are taken for 0. */
  private static final int SMALLEST = -100;

  /** Bytes ahead of those in use that are asked for: about as far as memory is away. */
  private static final int AHEAD = 1024;

  /** Values of the widest vector's half, which may have a scale of their own. */
  private static final int HALF_BLOCK = 64;

  /** Blocks with one scale that are written out one after the other. */
  private static final int MOST_BLOCKS = 8;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG);

  /**
   * A vector as {@link #multiply} wants it.
   *
   * @param numbers tables, then the vector in the order in which codes come
   * @param scales one for each block, in each lane
   */
  record Input(short[] numbers, float[] scales) {}

  private final PackedForm form;
  private final int vectorBytes;
  private final int block;
  private final MachineCode code;

  private RowMachineCode(PackedForm form, int vectorBytes, MachineCode code) {
    this.form = form;
    this.vectorBytes = vectorBytes;
    this.block = block(vectorBytes);
    this.code = code;
  }

  /** How wide vectors are here, in bytes. */
  static int vectorBytes() {
    return ByteVector.SPECIES_PREFERRED.length();
  }

  /** Values that are multiplied at a time. */
  private static int block(int vectorBytes) {
    return 2 * vectorBytes;
  }

  /** Whether there is code for a form of weights, with vectors of a width. */
  static boolean takes(PackedForm form, int vectorBytes) {
    int block = block(vectorBytes);
    if (!MachineCode.isPossible() || form.columns() % block != 0) {
      return false;
    }
    long group = form.group();
    return switch (form.precision()) {
      case INT8 -> true;
      case NF4, INT4 ->
          form.columns() % group == 0
              && (group % block == 0
                  ? group / block <= MOST_BLOCKS
                  : group == HALF_BLOCK && block == 2 * HALF_BLOCK);
      case FP8, BFLOAT16, FLOAT32 -> false;
    };
  }

  private static boolean hasHalfBytes(PackedForm form) {
    return form.precision().bits() == 4;
  }

  /** The code for a form of weights, for any number of rows; empty where there is none here. */
  static Optional<RowMachineCode> of(PackedForm form) {
    for (int vectorBytes : new int[] {64, 32}) {
      if (vectorBytes <= vectorBytes() && takes(form, vectorBytes)) {
        return of(form, vectorBytes);
      }
    }
    return Optional.empty();
  }

  /**
   * The code with vectors of a width; empty where the system does not allow it.
   *
   * @param form one that is taken
   */
  static Optional<RowMachineCode> of(PackedForm form, int vectorBytes) {
    byte[] code = hasHalfBytes(form) ? halfBytes(form, vectorBytes) : bytes(form, vectorBytes);
    return MachineCode.of(code, TYPE).map(made -> new RowMachineCode(form, vectorBytes, made));
  }

  // Codes are in RDI, scales in RSI, the input's numbers in RDX and its scales in RCX, sums go to
  // R8, and R9 counts rows.

  /** For codes of eight bits, whose scale is left to the caller. */
  private static byte[] bytes(PackedForm form, int vectorBytes) {
    Assembler to = new Assembler(vectorBytes);
    int sum = 0;
    int row = beginRow(to, sum, form.columns() / block(vectorBytes), 0);
    int next = to.here();
    for (int part = 0; part < 4; part++) {
      int numbers = 1 + part;
      to.loadBytesAsShorts(numbers, RDI, part * vectorBytes / 2);
      to.multiplyShorts(numbers, numbers, R10, part * vectorBytes);
    }
    to.prefetch(RDI, AHEAD);
    to.prefetch(RDI, AHEAD + vectorBytes);
    addUp(to, 1, 2, 3, 4);
    to.intsToFloats(1, 1);
    to.multiply(1, 1, R11, 0);
    to.add(sum, sum, 1);
    to.add(RDI, 2 * vectorBytes);
    to.add(R10, 4 * vectorBytes);
    to.add(R11, vectorBytes);
    to.repeat(RAX, next);
    endRow(to, sum, row, vectorBytes);
    return to.code();
  }

  /** For codes of four bits: each is looked up in a table of sixteen numbers of 16 bits. */
  private static byte[] halfBytes(PackedForm form, int vectorBytes) {
    int low = 0;
    int high = 1;
    int mask = 2;
    int sum = 3;
    int first = 4;
    int second = 5;
    int lowBytes = 6;
    int highBytes = 7;
    int scale = 8;
    int products = 9;
    int block = block(vectorBytes);
    boolean twoScales = form.group() < block;
    int blocks = Math.toIntExact(Math.max(1, form.group() / block));
    Assembler to = new Assembler(vectorBytes);
    to.load(low, RDX, 0);
    to.load(high, RDX, vectorBytes);
    to.load(mask, RDX, 2 * vectorBytes);
    if (twoScales) {
      to.selectUpperHalf(RAX);
    }
    int row = beginRow(to, sum, form.columns() / block / blocks, 3 * vectorBytes);
    int next = to.here();
    for (int i = 0; i < blocks; i++) {
      to.load(second, RDI, i * vectorBytes);
      to.prefetch(RDI, AHEAD + i * vectorBytes);
      to.shiftShortsRight(first, second, 4);
      to.and(first, first, mask);
      to.and(second, second, mask);
      for (int half = 0; half < 2; half++) {
        int codes = half == 0 ? first : second;
        int at = (4 * i + 2 * half) * vectorBytes;
        to.look(lowBytes, low, codes);
        to.look(highBytes, high, codes);
        to.pairFirst(products + 2 * half, lowBytes, highBytes);
        to.pairLast(products + 2 * half + 1, lowBytes, highBytes);
        to.multiplyShorts(products + 2 * half, products + 2 * half, R10, at);
        to.multiplyShorts(products + 2 * half + 1, products + 2 * half + 1, R10, at + vectorBytes);
      }
      addUp(to, products, products + 1, products + 2, products + 3);
      to.intsToFloats(products, products);
      to.broadcast(scale, RSI, 0);
      if (twoScales) {
        to.broadcastToUpperHalf(scale, RSI, Float.BYTES);
      }
      to.multiply(scale, scale, R11, i * vectorBytes);
      to.multiply(products, products, scale);
      to.add(sum, sum, products);
    }
    to.add(RDI, blocks * vectorBytes);
    to.add(RSI, (twoScales ? 2 : 1) * Float.BYTES);
    to.add(R10, blocks * 4 * vectorBytes);
    to.add(R11, blocks * vectorBytes);
    to.repeat(RAX, next);
    endRow(to, sum, row, vectorBytes);
    return to.code();
  }

  private static int beginRow(Assembler to, int sum, long steps, int tables) {
    int row = to.here();
    to.zero(sum);
    to.move(R10, RDX);
    to.add(R10, tables);
    to.move(R11, RCX);
    to.move(RAX, Math.toIntExact(steps));
    return row;
  }

  private static void endRow(Assembler to, int sum, int row, int vectorBytes) {
    to.store(sum, R8, 0);
    to.add(R8, vectorBytes);
    to.repeat(R9, row);
    to.leave();
  }

  /** Adds four vectors into the first. */
  private static void addUp(Assembler to, int first, int second, int third, int fourth) {
    to.addInts(first, first, second);
    to.addInts(third, third, fourth);
    to.addInts(first, first, third);
  }

  /** The input as {@link #multiply} wants it. */
  Input arrange(float[] input) {
    boolean halves = hasHalfBytes(form);
    int tables = halves ? 3 * vectorBytes / Short.BYTES : 0;
    int perVector = vectorBytes / Float.BYTES;
    short[] numbers = new short[tables + input.length];
    float[] scales = new float[input.length / block * perVector];
    if (halves) {
      putTables(numbers);
    }
    int[] places = places(halves);
    float one = form.precision() == Precision.NF4 ? ONE : 1;
    for (int from = 0; from < input.length; from += block) {
      float largest = 0;
      for (int i = from; i < from + block; i++) {
        largest = Math.max(largest, Math.abs(input[i]));
      }
      int exponent = Math.max(Math.getExponent(largest), SMALLEST) + 1 - INPUT_BITS;
      float inverse = Math.scalb(1f, -exponent);
      for (int i = 0; i < block; i++) {
        numbers[tables + from + places[i]] = (short) Math.rint(input[from + i] * inverse);
      }
      // what is not finite must not look as if it were
      float scale = Float.isFinite(largest) ? Math.scalb(1f, exponent) / one : Float.NaN;
      int lane = from / block * perVector;
      for (int i = 0; i < perVector; i++) {
        scales[lane + i] = scale;
      }
    }
    return new Input(numbers, scales);
  }

  /** The low bytes of the sixteen numbers, their high bytes, and a mask for one code in a byte. */
  private void putTables(short[] numbers) {
    MemorySegment bytes = MemorySegment.ofArray(numbers);
    float[] values =
        form.precision() == Precision.NF4
            ? CodeBook.normalFloat().values()
            : CodeBook.integers().values();
    for (int i = 0; i < vectorBytes; i++) {
      float value = values[i % 16];
      int number = form.precision() == Precision.NF4 ? Math.round(value * ONE) : (int) value;
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) number);
      bytes.set(ValueLayout.JAVA_BYTE, vectorBytes + i, (byte) (number >> Byte.SIZE));
      bytes.set(ValueLayout.JAVA_BYTE, 2 * vectorBytes + i, (byte) 0x0f);
    }
  }

  /**
   * Where each number of a block goes. Two codes stand in a byte, the first in its high half, which
   * are taken apart; bytes are widened eight of sixteen at a time.
   */
  private int[] places(boolean halves) {
    int[] places = new int[block];
    int perVector = vectorBytes / Short.BYTES;
    for (int i = 0; i < block; i++) {
      int inByte = i % 2;
      int at = i / 2;
      int vector = 2 * inByte + at % 16 / 8;
      places[i] = halves ? vector * perVector + at / 16 * 8 + at % 8 : i;
    }
    return places;
  }

  /**
   * The products of rows with an input.
   *
   * @param weight of this form
   * @param input as {@link #arrange} gave it
   * @param into where they go
   * @param at the place of the first
   */
  void multiply(PackedWeight weight, int from, int to, Input input, float[] into, int at) {
    int rows = to - from;
    long rowCodes = weight.codes().byteSize() / weight.form().rows();
    int perVector = vectorBytes / Float.BYTES;
    float[] sums = new float[rows * perVector];
    MemorySegment scales = weight.scales(from, to);
    try {
      code.handle()
          .invokeExact(
              weight.codes().asSlice(from * rowCodes, rows * rowCodes),
              scales,
              MemorySegment.ofArray(input.numbers()),
              MemorySegment.ofArray(input.scales()),
              MemorySegment.ofArray(sums),
              (long) rows);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    boolean scaled = hasHalfBytes(form);
    for (int row = 0; row < rows; row++) {
      float product = ReproducibleMath.sum(sums, row * perVector, perVector);
      into[at + row] = scaled ? product : product * scales.getAtIndex(PackedWeight.FLOAT, row);
    }
  }

  /** Frees the code; no product may be under way. */
  @Override
  public void close() {
    code.close();
  }
}
