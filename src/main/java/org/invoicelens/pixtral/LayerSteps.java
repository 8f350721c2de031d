package org.invoicelens.pixtral;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a layer makes of the numbers of one token between its products with weights.
 *
 * <p>In float32; where {@code narrow} is asked for, rounded to bfloat16 wherever the program
 * rounds. Loops are small, each over an array that stays near: Java makes vectors of them.
 * Stateless.
 */
final class LayerSteps {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;

  private LayerSteps() {}

  /** Adds numbers to a hidden state. */
  static void add(float[] x, float[] numbers, boolean narrow) {
    for (int i = 0; i < x.length; i++) {
      x[i] += numbers[i];
    }
    round(x, x.length, narrow);
  }

  /**
   * RMSNorm: normalised, rounded, then multiplied by a weight.
   *
   * @param into gets the result, {@code x} stays
   */
  static void norm(float[] x, float[] weight, double epsilon, boolean narrow, float[] into) {
    FloatVector squares = FloatVector.zero(FLOATS);
    int even = FLOATS.loopBound(x.length);
    for (int i = 0; i < even; i += FLOATS.length()) {
      FloatVector some = FloatVector.fromArray(FLOATS, x, i);
      squares = some.fma(some, squares);
    }
    float[] lanes = squares.toArray();
    float sum = ReproducibleMath.sum(lanes, 0, lanes.length);
    for (int i = even; i < x.length; i++) {
      sum += x[i] * x[i];
    }
    float factor = (float) (1 / Math.sqrt(sum / x.length + (float) epsilon));
    for (int i = 0; i < x.length; i++) {
      into[i] = x[i] * factor;
    }
    round(into, x.length, narrow);
    for (int i = 0; i < x.length; i++) {
      into[i] *= weight[i];
    }
    round(into, x.length, narrow);
  }

  /**
   * SwiGLU, in the place of the gate.
   *
   * @param ups what is gated, from {@code from} on
   */
  static void gate(float[] gates, float[] ups, int from, int count, boolean narrow) {
    float[] powers = new float[count];
    for (int i = 0; i < count; i++) {
      powers[i] = -gates[i];
    }
    ReproducibleMath.exp(powers);
    for (int i = 0; i < count; i++) {
      gates[i] = gates[i] / (1 + powers[i]);
    }
    round(gates, count, narrow);
    for (int i = 0; i < count; i++) {
      gates[i] *= ups[from + i];
    }
    round(gates, count, narrow);
  }

  /**
   * Rotates the pairs of heads that stand one after the other, from the first number on; the second
   * ones of a head's pairs stand in its second half.
   *
   * @param cosines of half a head, as {@code sines}
   */
  static void rotate(float[] numbers, int heads, float[] cosines, float[] sines, boolean narrow) {
    int half = cosines.length;
    float[] firsts = rotated(numbers, heads, 0, half, cosines, sines, -1, narrow);
    float[] seconds = rotated(numbers, heads, half, 0, cosines, sines, 1, narrow);
    for (int head = 0; head < heads; head++) {
      System.arraycopy(firsts, head * half, numbers, 2 * head * half, half);
      System.arraycopy(seconds, head * half, numbers, (2 * head + 1) * half, half);
    }
  }

  /** One half of each head times cosines, and the other times sines added or taken away. */
  private static float[] rotated(
      float[] numbers,
      int heads,
      int own,
      int other,
      float[] cosines,
      float[] sines,
      int sign,
      boolean narrow) {
    int half = cosines.length;
    float[] sum = new float[heads * half];
    float[] crossed = new float[heads * half];
    for (int head = 0; head < heads; head++) {
      int at = head * half;
      for (int i = 0; i < half; i++) {
        sum[at + i] = numbers[2 * at + own + i] * cosines[i];
        crossed[at + i] = numbers[2 * at + other + i] * sines[i];
      }
    }
    round(sum, sum.length, narrow);
    round(crossed, sum.length, narrow);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += sign * crossed[i];
    }
    round(sum, sum.length, narrow);
    return sum;
  }

  private static void round(float[] numbers, int count, boolean narrow) {
    if (narrow) {
      Bfloat16.round(numbers, count);
    }
  }
}
