package org.invoicelens.pixtral;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Numbers of float32 rounded to bfloat16, its upper half: to the nearest, the even one of two. */
final class Bfloat16 {

  private static final int HALF = 0x7fff;
  private static final int UPPER = 0xffff0000;

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;

  private Bfloat16() {}

  static float round(float number) {
    int bits = Float.floatToIntBits(number);
    return Float.intBitsToFloat(bits + HALF + (bits >>> Short.SIZE & 1) & UPPER);
  }

  static void round(float[] numbers) {
    round(numbers, numbers.length);
  }

  /** Rounds the first of them, {@code count}. */
  static void round(float[] numbers, int count) {
    int even = FLOATS.loopBound(count);
    for (int i = 0; i < even; i += FLOATS.length()) {
      FloatVector number = FloatVector.fromArray(FLOATS, numbers, i);
      IntVector bits = number.reinterpretAsInts();
      IntVector odd = bits.lanewise(VectorOperators.LSHR, Short.SIZE).and(1);
      // what is no number must not become one by a carry
      bits.add(odd)
          .add(HALF)
          .and(UPPER)
          .reinterpretAsFloats()
          .blend(Float.NaN, number.test(VectorOperators.IS_NAN))
          .intoArray(numbers, i);
    }
    for (int i = even; i < count; i++) {
      numbers[i] = round(numbers[i]);
    }
  }
}
