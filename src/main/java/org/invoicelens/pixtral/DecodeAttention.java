package org.invoicelens.pixtral;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of one token over all positions so far, in the processor's vector instructions.
 *
 * <p>Keys and values are {@code [kv heads, room, head width]} ; all else is in float32. Each of
 * them is read once for all heads that share it, and heads are shared out among threads. Not
 * thread-safe.
 */
final class DecodeAttention {

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = RowKernel.LANES;

  /** Positions that are read at a time: they stay near for all heads. */
  private static final int BLOCK = 64;

  private final int heads;
  private final int kvHeads;
  private final int width;
  private final float scale;
  private final RowThreads threads;

  DecodeAttention(PixtralConfig.Text sizes, RowThreads threads) {
    this.heads = sizes.heads();
    this.kvHeads = sizes.kvHeads();
    this.width = sizes.headDim();
    this.scale = (float) (1 / Math.sqrt(width));
    this.threads = threads;
  }

  /** Keeps a position's keys or values, which stand in {@code numbers} from {@code at} on. */
  void put(NativeNumbers cache, int room, int position, float[] numbers, int at) {
    for (int head = 0; head < kvHeads; head++) {
      cache.write(((long) head * room + position) * width, numbers, at + head * width, width);
    }
  }

  /**
   * Attends.
   *
   * @param queries of all heads, one after the other
   * @param positions how many there are so far, that of the token among them
   * @return of all heads, one after the other
   */
  float[] attend(
      float[] queries, NativeNumbers keys, NativeNumbers values, int room, int positions) {
    float[] attended = new float[heads * width];
    threads.share(
        kvHeads,
        1,
        (from, to) -> {
          for (int head = from; head < to; head++) {
            long first = (long) head * room * width;
            attend(head, queries, keys, values, first, positions, attended);
          }
        });
    return attended;
  }

  private void attend(
      int kvHead,
      float[] queries,
      NativeNumbers keys,
      NativeNumbers values,
      long first,
      int positions,
      float[] attended) {
    int group = heads / kvHeads;
    float[] block = new float[BLOCK * width];
    // room for positions that there are not yet: their share stays 0
    float[][] shares = new float[group][(positions + 3) & -4];
    for (int from = 0; from < positions; from += BLOCK) {
      int count = Math.min(BLOCK, positions - from);
      keys.read(first + (long) from * width, count * width, block);
      for (int i = 0; i < group; i++) {
        score(queries, (kvHead * group + i) * width, block, count, shares[i], from);
      }
    }
    for (float[] share : shares) {
      softmax(share, positions);
    }
    for (int from = 0; from < positions; from += BLOCK) {
      int count = Math.min(BLOCK, positions - from);
      values.read(first + (long) from * width, count * width, block);
      for (int i = 0; i < group; i++) {
        add(shares[i], from, block, count, attended, (kvHead * group + i) * width);
      }
    }
  }

  /** The products of a query with the keys of a block, four of them at a time. */
  private void score(float[] queries, int query, float[] block, int count, float[] scores, int to) {
    float[] lanes = new float[4 * LANES];
    for (int position = 0; position < count; position += 4) {
      int at = position * width;
      FloatVector first = FloatVector.zero(FLOATS);
      FloatVector second = first;
      FloatVector third = first;
      FloatVector fourth = first;
      for (int i = 0; i < width; i += LANES) {
        FloatVector some = FloatVector.fromArray(FLOATS, queries, query + i);
        first = FloatVector.fromArray(FLOATS, block, at + i).fma(some, first);
        second = FloatVector.fromArray(FLOATS, block, at + width + i).fma(some, second);
        third = FloatVector.fromArray(FLOATS, block, at + 2 * width + i).fma(some, third);
        fourth = FloatVector.fromArray(FLOATS, block, at + 3 * width + i).fma(some, fourth);
      }
      first.intoArray(lanes, 0);
      second.intoArray(lanes, LANES);
      third.intoArray(lanes, 2 * LANES);
      fourth.intoArray(lanes, 3 * LANES);
      for (int i = 0; i < 4; i++) {
        scores[to + position + i] = scale * ReproducibleMath.sum(lanes, i * LANES, LANES);
      }
    }
  }

  private static void softmax(float[] scores, int count) {
    Arrays.fill(scores, count, scores.length, Float.NEGATIVE_INFINITY);
    float largest = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      largest = Math.max(largest, score);
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] -= largest;
    }
    ReproducibleMath.exp(scores);
    float sum = ReproducibleMath.sum(scores, 0, scores.length);
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Adds the shares of a block's values, four of them at a time. */
  private void add(float[] shares, int from, float[] block, int count, float[] to, int at) {
    for (int i = 0; i < width; i += LANES) {
      FloatVector first = FloatVector.fromArray(FLOATS, to, at + i);
      FloatVector second = FloatVector.zero(FLOATS);
      FloatVector third = second;
      FloatVector fourth = second;
      for (int position = 0; position < count; position += 4) {
        int place = position * width + i;
        int share = from + position;
        first =
            FloatVector.fromArray(FLOATS, block, place)
                .fma(FloatVector.broadcast(FLOATS, shares[share]), first);
        second =
            FloatVector.fromArray(FLOATS, block, place + width)
                .fma(FloatVector.broadcast(FLOATS, shares[share + 1]), second);
        third =
            FloatVector.fromArray(FLOATS, block, place + 2 * width)
                .fma(FloatVector.broadcast(FLOATS, shares[share + 2]), third);
        fourth =
            FloatVector.fromArray(FLOATS, block, place + 3 * width)
                .fma(FloatVector.broadcast(FLOATS, shares[share + 3]), fourth);
      }
      first.add(second).add(third.add(fourth)).intoArray(to, at + i);
    }
  }
}
