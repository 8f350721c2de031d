package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of one token, against its definition. */
class DecodeAttentionTest {

  private static final int ROOM = 150;

  @ParameterizedTest
  @CsvSource({
    "1, true, 8, 2, 32, 1",
    "63, true, 8, 2, 64, 2",
    "64, false, 6, 6, 32, 3",
    "66, true, 4, 1, 128, 2",
    "150, false, 8, 4, 64, 2",
    "149, true, 6, 3, 32, 1"
  })
  void everyHeadSeesItsKeysAndValues(
      int positions, boolean narrow, int heads, int kvHeads, int width, int threads) {
    PixtralConfig.Text sizes =
        new PixtralConfig.Text(
            heads * width, 1, 1, heads, kvHeads, width, 1, ROOM, 10_000, 1e-5, false);
    SplittableRandom random = new SplittableRandom(5);
    float[] queries = numbers(random, heads * width);
    float[][] keys = new float[positions][];
    float[][] values = new float[positions][];
    try (RowThreads shared = new RowThreads(threads);
        Arena arena = Arena.ofShared()) {
      DecodeAttention attention = new DecodeAttention(sizes, shared);
      long bytes = NativeNumbers.bytes((long) kvHeads * ROOM * width, narrow);
      NativeNumbers keyCache = new NativeNumbers(arena.allocate(bytes), narrow);
      NativeNumbers valueCache = new NativeNumbers(arena.allocate(bytes), narrow);
      for (int position = 0; position < positions; position++) {
        keys[position] = numbers(random, kvHeads * width);
        values[position] = numbers(random, kvHeads * width);
        attention.put(keyCache, ROOM, position, keys[position], 0);
        attention.put(valueCache, ROOM, position, values[position], 0);
      }
      float[] attended = attention.attend(queries, keyCache, valueCache, ROOM, positions);
      for (int head = 0; head < heads; head++) {
        double[] expected = expected(queries, keys, values, head, head * kvHeads / heads, width);
        for (int i = 0; i < width; i++) {
          assertThat((double) attended[head * width + i]).isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  private static double[] expected(
      float[] queries, float[][] keys, float[][] values, int head, int kvHead, int width) {
    double[] attended = new double[width];
    double sum = 0;
    for (int position = 0; position < keys.length; position++) {
      double score = 0;
      for (int i = 0; i < width; i++) {
        score += (double) queries[head * width + i] * keys[position][kvHead * width + i];
      }
      double share = Math.exp(score / Math.sqrt(width));
      sum += share;
      for (int i = 0; i < width; i++) {
        attended[i] += share * values[position][kvHead * width + i];
      }
    }
    for (int i = 0; i < width; i++) {
      attended[i] /= sum;
    }
    return attended;
  }

  /** Numbers that bfloat16 has as well. */
  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Bfloat16.round((float) random.nextGaussian());
    }
    return numbers;
  }
}
