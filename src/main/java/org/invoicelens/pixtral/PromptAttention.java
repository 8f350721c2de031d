package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * Attention of the tokens of a prompt over all positions so far, on the processor's cores.
 *
 * <p>Both of its products are those of {@link MatrixMachineCode}: keys are rows that are multiplied
 * with a panel of queries, and the shares of attention are the panel that is multiplied with the
 * rows of turned values. Positions come a block at a time, so that scores stay near; the largest
 * score and the sum of a query's shares are corrected from block to block (Dao and others,
 * FlashAttention, 2022). Scores and sums are in float32, shares are rounded to the type of the
 * products. Not thread-safe.
 */
final class PromptAttention implements AutoCloseable {

  /** For tokens that all see each other. */
  static final int ALL = -1;

  /** Positions of a block: a multiple of what a tile has of rows. */
  private static final int BLOCK = 480;

  /** What turned values are apart beyond their length, or they would be in each other's way. */
  private static final int GAP = 8;

  /** Pieces of work that a thread takes at a time. */
  private static final int STEP = 4;

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = RowKernel.LANES;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  private final RowThreads threads;
  private final MatrixMachineCode scoring;
  private final MatrixMachineCode adding;
  private final boolean narrow;
  private final int heads;
  private final int kvHeads;
  private final int width;
  private final float scale;

  /** Words of a head's numbers, and of a block's positions. */
  private final int headWords;

  private final int blockWords;

  /** Queries of a panel. */
  private final int panel;

  /** Rows of turned values, with those that fill the last tile. */
  private final int valueRows;

  /** Bytes of a block's keys, then turned values. */
  private final long keyBytes;

  private final long blockBytes;

  /** Where the blocks of a layer are put; grows with the number of positions. */
  private Arena arena = Arena.ofShared();

  private MemorySegment blocks = MemorySegment.NULL;

  private PromptAttention(
      Heads sizes, RowThreads threads, MatrixMachineCode scoring, MatrixMachineCode adding) {
    this.threads = threads;
    this.scoring = scoring;
    this.adding = adding;
    this.narrow = scoring.type() == Precision.BFLOAT16;
    this.heads = sizes.queries();
    this.kvHeads = sizes.keys();
    this.width = sizes.width();
    this.scale = (float) (1 / Math.sqrt(width));
    this.headWords = words(width, scoring.type());
    this.blockWords = words(BLOCK, scoring.type());
    this.panel = scoring.tokens();
    int tile = adding.rows();
    this.valueRows = (width + tile - 1) / tile * tile;
    this.keyBytes = (long) BLOCK * headWords * Integer.BYTES;
    this.blockBytes = keyBytes + (long) valueRows * (blockWords + GAP) * Integer.BYTES;
  }

  private static int words(int numbers, Precision type) {
    return numbers * type.bits() / Integer.SIZE;
  }

  /**
   * Attention for a model's heads; empty where there is no machine code for it.
   *
   * @param threads that share the work
   * @param type what products are made of: BFLOAT16 or FLOAT32
   */
  static Optional<PromptAttention> of(Heads sizes, RowThreads threads, Precision type) {
    return MatrixMachineCode.vectorBytes(type).flatMap(bytes -> of(sizes, threads, type, bytes));
  }

  /** The same with vectors of a width for which there is code. */
  static Optional<PromptAttention> of(
      Heads sizes, RowThreads threads, Precision type, int vectorBytes) {
    if (sizes.width() % 2 != 0) {
      return Optional.empty();
    }
    Optional<MatrixMachineCode> scoring =
        MatrixMachineCode.of(type, vectorBytes, words(sizes.width(), type));
    Optional<MatrixMachineCode> adding =
        MatrixMachineCode.of(type, vectorBytes, words(BLOCK, type) + GAP);
    if (scoring.isPresent() && adding.isPresent()) {
      return Optional.of(new PromptAttention(sizes, threads, scoring.get(), adding.get()));
    }
    scoring.ifPresent(MatrixMachineCode::close);
    adding.ifPresent(MatrixMachineCode::close);
    return Optional.empty();
  }

