package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * Products of the tokens of a prompt with weights, on the processor's cores.
 *
 * <p>Rows of a weight become numbers a block at a time, just before {@link MatrixMachineCode}
 * multiplies them with all tokens: a block, a panel of tokens and their sums are near then. So a
 * weight is never written out as numbers, and each is read once. Not thread-safe.
 */
final class MatrixProducts implements AutoCloseable {

  /** Tiles of a block. */
  private static final int TILES = 4;

  /** Sums that a thread has at once: half of a megabyte. */
  private static final int SUMS = 120_000;

  /** Words that are put in place at a time, of each token of a panel. */
  private static final int NEAR = 16;

  /** Times that a thread takes rows of a weight, so that none waits long for the last. */
  private static final int TURNS = 4;

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = RowKernel.LANES;
  private static final int UPPER = 0xffff0000;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  private final RowThreads threads;
  private final MatrixMachineCode code;

  /** Numbers of a word. */
  private final int perWord;

  private final int panelTokens;
  private final int blockRows;

  /**
   * Products by some code.
   *
   * @param threads that share the work
   * @param code closed with this
   */
  MatrixProducts(RowThreads threads, MatrixMachineCode code) {
    this.threads = threads;
    this.code = code;
    this.perWord = Float.SIZE / code.type().bits();
    this.panelTokens = code.tokens();
    this.blockRows = TILES * code.rows();
  }

  /**
   * Products of numbers of a type, if they are possible here.
   *
   * @param threads that share the work
   * @param type BFLOAT16 or FLOAT32
   */
  static Optional<MatrixProducts> of(RowThreads threads, Precision type) {
    return MatrixMachineCode.of(type).map(code -> new MatrixProducts(threads, code));
  }

  /** Whether the products of such a weight can be made here. */
  boolean takes(PackedForm form) {
    boolean plain = form.precision() == Precision.BFLOAT16 && form.columns() % LANES == 0;
    boolean whole = form.precision().bits() != 4 || partColumns() % form.group() == 0;
    return (plain || RowUnpacker.takes(form) && whole) && form.rows() % 2 == 0;
  }

  private int partColumns() {
    return MatrixMachineCode.WORDS * perWord;
  }

  /** How many numbers the panels of so many tokens hold. */
  long panelNumbers(int tokens, long columns) {
    return padded(tokens) * columns;
  }

  private long padded(int tokens) {
    return (long) panels(tokens) * panelTokens;
  }

  private int panels(int tokens) {
    return (tokens + panelTokens - 1) / panelTokens;
  }

