package org.invoicelens.pixtral;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.assembler.ProcessorFlags;
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
   * @param scales one for each block, in each lane; none where numbers are those of the vector
   */
  record Input(MemorySegment numbers, MemorySegment scales) {}

  private final PackedForm form;
  private final int vectorBytes;
  private final int block;

  /** For several rows at a time, and for one. */
  private final MachineCode many;

  private final MachineCode one;

  private RowMachineCode(PackedForm form, int vectorBytes, MachineCode many, MachineCode one) {
    this.form = form;
    this.vectorBytes = vectorBytes;
    this.block = RowLoop.block(vectorBytes);
    this.many = many;
    this.one = one;
  }

  /** How wide vectors are here, in bytes. */
  static int vectorBytes() {
    return ByteVector.SPECIES_PREFERRED.length();
  }

  /** Whether there is code for a form of weights, with vectors of a width. */
  static boolean takes(PackedForm form, int vectorBytes) {
    int block = RowLoop.block(vectorBytes);
    if (!MachineCode.isPossible() || form.columns() % block != 0) {
      return false;
    }
    long group = form.group();
    return switch (form.precision()) {
      case INT8 -> true;
      case BFLOAT16, FP8 -> vectorBytes == 64 || ProcessorFlags.has("fma");
      case NF4, INT4 ->
          form.columns() % group == 0
              && (group % block == 0
                  ? group / block <= MOST_BLOCKS
                  : group == HALF_BLOCK && block == 2 * HALF_BLOCK);
      case FLOAT32 -> false;
    };
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
    return loop(form, vectorBytes, RowLoop.rows(vectorBytes))
        .flatMap(many ->
            loop(form, vectorBytes, 1)
                .map(one -> new RowMachineCode(form, vectorBytes, many, one)));
  }

  private static Optional<MachineCode> loop(PackedForm form, int vectorBytes, int rows) {
    return MachineCode.of(RowLoop.code(form, vectorBytes, rows), TYPE);
  }

  /** The input as {@link #multiply} wants it. */
  Input arrange(float[] input) {
    return switch (form.precision()) {
      case BFLOAT16 -> floats(input, 2, RowKernel.Bfloat16.UPPER);
      case FP8 -> floats(input, 4, RowKernel.Fp8.KEPT);
      case INT8, NF4, INT4, FLOAT32 -> wholeNumbers(input);
    };
  }

  /**
   * A mask for the codes of a lane, then the vector: what is multiplied with the first of each
   * lane, with the second, and so on.
   */
  private Input floats(float[] input, int perLane, int mask) {
    int lanes = vectorBytes / Float.BYTES;
    float[] arranged = new float[lanes + input.length];
    for (int from = 0; from < input.length; from += perLane * lanes) {
      for (int place = 0; place < perLane; place++) {
        int to = lanes + from + place * lanes;
        for (int lane = 0; lane < lanes; lane++) {
          arranged[to + lane] = input[from + perLane * lane + place];
        }
      }
    }
    MemorySegment numbers = MemorySegment.ofArray(arranged);
    for (int lane = 0; lane < lanes; lane++) {
      numbers.setAtIndex(ValueLayout.JAVA_INT, lane, mask);
    }
    return new Input(numbers, MemorySegment.NULL);
  }

  private Input wholeNumbers(float[] input) {
    int lanes = vectorBytes / Short.BYTES;
    boolean halves = form.precision().bits() == 4;
    HalfByteWay way = halves ? HalfByteWay.of(form.precision(), vectorBytes) : null;
    int vectors = halves ? way.vectors() : 4;
    int constants = halves ? way.constants() * lanes : 0;
    int perBlock = vectors * lanes;
    int perVector = vectorBytes / Float.BYTES;
    short[] numbers = new short[constants + input.length / block * perBlock];
    float[] scales = new float[input.length / block * perVector];
    if (halves) {
      putConstants(way, numbers);
    }
    int[] places = places(way);
    float one = form.precision() == Precision.NF4 ? ONE : 1;
    for (int from = 0; from < input.length; from += block) {
      float largest = 0;
      for (int i = from; i < from + block; i++) {
        largest = Math.max(largest, Math.abs(input[i]));
      }
      int exponent = Math.max(Math.getExponent(largest), SMALLEST) + 1 - INPUT_BITS;
      float inverse = Math.scalb(1f, -exponent);
      int first = constants + from / block * perBlock;
      for (int i = 0; i < block; i++) {
        numbers[first + places[i]] = (short) Math.rint(input[from + i] * inverse);
      }
      if (way == HalfByteWay.COUNT) {
        putBelow(numbers, first);
      }
      // what is not finite must not look as if it were
      float scale = Float.isFinite(largest) ? Math.scalb(1f, exponent) / one : Float.NaN;
      int lane = from / block * perVector;
      for (int i = 0; i < perVector; i++) {
        scales[lane + i] = scale;
      }
    }
    return new Input(MemorySegment.ofArray(numbers), MemorySegment.ofArray(scales));
  }

  /** What the eight below zero, from which codes count, make of a block, in each lane. */
  private void putBelow(short[] numbers, int first) {
    int lanes = vectorBytes / Short.BYTES;
    for (int i = 0; i < lanes; i += 2) {
      int sum = 0;
      for (int part = 0; part < 4; part++) {
        int at = first + part * lanes + i;
        sum += numbers[at] + numbers[at + 1];
      }
      int below = -8 * sum;
      numbers[first + 4 * lanes + i] = (short) below;
      numbers[first + 4 * lanes + i + 1] = (short) (below >> Short.SIZE);
    }
  }

  private void putConstants(HalfByteWay way, short[] numbers) {
    int lanes = vectorBytes / Short.BYTES;
    float[] values = CodeBook.normalFloat().values();
    MemorySegment bytes = MemorySegment.ofArray(numbers);
    switch (way) {
      case COUNT -> Arrays.fill(numbers, 0, lanes, (short) 0x0f);
      case LOOK_SHORTS_UP -> {
        for (int i = 0; i < lanes; i++) {
          // the last of the five bits is the next code's
          numbers[i] = (short) Math.round(values[i % 16] * ONE);
        }
      }
      case LOOK_BYTES_UP -> {
        for (int i = 0; i < vectorBytes; i++) {
          int number = Math.round(values[i % 16] * ONE);
          bytes.set(ValueLayout.JAVA_BYTE, i, (byte) number);
          bytes.set(ValueLayout.JAVA_BYTE, vectorBytes + i, (byte) (number >> Byte.SIZE));
          bytes.set(ValueLayout.JAVA_BYTE, 2 * vectorBytes + i, (byte) 0x0f);
        }
      }
    }
  }

  /** Where each number of a block goes. */
  private int[] places(HalfByteWay way) {
    int[] places = new int[block];
    for (int i = 0; i < block; i++) {
      places[i] = way == null ? i : way.place(i, vectorBytes / Short.BYTES);
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
    int alone = rows % RowLoop.rows(vectorBytes);
    int perVector = vectorBytes / Float.BYTES;
    float[] sums = new float[rows * perVector];
    MemorySegment scales = weight.scales(from, to);
    run(many, (rows - alone) / RowLoop.rows(vectorBytes), weight, from, scales, input, sums, 0);
    run(one, alone, weight, from, scales, input, sums, rows - alone);
    for (int row = 0; row < rows; row++) {
      float product = ReproducibleMath.sum(sums, row * perVector, perVector);
      into[at + row] =
          switch (form.precision()) {
            case INT8 -> product * scales.getAtIndex(PackedWeight.FLOAT, row);
            case FP8 ->
                product * RowKernel.Fp8.DISTANCE * scales.getAtIndex(PackedWeight.FLOAT, row);
            case BFLOAT16, NF4, INT4, FLOAT32 -> product;
          };
    }
  }

  /**
   * Runs a loop some times.
   *
   * @param from the first of the rows that scales and sums are of
   * @param first the first of these that is multiplied
   */
  private void run(
      MachineCode loop,
      int times,
      PackedWeight weight,
      int from,
      MemorySegment scales,
      Input input,
      float[] sums,
      int first) {
    if (times == 0) {
      return;
    }
    long rowCodes = weight.codes().byteSize() / weight.form().rows();
    try {
      loop.handle()
          .invokeExact(
              weight.codes().asSlice((from + first) * rowCodes),
              scales.asSlice((long) first * weight.scalesOfRow() * Float.BYTES),
              input.numbers(),
              input.scales(),
              MemorySegment.ofArray(sums).asSlice((long) first * vectorBytes),
              (long) times);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frees the code; no product may be under way. */
  @Override
  public void close() {
    many.close();
    one.close();
  }
}
