package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns codes of scales into numbers, as many at a time as the processor takes.
 *
 * <p>{@link CodeBook#dynamic} has its values in decades, each with twice as many even steps as the
 * one below; so a code is its distance from 127, which stands for 0, and the values of a decade lie
 * on a line. Decade and distance are the exponent and the value of one number.
 */
final class ScaleDecoder {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = FLOATS.length();
  private static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final float[] VALUES = CodeBook.dynamic().values();

  /** The code of 0. */
  private static final int ZERO = 127;

  private static final int DECADES = 7;

  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;

  /** Bits of a fraction in float32, and the exponent of 1. */
  private static final int FRACTION = 23;

  private static final int BIAS = 127;

  /** The lines of decades: what a step adds, and what a distance of 0 would have. */
  private static final float[] SLOPES = new float[LANES];

  private static final float[] STARTS = new float[LANES];

  static {
    for (int decade = 0; decade < DECADES; decade++) {
      int first = 1 << decade;
      int last = 2 * first - 1;
      double low = VALUES[ZERO + first];
      double step = decade == 0 ? 0 : (VALUES[ZERO + last] - low) / (last - first);
      SLOPES[decade] = (float) step;
      STARTS[decade] = (float) (low - first * step);
    }
    // the largest code stands alone
    STARTS[DECADES] = VALUES[ZERO + (1 << DECADES)];
  }

  private ScaleDecoder() {}

  /**
   * Decodes scales that share their largest value.
   *
   * @param codes of which those from {@code first} on are taken
   * @param most what they are multiplied with
   * @param offset what is added then
   * @param into where they go, from {@code at} on; each off by a millionth of the largest at most
   */
  static void decode(
      MemorySegment codes, long first, int count, float most, float offset, float[] into, int at) {
    IntVector slopes = FloatVector.fromArray(FLOATS, SLOPES, 0).reinterpretAsInts();
    IntVector starts = FloatVector.fromArray(FLOATS, STARTS, 0).reinterpretAsInts();
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      IntVector code =
          (IntVector)
              ByteVector.fromMemorySegment(BYTES, codes, first + done, ByteOrder.LITTLE_ENDIAN)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, RowKernel.INTS, 0);
      FloatVector distance = (FloatVector) code.sub(ZERO).convert(VectorOperators.I2F, 0);
      IntVector bits = distance.reinterpretAsInts();
      FloatVector magnitude = bits.and(MAGNITUDE).reinterpretAsFloats();
      IntVector decade =
          magnitude
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, FRACTION)
              .sub(BIAS)
              .and(DECADES);
      FloatVector value =
          ((IntVector) decade.selectFrom(slopes))
              .reinterpretAsFloats()
              .fma(magnitude, ((IntVector) decade.selectFrom(starts)).reinterpretAsFloats());
      // 0 has no exponent
      value = value.blend(0, code.eq(ZERO).cast(FLOATS));
      value = value.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
      value
          .fma(FloatVector.broadcast(FLOATS, most), FloatVector.broadcast(FLOATS, offset))
          .intoArray(into, at + done);
    }
    decodeExactly(codes, first + done, count - done, most, offset, into, at + done);
  }

  /** Decodes scales to the bit as the program does, one after the other. */
  static void decodeExactly(
      MemorySegment codes, long first, int count, float most, float offset, float[] into, int at) {
    byte[] those = new byte[count];
    MemorySegment.copy(codes, ValueLayout.JAVA_BYTE, first, those, 0, count);
    for (int i = 0; i < count; i++) {
      into[at + i] = VALUES[those[i] & 0xff] * most + offset;
    }
  }
}
