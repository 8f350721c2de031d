package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention of many tokens in machine code, against its definition. */
class PromptAttentionTest {

  private static final float UNTOUCHED = 4704;

  private static Stream<Arguments> cases() {
    return MatrixProductsTest.ofEachCode((type, bytes) ->
        Stream.of(
            Arguments.of(type, bytes, 1, 0, 4, 4, 32, 1),
            Arguments.of(type, bytes, 32, 0, 4, 2, 64, 2),
            Arguments.of(type, bytes, 33, 7, 4, 1, 128, 2),
            Arguments.of(type, bytes, 70, 460, 2, 2, 40, 3),
            Arguments.of(type, bytes, 9, 480, 6, 2, 24, 1),
            Arguments.of(type, bytes, 70, PromptAttention.ALL, 2, 2, 40, 3),
            Arguments.of(type, bytes, 485, PromptAttention.ALL, 2, 2, 64, 2),
            Arguments.of(type, bytes, 600, 950, 4, 2, 64, 2)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyTokenSeesWhatIsBeforeItAndItselfOrAllTokens(
      Precision type,
      int vectorBytes,
      int tokens,
      int past,
      int heads,
      int kvHeads,
      int width,
      int threads) {
    Heads sizes = new Heads(heads, kvHeads, width);
    SplittableRandom random = new SplittableRandom(7);
    boolean seesAll = past == PromptAttention.ALL;
    int positions = seesAll ? tokens : past + tokens;
    int room = positions + 3;
    float[] queries = numbers(random, heads * tokens * width);
    float[] keys = numbers(random, kvHeads * room * width);
    float[] values = numbers(random, kvHeads * room * width);
    for (int head = 0; head < kvHeads; head++) {
      // what nobody has written yet may be anything
      int from = (head * room + positions) * width;
      Arrays.fill(keys, from, from + 3 * width, Float.NaN);
      Arrays.fill(values, from, from + 3 * width, Float.NaN);
    }
    boolean narrow = type == Precision.BFLOAT16;
    try (RowThreads shared = new RowThreads(threads);
        PromptAttention attention =
            PromptAttention.of(sizes, shared, type, vectorBytes).orElseThrow();
        Arena arena = Arena.ofShared()) {
      int count = tokens * heads * width;
      NativeNumbers into = numbers(arena, new float[count + 2], narrow);
      into.write(count, new float[] {UNTOUCHED, UNTOUCHED}, 0, 2);
      // the second time in room that has been used
      for (int before : new int[] {seesAll ? past : Math.max(0, past - tokens), past}) {
        attention.attend(
            numbers(arena, queries, narrow).memory(),
            tokens,
            new KeysAndValues(numbers(arena, keys, true), numbers(arena, values, true), room),
            before,
            into);
      }
      float[] attended = new float[count + 2];
      into.read(0, attended.length, attended);
      assertThat(attended[count]).isEqualTo(UNTOUCHED).isEqualTo(attended[count + 1]);
      for (int token = 0; token < tokens; token += Math.max(1, tokens / 40)) {
        for (int head = 0; head < heads; head++) {
          int kvFirst = head * kvHeads / heads * room * width;
          double[] expected =
              expected(
                  queries,
                  (head * tokens + token) * width,
                  keys,
                  values,
                  kvFirst,
                  seesAll ? tokens : past + token + 1,
                  width);
          for (int i = 0; i < width; i++) {
            float found = attended[(token * heads + head) * width + i];
            assertThat(found).isEqualTo(Bfloat16.round(found));
            // shares and results are rounded to 8 bits, values are about 1
            assertThat((double) found)
                .as("token %d, head %d, number %d", token, head, i)
                .isCloseTo(expected[i], within(0.004 + Math.abs(expected[i]) / 256));
          }
        }
      }
    }
  }

  private static double[] expected(
      float[] queries,
      int query,
      float[] keys,
      float[] values,
      int first,
      int positions,
      int width) {
    double[] attended = new double[width];
    double sum = 0;
    for (int position = 0; position < positions; position++) {
      double score = 0;
      for (int i = 0; i < width; i++) {
        score += (double) queries[query + i] * keys[first + position * width + i];
      }
      double share = Math.exp(score / Math.sqrt(width));
      sum += share;
      for (int i = 0; i < width; i++) {
        attended[i] += share * values[first + position * width + i];
      }
    }
    for (int i = 0; i < width; i++) {
      attended[i] /= sum;
    }
    return attended;
  }

  private static NativeNumbers numbers(Arena arena, float[] numbers, boolean narrow) {
    MemorySegment memory = arena.allocate(NativeNumbers.bytes(numbers.length, narrow), 64);
    NativeNumbers there = new NativeNumbers(memory, narrow);
    there.write(0, numbers, 0, numbers.length);
    return there;
  }

  /** Numbers of bfloat16. */
  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Bfloat16.round((float) random.nextGaussian());
    }
    return numbers;
  }
}
