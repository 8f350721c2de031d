package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Numbers of a tensor where they lie in main memory, one after the other.
 *
 * @param memory all of them
 * @param narrow whether they are in bfloat16; else they are in float32
 */
record NativeNumbers(MemorySegment memory, boolean narrow) {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final VectorSpecies<Integer> INTS = RowKernel.INTS;
  private static final int LANES = RowKernel.LANES;
  private static final VectorSpecies<Short> SHORTS =
      RowKernel.WIDE ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  /** The bytes that so many numbers take. */
  static long bytes(long count, boolean narrow) {
    return count * (narrow ? Short.BYTES : Float.BYTES);
  }

  /** The numbers that so many bytes hold. */
  static long count(long bytes, boolean narrow) {
    return bytes / (narrow ? Short.BYTES : Float.BYTES);
  }

  /** Reads those from one on. */
  void read(long first, int count, float[] into) {
    if (!narrow) {
      MemorySegment.copy(memory, FLOAT, first * Float.BYTES, into, 0, count);
      return;
    }
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      ((IntVector)
              ShortVector.fromMemorySegment(SHORTS, memory, (first + done) * Short.BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0))
          .lanewise(VectorOperators.LSHL, Short.SIZE)
          .reinterpretAsFloats()
          .intoArray(into, done);
    }
    for (; done < count; done++) {
      int upper = memory.get(SHORT, (first + done) * Short.BYTES) << Short.SIZE;
      into[done] = Float.intBitsToFloat(upper);
    }
  }

  /** Writes those from one on; they have to be rounded where memory has bfloat16. */
  void write(long first, float[] numbers, int from, int count) {
    if (!narrow) {
      MemorySegment.copy(numbers, from, memory, FLOAT, first * Float.BYTES, count);
      return;
    }
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      ((ShortVector)
              FloatVector.fromArray(FLOATS, numbers, from + done)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHR, Short.SIZE)
                  .convertShape(VectorOperators.I2S, SHORTS, 0))
          .intoMemorySegment(memory, (first + done) * Short.BYTES, ORDER);
    }
    for (; done < count; done++) {
      int bits = Float.floatToRawIntBits(numbers[from + done]);
      memory.set(SHORT, (first + done) * Short.BYTES, (short) (bits >> Short.SIZE));
    }
  }
}