  /**
   * Multiplies.
   *
   * @param input {@code [tokens][columns]} of the type
   * @param weights that are taken, of as many columns
   * @param panels room for {@link #panelNumbers}, best at a multiple of 64 bytes
   * @param products {@code [tokens][rows]} of bfloat16, the rows of all weights after each other
   */
  void multiply(
      MemorySegment input,
      int tokens,
      List<PackedWeight> weights,
      MemorySegment panels,
      MemorySegment products) {
    int columns = Math.toIntExact(weights.getFirst().form().columns());
    long all = weights.stream().mapToLong(weight -> weight.form().rows()).sum();
    int words = columns / perWord;
    threads.share(
        panels(tokens),
        1,
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            arrange(input, tokens, words, panel, panels);
          }
        });
    long first = 0;
    for (PackedWeight weight : weights) {
      Product product = new Product(weight, tokens, panels, products, first, all);
      int rows = Math.toIntExact(weight.form().rows());
      threads.share(rows, step(rows, tokens), product::rows);
      first += rows;
    }
  }

  /** Rows that a thread takes at a time: whole blocks. */
  private int step(int rows, int tokens) {
    long most = Math.max(1, SUMS / padded(tokens) / blockRows);
    int fair = rows / (TURNS * threads.count()) / blockRows;
    return blockRows * (int) Math.clamp(fair, 1, most);
  }

  /** Puts the words of a panel's tokens beside each other, in parts of a row's words. */
  private void arrange(
      MemorySegment input, int tokens, int words, int panel, MemorySegment panels) {
    int first = panel * panelTokens;
    int count = Math.min(panelTokens, tokens - first);
    for (int part = 0; part < words; part += MatrixMachineCode.WORDS) {
      int ofPart = Math.min(MatrixMachineCode.WORDS, words - part);
      long place = part * padded(tokens) + (long) panel * ofPart * panelTokens;
      for (int begin = 0; begin < ofPart; begin += NEAR) {
        int end = Math.min(begin + NEAR, ofPart);
        for (int token = 0; token < panelTokens; token++) {
          long from = ((long) (first + token) * words + part) * Integer.BYTES;
          for (int word = begin; word < end; word++) {
            int value = token < count ? input.get(INT, from + (long) word * Integer.BYTES) : 0;
            panels.set(INT, (place + (long) word * panelTokens + token) * Integer.BYTES, value);
          }
        }
      }
    }
  }

  /** The products of all tokens with one weight. */
  private final class Product {

    private final PackedWeight weight;
    private final int tokens;
    private final MemorySegment panels;
    private final MemorySegment products;

    /** The place of the weight's first row among all. */
    private final long first;

    private final long all;
    private final int words;

    Product(
        PackedWeight weight,
        int tokens,
        MemorySegment panels,
        MemorySegment products,
        long first,
        long all) {
      this.weight = weight;
      this.tokens = tokens;
      this.panels = panels;
      this.products = products;
      this.first = first;
      this.all = all;
      this.words = Math.toIntExact(weight.form().columns() / perWord);
    }

    /** Those with some rows. */
    void rows(int from, int to) {
      // outside of Java's heap, where Java writes vectors fast
      try (Arena arena = Arena.ofConfined()) {
        rows(from, to, arena.allocate((long) blockRows * MatrixMachineCode.ROW * Integer.BYTES));
      }
    }

    private void rows(int from, int to, MemorySegment block) {
      int ofBlock = Math.toIntExact(blockRows * padded(tokens));
      float[] sums = new float[(to - from + blockRows - 1) / blockRows * ofBlock];
      for (int part = 0; part < words; part += MatrixMachineCode.WORDS) {
        int ofPart = Math.min(MatrixMachineCode.WORDS, words - part);
        for (int row = from; row < to; row += blockRows) {
          int count = Math.min(blockRows, to - row);
          fill(block, row, count, part, ofPart);
          multiply(block, count, part, ofPart, sums, (row - from) / blockRows * ofBlock);
        }
      }
      finish(sums, ofBlock, from, to);
    }

    /** Makes numbers of a part of some rows. */
    private void fill(MemorySegment block, int row, int count, int part, int ofPart) {
      PackedForm form = weight.form();
      boolean narrow = code.type() == Precision.BFLOAT16;
      boolean asItIs = narrow && form.precision() == Precision.BFLOAT16;
      RowUnpacker unpacker = RowUnpacker.of(form.precision());
      float[] values = new float[ofPart * perWord];
      boolean four = form.precision().bits() == 4;
      float[] scales = new float[four ? Math.toIntExact(values.length / form.group()) : 0];
      int column = part * perWord;
      for (int i = 0; i < count; i++) {
        long place = (long) i * MatrixMachineCode.ROW * Integer.BYTES;
        long number = (row + i) * form.columns() + column;
        if (asItIs) {
          long bytes = (long) ofPart * Integer.BYTES;
          MemorySegment.copy(weight.codes(), number * Short.BYTES, block, place, bytes);
          continue;
        }
        weight.scales(row + i, column, scales);
        unpacker.values(weight.codes(), number, scales, values);
        if (narrow) {
          RowUnpacker.round(values, block, place);
        } else {
          MemorySegment.copy(values, 0, block, FLOAT, place, values.length);
        }
      }
    }

    private void multiply(
        MemorySegment block, int count, int part, int ofPart, float[] sums, int at) {
      long partPlace = part * padded(tokens);
      long ofPanel = (long) ofPart * panelTokens;
      int tiles = (count + code.rows() - 1) / code.rows();
      MemorySegment there = MemorySegment.ofArray(sums);
      for (int panel = 0; panel < panels(tokens); panel++) {
        code.multiply(
            panels.asSlice((partPlace + panel * ofPanel) * Integer.BYTES),
            block,
            there.asSlice((long) (at + panel * blockRows * panelTokens) * Float.BYTES),
            tiles,
            ofPart);
      }
    }

    /** Rounds the sums of some rows, and puts them to where the products of each token are. */
    private void finish(float[] sums, int ofBlock, int from, int to) {
      float[] scales = new float[to - from];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = scale(from + i);
      }
      int width = panelTokens;
      int count = scales.length / 2;
      int[] pairs = new int[count * panelTokens];
      int[] ofToken = new int[count];
      for (int panel = 0; panel < panels(tokens); panel++) {
        int ofPanel = panel * blockRows * panelTokens;
        for (int row = 0; row < scales.length; row += blockRows) {
          int end = Math.min(scales.length, row + blockRows);
          pair(sums, row / blockRows * ofBlock + ofPanel, panelTokens, scales, row, end, pairs);
        }
        int firstToken = panel * panelTokens;
        int some = Math.min(panelTokens, tokens - firstToken);
        for (int token = 0; token < some; token++) {
          for (int pair = 0; pair < count; pair++) {
            ofToken[pair] = pairs[pair * width + token];
          }
          long place = ((firstToken + token) * all + first + from) * Short.BYTES;
          MemorySegment.copy(ofToken, 0, products, INT, place, count);
        }
      }
    }

    private float scale(int row) {
      if (weight.form().precision().bits() != 8) {
        return 1;
      }
      float[] one = new float[1];
      weight.scales(row, one);
      return one[0];
    }
  }

  /**
   * Numbers of two rows each, multiplied by the rows' scales, rounded to bfloat16 and put beside
   * each other.
   *
   * @param numbers {@code [rows][tokens]}, from a place on
   * @param tokens as many as fill vectors
   * @param scales those of rows from {@code first} up to {@code end}
   * @param pairs where they go, two rows to one
   */
  static void pair(
      float[] numbers, int at, int tokens, float[] scales, int first, int end, int[] pairs) {
    for (int i = first; i < end; i += 2) {
      for (int token = 0; token < tokens; token += LANES) {
        int place = at + (i - first) * tokens + token;
        IntVector low =
            FloatVector.fromArray(FLOATS, numbers, place).mul(scales[i]).reinterpretAsInts();
        IntVector high =
            FloatVector.fromArray(FLOATS, numbers, place + tokens)
                .mul(scales[i + 1])
                .reinterpretAsInts();
        low = low.add(low.lanewise(VectorOperators.LSHR, Short.SIZE).and(1)).add(0x7fff);
        high = high.add(high.lanewise(VectorOperators.LSHR, Short.SIZE).and(1)).add(0x7fff);
        low.lanewise(VectorOperators.LSHR, Short.SIZE)
            .or(high.and(UPPER))
            .intoArray(pairs, i / 2 * tokens + token);
      }
    }
  }

  /** Frees machine code; no product may be under way. */
  @Override
  public void close() {
    code.close();
  }
}
