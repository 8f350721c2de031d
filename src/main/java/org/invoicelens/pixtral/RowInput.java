package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.invoicelens.config.Precision;

/**
 * A vector as {@link RowLoop} wants it, for one form of weights: in the order in which codes come
 * out of their loads, with the loop's masks and tables before it.
 *
 * <p>Where codes are floats, so is the vector, and nothing is rounded. For others it becomes whole
 * numbers of 15 bits, in blocks with one scale, a power of two. Numbers of bfloat16 down to a 64th
 * of the largest of a block stay what they are; smaller ones are off by a 32,768th of the largest
 * at most, where bfloat16 itself is off by a 512th.
 *
 * @param numbers constants, then the vector
 * @param scales one for each block, in each lane; none where the numbers are the vector's own
 */
record RowInput(MemorySegment numbers, MemorySegment scales) {

  /** Bits of the numbers, without the sign. */
  private static final int BITS = 14;

  /**
   * What 1 is among the values of nf4: eight products of the largest numbers, which a lane adds up,
   * stay below 2 to the power of 31.
   */
  private static final int ONE = 8191;

  /** Numbers smaller than 2 to this power are taken for 0. */
  private static final int SMALLEST = -100;

  /** What the codes of int4 count from. */
  private static final int LEAST = -8;

  /** The input for codes of a precision. */
  static RowInput of(float[] input, Precision precision, int vectorBytes) {
    return switch (precision) {
      case BFLOAT16 -> floats(input, 2, RowKernel.Bfloat16.UPPER, vectorBytes);
      case FP8 -> floats(input, 4, RowKernel.Fp8.KEPT, vectorBytes);
      case INT8, NF4, INT4 -> wholeNumbers(input, precision, vectorBytes);
      case FLOAT32 -> throw new IllegalArgumentException("for " + precision);
    };
  }

  /** What is multiplied with the first code of each lane, then with the second, and so on. */
  private static RowInput floats(float[] input, int perLane, int mask, int vectorBytes) {
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
    return new RowInput(numbers, MemorySegment.NULL);
  }

  private static RowInput wholeNumbers(float[] input, Precision precision, int vectorBytes) {
    CodeWay way = CodeWay.of(precision, vectorBytes);
    int block = RowLoop.block(vectorBytes);
    int lanes = vectorBytes / Short.BYTES;
    int scaleLanes = vectorBytes / Float.BYTES;
    int blocks = input.length / block;
    short[] numbers = new short[(way.constants() + way.vectors() * blocks) * lanes];
    float[] scales = new float[blocks * scaleLanes];
    putConstants(way, numbers, vectorBytes);
    int[] places = new int[block];
    Arrays.setAll(places, code -> way.place(code, lanes));
    float one = precision == Precision.NF4 ? ONE : 1;
    for (int i = 0; i < blocks; i++) {
      int from = i * block;
      int first = (way.constants() + way.vectors() * i) * lanes;
      float largest = 0;
      for (int j = from; j < from + block; j++) {
        largest = Math.max(largest, Math.abs(input[j]));
      }
      int exponent = Math.max(Math.getExponent(largest), SMALLEST) + 1 - BITS;
      float inverse = Math.scalb(1f, -exponent);
      for (int j = 0; j < block; j++) {
        numbers[first + places[j]] = (short) Math.rint(input[from + j] * inverse);
      }
      if (way == CodeWay.COUNT) {
        putLeast(numbers, first, lanes);
      }
      // what is not finite must not look as if it were
      float scale = Float.isFinite(largest) ? Math.scalb(1f, exponent) / one : Float.NaN;
      Arrays.fill(scales, i * scaleLanes, (i + 1) * scaleLanes, scale);
    }
    return new RowInput(MemorySegment.ofArray(numbers), MemorySegment.ofArray(scales));
  }

  private static void putConstants(CodeWay way, short[] numbers, int vectorBytes) {
    int lanes = vectorBytes / Short.BYTES;
    float[] values = CodeBook.normalFloat().values();
    switch (way) {
      case WIDEN -> {}
      case COUNT -> Arrays.fill(numbers, 0, lanes, (short) 0x0f);
      case LOOK_SHORTS_UP -> {
        for (int i = 0; i < lanes; i++) {
          // five bits are looked up, of which the first is the next code's
          numbers[i] = (short) Math.round(values[i % 16] * ONE);
        }
      }
      case LOOK_BYTES_UP -> {
        MemorySegment bytes = MemorySegment.ofArray(numbers);
        for (int i = 0; i < vectorBytes; i++) {
          int number = Math.round(values[i % 16] * ONE);
          bytes.set(ValueLayout.JAVA_BYTE, i, (byte) number);
          bytes.set(ValueLayout.JAVA_BYTE, vectorBytes + i, (byte) (number >> Byte.SIZE));
          bytes.set(ValueLayout.JAVA_BYTE, 2 * vectorBytes + i, (byte) 0x0f);
        }
      }
    }
  }

  /**
   * What the number that codes count from makes of a block, as a number of 32 bits in each lane.
   */
  private static void putLeast(short[] numbers, int first, int lanes) {
    for (int i = 0; i < lanes; i += 2) {
      int sum = 0;
      for (int at = first + i; at < first + 4 * lanes; at += lanes) {
        sum += numbers[at] + numbers[at + 1];
      }
      int product = LEAST * sum;
      numbers[first + 4 * lanes + i] = (short) product;
      numbers[first + 4 * lanes + i + 1] = (short) (product >> Short.SIZE);
    }
  }
}
