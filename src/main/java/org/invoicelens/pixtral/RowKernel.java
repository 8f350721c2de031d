package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * The product of one row of a packed weight with a vector, in the processor's vector instructions.
 *
 * <p>Eight numbers at a time, as AVX2 has them: a block of 64 four-bit codes is then one load. Sums
 * are in float32. The input is put in the order in which codes come out of their load, once for all
 * rows. Stateless.
 *
 * <p>The loops call nothing of ours: a method of ours that was compiled by itself is not built into
 * them any more, and each vector that crosses its border becomes an object, which makes a row five
 * times as slow.
 */
abstract sealed class RowKernel {

  /** Codes that a four-bit kernel takes at a time; values that share a scale are whole blocks. */
  static final int BLOCK = 64;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Whether this processor has the instructions, so that kernels are fast. */
  static boolean isFast() {
    return FloatVector.SPECIES_PREFERRED.length() >= LANES;
  }

  static RowKernel of(Precision precision) {
    return switch (precision) {
      case FP8 -> new Fp8();
      case NF4 -> new Nf4();
      case INT4 -> new Int4();
      case FLOAT32, BFLOAT16, INT8 -> throw new IllegalArgumentException("for " + precision);
    };
  }

  /** The input as {@link #dot} wants it. */
  abstract float[] arrange(float[] input);

  /**
   * A row's product with the input.
   *
   * @param scales of the row's groups
   * @param input as {@link #arrange} gave it
   */
  abstract float dot(MemorySegment codes, long row, int columns, float[] scales, float[] input);

  /**
   * Numbers of four bits of exponent and three of fraction (e4m3). Moved to where float32 has
   * these, they are the number divided by 2 to the power of the exponents' distance, subnormal ones
   * included; the scale makes up for that.
   */
  static final class Fp8 extends RowKernel {

    /** The bias of float32's exponent less that of e4m3. */
    private static final float DISTANCE = 0x1p120f;

    /** Sign, exponent and fraction after a shift by four, without what the sign left between. */
    private static final int KEPT = 0x87f00000;

    @Override
    float[] arrange(float[] input) {
      float[] arranged = new float[input.length];
      for (int i = 0; i < input.length; i++) {
        // an int holds four codes: those at the same place of eight ints come out together
        int block = i & -(4 * LANES);
        arranged[block + (i & 3) * LANES + (i - block) / 4] = input[i];
      }
      return arranged;
    }

    @Override
    float dot(MemorySegment codes, long row, int columns, float[] scales, float[] input) {
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
      return sum.add(other).reduceLanes(VectorOperators.ADD) * DISTANCE * scales[0];
    }
  }

  /** Puts the input in the order of four-bit codes: those at one place of eight ints together. */
  private static float[] byPlaces(float[] input, int more) {
    float[] arranged = new float[input.length + more];
    for (int i = 0; i < input.length; i++) {
      int block = i & -BLOCK;
      // the high half of a byte comes first
      int place = (i & 7) ^ 1;
      arranged[block + place * LANES + (i - block) / 8] = input[i];
    }
    return arranged;
  }

  /** Codes of a table of sixteen. */
  static final class Nf4 extends RowKernel {

    private static final float[] VALUES = CodeBook.normalFloat().values();

    @Override
    float[] arrange(float[] input) {
      return byPlaces(input, 0);
    }

    @Override
    float dot(MemorySegment codes, long row, int columns, float[] scales, float[] input) {
      IntVector low = FloatVector.fromArray(FLOATS, VALUES, 0).reinterpretAsInts();
      IntVector high = FloatVector.fromArray(FLOATS, VALUES, LANES).reinterpretAsInts();
      long at = row * columns / 2;
      int shift = Integer.numberOfTrailingZeros(columns / scales.length);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < columns; i += BLOCK) {
        IntVector eight = IntVector.fromMemorySegment(INTS, codes, at + i / 2, ORDER);
        FloatVector part = FloatVector.zero(FLOATS);
        for (int place = 0; place < 8; place++) {
          IntVector code = eight.lanewise(VectorOperators.LSHR, 4 * place);
          IntVector index = code.and(7);
          FloatVector value =
              ((IntVector) index.selectFrom(low))
                  .blend(
                      (IntVector) index.selectFrom(high),
                      code.lanewise(VectorOperators.LSHL, 28).lt(0))
                  .reinterpretAsFloats();
          part = value.fma(FloatVector.fromArray(FLOATS, input, i + LANES * place), part);
        }
        sum = part.fma(FloatVector.broadcast(FLOATS, scales[i >> shift]), sum);
      }
      return sum.reduceLanes(VectorOperators.ADD);
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
      float[] arranged = byPlaces(input, input.length / 8);
      int below = input.length;
      for (int block = 0; block < input.length; block += BLOCK) {
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
    float dot(MemorySegment codes, long row, int columns, float[] scales, float[] input) {
      long at = row * columns / 2;
      int shift = Integer.numberOfTrailingZeros(columns / scales.length);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < columns; i += BLOCK) {
        IntVector eight = IntVector.fromMemorySegment(INTS, codes, at + i / 2, ORDER);
        FloatVector part = FloatVector.fromArray(FLOATS, input, columns + i / 8);
        for (int place = 0; place < 7; place++) {
          part =
              ((FloatVector) eight.and(0xf << 4 * place).convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.fromArray(FLOATS, input, i + LANES * place), part);
        }
        part =
            ((FloatVector) eight.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0))
                .fma(FloatVector.fromArray(FLOATS, input, i + LANES * 7), part);
        sum = part.fma(FloatVector.broadcast(FLOATS, scales[i >> shift]), sum);
      }
      return sum.reduceLanes(VectorOperators.ADD);
    }
  }
}
