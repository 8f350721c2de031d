package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Rounding of many numbers at once, against that of each, with numbers of all kinds. */
class Bfloat16Test {

  @Test
  void manyNumbersAreRoundedAsEachByItself() {
    int[] ends = {0x7f7f_ffff, 0x7f80_0000, 0x7fff_ffff, 0x8000_0001, 0xff80_0000, 0xffff_ffff};
    int[] others = new SplittableRandom(3).ints(1000).toArray();
    float[] numbers = new float[ends.length + others.length];
    for (int i = 0; i < numbers.length; i++) {
      int bits = i < ends.length ? ends[i] : others[i - ends.length];
      numbers[i] = Float.intBitsToFloat(bits);
    }
    float[] rounded = numbers.clone();
    Bfloat16.round(rounded);
    for (int i = 0; i < numbers.length; i++) {
      float alone = Bfloat16.round(numbers[i]);
      assertThat(Float.floatToIntBits(rounded[i])).isEqualTo(Float.floatToIntBits(alone));
      assertThat(Float.isNaN(alone)).isEqualTo(Float.isNaN(numbers[i]));
    }
  }
}
