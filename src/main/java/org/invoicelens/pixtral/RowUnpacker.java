package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * Rows of packed weights turned into numbers, in the processor's vector instructions.
 *
 * <p>For products of many rows of activations, which PyTorch makes of the numbers: it has several
 * functions for what is one loop here, each over all values. Numbers are to the bit those of the
 * program. Codes of 8 bits are exact in bfloat16, so that their scale is left to the product.
 * Stateless.
 *
 * <p>The loops call nothing of ours, for the reason that {@link RowKernel} gives.
 */
abstract sealed class RowUnpacker {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final VectorSpecies<Integer> INTS = RowKernel.INTS;
  private static final int LANES = RowKernel.LANES;
  private static final boolean WIDE = RowKernel.WIDE;

  private static final VectorSpecies<Short> SHORTS =
      WIDE ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;

  private static final VectorSpecies<Byte> BYTES =
      WIDE ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  static RowUnpacker of(Precision precision) {
    return switch (precision) {
      case INT8 -> new Int8();
      case FP8 -> new Fp8();
      case NF4 -> new Fours(CodeBook.normalFloat());
      case INT4 -> new Fours(CodeBook.integers());
      case BFLOAT16 -> new Plain();
      case FLOAT32 -> throw new IllegalArgumentException("for " + precision);
    };
  }

  /** Whether the rows of such a weight can be unpacked here. */
  static boolean takes(PackedForm form) {
    return form.precision().isQuantized()
        && form.columns() % 16 == 0
        && form.group() % 16 == 0
        && form.columns() % form.group() == 0;
  }

  /**
   * Unpacks rows.
   *
   * @param into their numbers one after the other
   * @param type BFLOAT16 or FLOAT32
   */
  static void unpack(
      PackedWeight weight,
      int first,
      int rows,
      RowThreads threads,
      MemorySegment into,
      Precision type) {
    RowUnpacker unpacker = of(weight.form().precision());
    int columns = Math.toIntExact(weight.form().columns());
    threads.share(
        rows,
        (from, to) -> {
          float[] values = new float[columns];
          float[] scales = new float[weight.scalesOfRow()];
          for (int row = from; row < to; row++) {
            weight.scales(first + row, scales);
            unpacker.values(weight.codes(), (long) (first + row) * columns, scales, values);
            if (type == Precision.BFLOAT16) {
              round(values, into, 2L * row * columns);
            } else {
              MemorySegment.copy(values, 0, into, FLOAT, 4L * row * columns, columns);
            }
          }
        });
  }

  /** Writes numbers in bfloat16, rounded to the nearest, or of two as near to the even one. */
  static void round(float[] values, MemorySegment into, long at) {
    for (int i = 0; i < values.length; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, values, i).reinterpretAsInts();
      IntVector odd = bits.lanewise(VectorOperators.LSHR, Short.SIZE).and(1);
      IntVector rounded = bits.add(odd).add(0x7fff).lanewise(VectorOperators.LSHR, Short.SIZE);
      ((ShortVector) rounded.convertShape(VectorOperators.I2S, SHORTS, 0))
          .intoMemorySegment(into, at + 2L * i, ORDER);
    }
  }

  /**
   * Numbers of a row, those of 8 bits without their scale.
   *
   * @param first the place of the first among all numbers of the weight
   * @param scales of their groups
   * @param into as many as this holds, a multiple of 16
   */
  abstract void values(MemorySegment codes, long first, float[] scales, float[] into);

  /** Numbers of a weight that is not packed. */
  private static final class Plain extends RowUnpacker {

    @Override
    void values(MemorySegment codes, long first, float[] scales, float[] into) {
      new NativeNumbers(codes, true).read(first, into.length, into);
    }
  }

  private static final class Int8 extends RowUnpacker {

    @Override
    void values(MemorySegment codes, long first, float[] scales, float[] into) {
      for (int i = 0; i < into.length; i += LANES) {
        ((FloatVector)
                ByteVector.fromMemorySegment(BYTES, codes, first + i, ORDER)
                    .convertShape(VectorOperators.B2F, FLOATS, 0))
            .intoArray(into, i);
      }
    }
  }

  /** The bits of e4m3 are moved to where float32 has them, as in {@link RowKernel.Fp8}. */
  private static final class Fp8 extends RowUnpacker {

    @Override
    void values(MemorySegment codes, long first, float[] scales, float[] into) {
      for (int i = 0; i < into.length; i += LANES) {
        ((IntVector)
                ByteVector.fromMemorySegment(BYTES, codes, first + i, ORDER)
                    .convertShape(VectorOperators.B2I, INTS, 0))
            .lanewise(VectorOperators.LSHL, 20)
            .and(RowKernel.Fp8.KEPT)
            .reinterpretAsFloats()
            .mul(RowKernel.Fp8.DISTANCE)
            .intoArray(into, i);
      }
    }
  }

  /** Codes of a table of sixteen, two in a byte. */
  private static final class Fours extends RowUnpacker {

    /** How far each of the codes in an int is moved: the first is in the high half of a byte. */
    private static final IntVector SHIFTS =
        IntVector.fromArray(
            INTS, new int[] {4, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24}, 0);

    /** The lanes of the second int of a vector. */
    private static final VectorMask<Integer> SECOND = VectorMask.fromLong(INTS, 0xff00);

    private final float[] table;

    Fours(CodeBook book) {
      table = book.values();
    }

    @Override
    void values(MemorySegment codes, long first, float[] scales, float[] into) {
      IntVector low = FloatVector.fromArray(FLOATS, table, 0).reinterpretAsInts();
      IntVector high = FloatVector.fromArray(FLOATS, table, 16 - LANES).reinterpretAsInts();
      long at = first / 2;
      int shift = Integer.numberOfTrailingZeros(into.length / scales.length);
      for (int i = 0; i < into.length; i += LANES) {
        IntVector eight = IntVector.broadcast(INTS, codes.get(INT, at + i / 2));
        if (WIDE) {
          eight = eight.blend(codes.get(INT, at + i / 2 + 4), SECOND);
        }
        IntVector code = eight.lanewise(VectorOperators.LSHR, SHIFTS);
        IntVector index = code.and(LANES - 1);
        IntVector value = (IntVector) index.selectFrom(low);
        if (!WIDE) {
          value =
              value.blend(
                  (IntVector) index.selectFrom(high),
                  code.lanewise(VectorOperators.LSHL, 28).lt(0));
        }
        value.reinterpretAsFloats().mul(scales[i >> shift]).intoArray(into, i);
      }
    }
  }
}
