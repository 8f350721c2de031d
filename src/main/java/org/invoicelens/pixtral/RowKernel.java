package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * The product of one row of a weight with a vector, in the processor's vector instructions.
 *
 * <p>Sixteen numbers at a time where it has AVX-512, eight where it has AVX2. Sums are in float32.
 * The input is put in the order in which codes come out of their load, once for all rows.
 * Stateless.
 *
 * <p>The loops call nothing of ours: a method of ours that was compiled by itself is not built into
 * them any more, and each vector that crosses its border becomes an object, which makes a row five
 * times as slow. What asks how wide vectors are is decided when a loop is compiled.
 */
abstract sealed class RowKernel {

  /** As many numbers as this processor takes at a time. */
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() >= 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_256;

  static final int LANES = FLOATS.length();
  static final boolean WIDE = LANES == 16;

  static final VectorSpecies<Integer> INTS = WIDE ? IntVector.SPECIES_512 : IntVector.SPECIES_256;

  /** Codes of four bits that fill a vector of ints: the fewest that a row must have. */
  static final int BLOCK = 8 * LANES;

  /** Those that fill a half of the widest vector: rows, and values with one scale, fill halves. */
  static final int HALF_BLOCK = 64;

  /** The half of the widest vector that has the later values. */
  private static final VectorMask<Float> LATER = VectorMask.fromLong(FLOATS, 0xff00);

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Whether this processor has the instructions, so that kernels are fast. */
  static boolean isFast() {
    return FloatVector.SPECIES_PREFERRED.length() >= LANES;
  }

  /** Whether there is a kernel for such a weight; the products of int8 are PyTorch's. */
  static boolean takes(PackedForm form) {
    return form.precision() != Precision.INT8
        && form.columns() >= BLOCK
        && form.columns() % HALF_BLOCK == 0
        && form.group() % HALF_BLOCK == 0
        && form.columns() % form.group() == 0;
  }

  static RowKernel of(Precision precision) {
    return switch (precision) {
      case BFLOAT16 -> new Bfloat16();
      case FP8 -> new Fp8();
      case NF4 -> new Nf4();
      case INT4 -> new Int4();
      case FLOAT32, INT8 -> throw new IllegalArgumentException("for " + precision);
    };
  }

  /** The input as {@link #dot} wants it. */
  abstract float[] arrange(float[] input);

  /**
   * A row's product with the input.
   *
   * @param scales of the row's groups
   * @param input as {@link #arrange} gave it
   * @param lanes room for a vector
   */
  abstract float dot(
      MemorySegment codes, long row, int columns, float[] scales, float[] input, float[] lanes);

  /**
   * Puts the input in the order of codes of which an int holds several: those that stand at one
   * place of the ints of a vector together, and these one place after the other. Where the last
   * codes do not fill a vector, those before them are taken once more, and there the input is 0.
   *
   * @param perInt codes in an int: 2, 4 or 8
   * @param more room behind
   */
  private static float[] byPlaces(float[] input, int perInt, int more) {
    int block = perInt * LANES;
    int length = (input.length + block - 1) & -block;
    int shift = Integer.numberOfTrailingZeros(perInt);
    float[] arranged = new float[length + more];
    for (int i = 0; i < input.length; i++) {
      int from = i & -block;
      int inBlock = i - Math.min(from, input.length - block);
      int place = inBlock & (perInt - 1);
      arranged[from + place * LANES + (inBlock >> shift)] = input[i];
    }
    return arranged;
  }

  /** Numbers that are the upper half of a float32. */
  static final class Bfloat16 extends RowKernel {

    /** What the later of two numbers in an int keeps of it. */
    static final int UPPER = 0xffff0000;

    @Override
    float[] arrange(float[] input) {
      return byPlaces(input, 2, 0);
    }

    @Override
    float dot(
        MemorySegment codes, long row, int columns, float[] scales, float[] input, float[] lanes) {
      long at = row * columns * Short.BYTES;
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector second = sum;
      FloatVector third = sum;
      FloatVector fourth = sum;
      for (int i = 0; i < columns; i += 4 * LANES) {
        IntVector two = IntVector.fromMemorySegment(INTS, codes, at + 2L * i, ORDER);
        IntVector more = IntVector.fromMemorySegment(INTS, codes, at + 2L * (i + 2 * LANES), ORDER);
        sum =
            two.lanewise(VectorOperators.LSHL, Short.SIZE)
                .reinterpretAsFloats()
                .fma(FloatVector.fromArray(FLOATS, input, i), sum);
        second =
            two.and(UPPER)
                .reinterpretAsFloats()
                .fma(FloatVector.fromArray(FLOATS, input, i + LANES), second);
        third =
            more.lanewise(VectorOperators.LSHL, Short.SIZE)
                .reinterpretAsFloats()
                .fma(FloatVector.fromArray(FLOATS, input, i + 2 * LANES), third);
        fourth =
            more.and(UPPER)
                .reinterpretAsFloats()
                .fma(FloatVector.fromArray(FLOATS, input, i + 3 * LANES), fourth);
      }
      sum.add(second).add(third.add(fourth)).intoArray(lanes, 0);
      return ReproducibleMath.sum(lanes, 0, LANES);
    }
  }

  /**
   * Numbers of four bits of exponent and three of fraction (e4m3). Moved to where float32 has
   * these, they are the number divided by 2 to the power of the exponents' distance, subnormal ones
   * included; the scale makes up for that.
   */
  static final class Fp8 extends RowKernel {

    /** The bias of float32's exponent less that of e4m3. */
    static final float DISTANCE = 0x1p120f;

    /** Sign, exponent and fraction after a shift by four, without what the sign left between. */
    static final int KEPT = 0x87f00000;

    @Override
    float[] arrange(float[] input) {
      return byPlaces(input, 4, 0);
    }

