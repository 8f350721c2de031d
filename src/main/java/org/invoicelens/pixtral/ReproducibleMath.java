package org.invoicelens.pixtral;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and powers whose last bits are the same each time.
 *
 * <p>Those of Java's Vector API are not: the order in which lanes are summed up and the last bits
 * of a power are left open, and interpreted code has others than compiled code. So the same prompt
 * could have had one answer before a loop was compiled and another after it.
 *
 * <p>Stateless.
 */
final class ReproducibleMath {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = RowKernel.LANES;

  /** Powers of numbers further from 0 are 0 or infinite. */
  private static final float LEAST = -88;

  private static final float MOST = 89;

  private static final float LOG2_E = 1.44269504f;

  /** The natural logarithm of 2, in two parts. */
  private static final float LN_2 = 0x1.62e43p-1f;

  private static final float LN_2_REST = -0x1.05c61p-29f;

  /** Added to a number far smaller, it leaves the nearest whole number in the last bits. */
  private static final float WHOLE = 0x1.8p23f;

  private static final int EXPONENT_BIAS = 127;
  private static final int FRACTION_BITS = 23;

  private ReproducibleMath() {}

  /**
   * The sum of numbers.
   *
   * @param count a multiple of 4
   */
  static float sum(float[] numbers, int from, int count) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    for (int i = from; i < from + count; i += 4) {
      first += numbers[i];
      second += numbers[i + 1];
      third += numbers[i + 2];
      fourth += numbers[i + 3];
    }
    return (first + second) + (third + fourth);
  }

  /**
   * Puts e to the power of each number in its place, off by two units of the last bit at most; 0
   * for those below -87.7, infinity for those above 88.4.
   */
  static void exp(float[] numbers) {
    exp(numbers, numbers.length);
  }

  /** The same for the first of them, {@code count}. */
  static void exp(float[] numbers, int count) {
    int even = FLOATS.loopBound(count);
    expOfVectors(numbers, even);
    if (even < count) {
      float[] rest = Arrays.copyOfRange(numbers, even, even + LANES);
      expOfVectors(rest, LANES);
      System.arraycopy(rest, 0, numbers, even, count - even);
    }
  }

  /** A power of 2, made of the bits of its exponent, times the series of what is left. */
  private static void expOfVectors(float[] numbers, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector number = FloatVector.fromArray(FLOATS, numbers, i).max(LEAST).min(MOST);
      FloatVector exponent = number.fma(LOG2_E, WHOLE);
      FloatVector whole = exponent.sub(WHOLE);
      FloatVector rest = whole.fma(FloatVector.broadcast(FLOATS, -LN_2), number);
      rest = whole.fma(FloatVector.broadcast(FLOATS, -LN_2_REST), rest);
      FloatVector series = rest.fma(1f / 5040, 1f / 720);
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 1f / 120));
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 1f / 24));
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 1f / 6));
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 0.5f));
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 1));
      series = series.fma(rest, FloatVector.broadcast(FLOATS, 1));
      exponent
          .reinterpretAsInts()
          .add(EXPONENT_BIAS)
          .lanewise(VectorOperators.LSHL, FRACTION_BITS)
          .reinterpretAsFloats()
          .mul(series)
          .intoArray(numbers, i);
    }
  }
}
