package org.invoicelens.pixtral;

/** Numbers of float32 rounded to bfloat16, its upper half: to the nearest, the even one of two. */
final class Bfloat16 {

  private static final int HALF = 0x7fff;
  private static final int UPPER = 0xffff0000;

  private Bfloat16() {}

  static float round(float number) {
    int bits = Float.floatToIntBits(number);
    return Float.intBitsToFloat(bits + HALF + (bits >>> Short.SIZE & 1) & UPPER);
  }

  static void round(float[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = round(numbers[i]);
    }
  }
}