    @Override
    float dot(
        MemorySegment codes, long row, int columns, float[] scales, float[] input, float[] lanes) {
      long at = row * columns;
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector other = sum;
      for (int i = 0; i < columns; i += 4 * LANES) {
        IntVector four = IntVector.fromMemorySegment(INTS, codes, at + i, ORDER);
        for (int place = 0; place < 4; place += 2) {
          // the code at the place is moved to the top, its sign then stands where it does in
          // float32
          sum =
              four.lanewise(VectorOperators.LSHL, 24 - 8 * place)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(KEPT)
                  .reinterpretAsFloats()
                  .fma(FloatVector.fromArray(FLOATS, input, i + LANES * place), sum);
          other =
              four.lanewise(VectorOperators.LSHL, 16 - 8 * place)
                  .lanewise(VectorOperators.ASHR, 4)
                  .and(KEPT)
                  .reinterpretAsFloats()
                  .fma(FloatVector.fromArray(FLOATS, input, i + LANES * (place + 1)), other);
        }
      }
      sum.add(other).intoArray(lanes, 0);
      return ReproducibleMath.sum(lanes, 0, LANES) * DISTANCE * scales[0];
    }
  }

  /** Puts the input in the order of four-bit codes, of which the one in the high half is first. */
  private static float[] byHalves(float[] input, int more) {
    float[] swapped = new float[input.length];
    for (int i = 0; i < input.length; i++) {
      swapped[i] = input[i ^ 1];
    }
    return byPlaces(swapped, 8, more);
  }

  /** Codes of a table of sixteen. */
  static final class Nf4 extends RowKernel {

    private static final float[] VALUES = CodeBook.normalFloat().values();

    @Override
    float[] arrange(float[] input) {
      return byHalves(input, 0);
    }

    @Override
    float dot(
        MemorySegment codes, long row, int columns, float[] scales, float[] input, float[] lanes) {
      IntVector table = FloatVector.fromArray(FLOATS, VALUES, 0).reinterpretAsInts();
      IntVector rest = FloatVector.fromArray(FLOATS, VALUES, 16 - LANES).reinterpretAsInts();
      long at = row * columns / 2;
      int shift = Integer.numberOfTrailingZeros(columns / scales.length);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < columns; i += BLOCK) {
        int first = Math.min(i, columns - BLOCK);
        IntVector eight = IntVector.fromMemorySegment(INTS, codes, at + first / 2, ORDER);
        FloatVector part = FloatVector.zero(FLOATS);
        for (int place = 0; place < 8; place++) {
          IntVector code = eight.lanewise(VectorOperators.LSHR, 4 * place);
          IntVector index = code.and(LANES - 1);
          IntVector value = (IntVector) index.selectFrom(table);
          if (!WIDE) {
            value =
                value.blend(
                    (IntVector) index.selectFrom(rest),
                    code.lanewise(VectorOperators.LSHL, 28).lt(0));
          }
          part =
              value
                  .reinterpretAsFloats()
                  .fma(FloatVector.fromArray(FLOATS, input, i + LANES * place), part);
        }
        FloatVector scale = FloatVector.broadcast(FLOATS, scales[first >> shift]);
        if (WIDE) {
          scale = scale.blend(scales[(first + HALF_BLOCK) >> shift], LATER);
        }
        sum = part.fma(scale, sum);
      }
      sum.intoArray(lanes, 0);
      return ReproducibleMath.sum(lanes, 0, LANES);
    }
  }

  /**
   * Whole numbers from 0 to 15 that stand for -8 to 7. A code is not moved to the right: it counts
   * sixteenfold at each further place, and the input there is so much smaller, which is exact. What
   * the eight below zero make of the input is added once for each block.
   */
  static final class Int4 extends RowKernel {

    @Override
    float[] arrange(float[] input) {
      int length = (input.length + BLOCK - 1) & -BLOCK;
      float[] arranged = byHalves(input, length / 8);
      int below = length;
      for (int block = 0; block < length; block += BLOCK) {
        for (int lane = 0; lane < LANES; lane++) {
          float sum = 0;
          for (int place = 0; place < 8; place++) {
            int i = block + place * LANES + lane;
            sum += arranged[i];
            // the last place is moved, for as a number it would have the sign's bit
            arranged[i] = place < 7 ? Math.scalb(arranged[i], -4 * place) : arranged[i];
          }
          arranged[below++] = -8 * sum;
        }
      }
      return arranged;
    }

    @Override
    float dot(
        MemorySegment codes, long row, int columns, float[] scales, float[] input, float[] lanes) {
      long at = row * columns / 2;
      int shift = Integer.numberOfTrailingZeros(columns / scales.length);
      int below = (columns + BLOCK - 1) & -BLOCK;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < columns; i += BLOCK) {
        int first = Math.min(i, columns - BLOCK);
        IntVector eight = IntVector.fromMemorySegment(INTS, codes, at + first / 2, ORDER);
        FloatVector part = FloatVector.fromArray(FLOATS, input, below + i / 8);
        for (int place = 0; place < 7; place++) {
          part =
              ((FloatVector) eight.and(0xf << 4 * place).convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.fromArray(FLOATS, input, i + LANES * place), part);
        }
        part =
            ((FloatVector) eight.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0))
                .fma(FloatVector.fromArray(FLOATS, input, i + LANES * 7), part);
        FloatVector scale = FloatVector.broadcast(FLOATS, scales[first >> shift]);
        if (WIDE) {
          scale = scale.blend(scales[(first + HALF_BLOCK) >> shift], LATER);
        }
        sum = part.fma(scale, sum);
      }
      sum.intoArray(lanes, 0);
      return ReproducibleMath.sum(lanes, 0, LANES);
    }
  }
}