  /**
   * Attends.
   *
   * @param queries {@code [heads][tokens][head width]} of the type
   * @param kept keys and values, in bfloat16
   * @param past positions before the first token: a token sees those, itself and the tokens
   *     between; or {@link #ALL}, where all tokens see each other
   * @param into {@code [tokens][heads][head width]} of the type, rounded to bfloat16
   */
  void attend(MemorySegment queries, int tokens, KeysAndValues kept, int past, NativeNumbers into) {
    int positions = Math.max(past, 0) + tokens;
    int count = (positions + BLOCK - 1) / BLOCK;
    makeRoom(count * kvHeads);
    threads.share(
        count * kvHeads,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int first = i % count * BLOCK;
            long place = (long) (i / count) * kept.room() + first;
            int some = Math.min(BLOCK, positions - first);
            fill(blocks.asSlice(i * blockBytes, blockBytes), kept, place * width, some);
          }
        });
    int panels = (tokens + panel - 1) / panel;
    threads.share(
        heads * panels,
        STEP,
        (from, to) -> {
          Panel work = new Panel(queries, tokens, count, past, into);
          for (int i = from; i < to; i++) {
            work.attend(i / panels, i % panels * panel);
          }
        });
  }

  private void makeRoom(int count) {
    if (blocks.byteSize() < count * blockBytes) {
      // forgotten before there are others: memory may not suffice
      blocks = MemorySegment.NULL;
      arena.close();
      arena = Arena.ofShared();
      blocks = arena.allocate(count * blockBytes, 64);
    }
  }

  /** Puts keys of a block below each other, and turns its values. */
  private void fill(MemorySegment block, KeysAndValues kept, long first, int count) {
    NativeNumbers keys = kept.keys();
    NativeNumbers values = kept.values();
    long bytes = (long) count * headWords * Integer.BYTES;
    block.asSlice(bytes, keyBytes - bytes).fill((byte) 0);
    MemorySegment turned = block.asSlice(keyBytes);
    if (narrow) {
      MemorySegment.copy(keys.memory(), first * Short.BYTES, block, 0, bytes);
      int[] words = new int[BLOCK * headWords];
      MemorySegment.copy(values.memory(), INT, first * Short.BYTES, words, 0, count * headWords);
      turnPairs(words, turned);
    } else {
      float[] numbers = new float[BLOCK * width];
      keys.read(first, count * width, numbers);
      MemorySegment.copy(numbers, 0, block, FLOAT, 0, count * width);
      values.read(first, count * width, numbers);
      turn(numbers, turned);
    }
  }

  // Arrays and small methods: both are soon fast, where few prompts have been read yet.

  private void turnPairs(int[] values, MemorySegment turned) {
    int[] even = new int[blockWords];
    int[] odd = new int[blockWords];
    for (int word = 0; word < headWords; word++) {
      turnPairs(values, word, headWords, even, odd);
      MemorySegment.copy(even, 0, turned, INT, turnedRow(2 * word), blockWords);
      MemorySegment.copy(odd, 0, turned, INT, turnedRow(2 * word + 1), blockWords);
    }
  }

  private static void turnPairs(int[] values, int word, int stride, int[] even, int[] odd) {
    for (int pair = 0; pair < even.length; pair++) {
      int first = values[2 * pair * stride + word];
      int second = values[(2 * pair + 1) * stride + word];
      even[pair] = first & 0xffff | second << Short.SIZE;
      odd[pair] = first >>> Short.SIZE | second & 0xffff0000;
    }
  }

  private void turn(float[] values, MemorySegment turned) {
    float[] row = new float[BLOCK];
    for (int i = 0; i < width; i++) {
      turn(values, i, width, row);
      MemorySegment.copy(row, 0, turned, FLOAT, turnedRow(i), BLOCK);
    }
  }

  private static void column(int[] rows, int at, int stride, int[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = rows[i * stride + at];
    }
  }

  private static void turn(float[] values, int at, int stride, float[] row) {
    for (int position = 0; position < row.length; position++) {
      row[position] = values[position * stride + at];
    }
  }

  private long turnedRow(int row) {
    return (long) row * (blockWords + GAP) * Integer.BYTES;
  }

  /** A panel of one head's queries at a time; of one thread. */
  private final class Panel {

    private final MemorySegment queries;
    private final int tokens;

    /** Blocks of a head. */
    private final int count;

    private final int past;
    private final NativeNumbers into;

    private final int[] words = new int[headWords * panel];
    private final float[] scores = new float[BLOCK * panel];
    private final int[] shares = new int[narrow ? blockWords * panel : 0];
    private final float[] sums = new float[valueRows * panel];

    // one for each query
    private final float[] largest = new float[panel];
    private final float[] total = new float[panel];
    private final float[] correction = new float[panel];

    private final float[] ones = new float[Math.max(BLOCK, width)];

    /** What was attended to, two numbers to one. */
    private final int[] pairs = new int[narrow ? width / 2 * panel : 0];

    // of one query
    private final int[] query = new int[headWords];
    private final float[] attended = new float[width];

    Panel(MemorySegment queries, int tokens, int count, int past, NativeNumbers into) {
      this.queries = queries;
      this.tokens = tokens;
      this.count = count;
      this.past = past;
      this.into = into;
      Arrays.fill(ones, 1);
    }

    /** Attention of a head's queries from that of one token on. */
    void attend(int head, int token) {
      int some = Math.min(panel, tokens - token);
      arrange(head, token, some);
      Arrays.fill(sums, 0);
      Arrays.fill(total, 0);
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      int end = past == ALL ? tokens : past + token + some;
      for (int block = 0; block * BLOCK < end; block++) {
        int tiles = tiles(Math.min(BLOCK, end - block * BLOCK), scoring.rows());
        int rows = tiles * scoring.rows();
        int group = heads / kvHeads;
        long place = ((long) (head / group) * count + block) * blockBytes;
        Arrays.fill(scores, 0, rows * panel, 0);
        scoring.multiply(
            MemorySegment.ofArray(words),
            blocks.asSlice(place),
            MemorySegment.ofArray(scores),
            tiles,
            headWords);
        if (past == ALL) {
          hideAll(end - block * BLOCK, rows);
        } else {
          hide(past + token - block * BLOCK, rows);
        }
        makeShares(rows);
        adding.multiply(
            panelOfShares(rows),
            blocks.asSlice(place + keyBytes),
            MemorySegment.ofArray(sums),
            tiles(width, adding.rows()),
            words(rows, adding.type()));
      }
      divide();
      if (narrow) {
        MatrixProducts.pair(sums, 0, panel, ones, 0, width, pairs);
      }
      for (int i = 0; i < some; i++) {
        long place = ((long) (token + i) * heads + head) * width;
        if (narrow) {
          column(pairs, i, panel, query);
          MemorySegment.copy(query, 0, into.memory(), INT, place * Short.BYTES, headWords);
        } else {
          for (int j = 0; j < width; j++) {
            attended[j] = Bfloat16.round(sums[j * panel + i]);
          }
          into.write(place, attended, 0, width);
        }
      }
    }

    private void divide() {
      for (int i = 0; i < panel; i += LANES) {
        FloatVector whole = FloatVector.fromArray(FLOATS, total, i);
        for (int row = 0; row < width; row++) {
          int place = row * panel + i;
          FloatVector.fromArray(FLOATS, sums, place).div(whole).intoArray(sums, place);
        }
      }
    }

    private static int tiles(int rows, int ofTile) {
      return (rows + ofTile - 1) / ofTile;
    }

    /** Puts the words of queries beside each other; 0 where there are no more. */
    private void arrange(int head, int token, int some) {
      if (some < panel) {
        Arrays.fill(words, 0);
      }
      for (int i = 0; i < some; i++) {
        long place = ((long) head * tokens + token + i) * headWords;
        MemorySegment.copy(queries, INT, place * Integer.BYTES, query, 0, headWords);
        for (int word = 0; word < headWords; word++) {
          words[word * panel + i] = query[word];
        }
      }
    }

    /**
     * Takes away the scores of positions behind a query's own.
     *
     * @param own the row of the first query's position
     */
    private void hide(int own, int rows) {
      for (int row = Math.max(0, own + 1); row < rows; row++) {
        int first = row * panel;
        Arrays.fill(scores, first, first + Math.min(panel, row - own), Float.NEGATIVE_INFINITY);
      }
    }

    /** Takes away the scores of rows that no position has any more. */
    private void hideAll(int from, int rows) {
      if (from < rows) {
        Arrays.fill(scores, from * panel, rows * panel, Float.NEGATIVE_INFINITY);
      }
    }

    /** Makes shares of scores, and corrects what there is of blocks before. */
    private void makeShares(int rows) {
      for (int i = 0; i < panel; i += LANES) {
        FloatVector before = FloatVector.fromArray(FLOATS, largest, i);
        FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
          most = most.max(FloatVector.fromArray(FLOATS, scores, row * panel + i));
        }
        most = most.mul(scale).max(before);
        most.intoArray(largest, i);
        before.sub(most).intoArray(correction, i);
        for (int row = 0; row < rows; row++) {
          int place = row * panel + i;
          FloatVector.fromArray(FLOATS, scores, place)
              .mul(scale)
              .sub(most)
              .intoArray(scores, place);
        }
      }
      ReproducibleMath.exp(correction);
      ReproducibleMath.exp(scores, rows * panel);
      for (int i = 0; i < panel; i += LANES) {
        FloatVector factor = FloatVector.fromArray(FLOATS, correction, i);
        FloatVector sum = FloatVector.fromArray(FLOATS, total, i).mul(factor);
        for (int row = 0; row < rows; row++) {
          sum = sum.add(FloatVector.fromArray(FLOATS, scores, row * panel + i));
        }
        sum.intoArray(total, i);
        for (int row = 0; row < valueRows; row++) {
          int place = row * panel + i;
          FloatVector.fromArray(FLOATS, sums, place).mul(factor).intoArray(sums, place);
        }
      }
    }

    /** The shares as the words of a panel. */
    private MemorySegment panelOfShares(int rows) {
      if (!narrow) {
        return MemorySegment.ofArray(scores);
      }
      MatrixProducts.pair(scores, 0, panel, ones, 0, rows, shares);
      return MemorySegment.ofArray(shares);
    }
  }

  /** Bytes of the room for a layer's keys and values. */
  long memory() {
    return blocks.byteSize();
  }

  /** Frees machine code and room; nothing may be under way. */
  @Override
  public void close() {
    scoring.close();
    adding.close();
    arena.close();
  }
}
