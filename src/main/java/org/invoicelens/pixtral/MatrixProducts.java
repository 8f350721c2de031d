package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * Products of the tokens of a prompt with weights, on the processor's cores.
 *
 * <p>Rows of a weight are unpacked a block at a time, just before a {@link MatrixKernel} multiplies
 * them with all tokens: a block, a panel of tokens and their sums are near then. So a weight is
 * never written out as numbers, and each is read once. Not thread-safe.
 */
final class MatrixProducts implements AutoCloseable {

  /** Sums that a thread has at once: half of a megabyte. */
  private static final int SUMS = 120_000;

  /** A thread takes one in so many of its rows that are left, so that none waits long. */
  private static final int TURNS = 4;

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final int LANES = RowKernel.LANES;
  private static final int UPPER = 0xffff0000;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

  private final RowThreads threads;
  private final MatrixKernel kernel;
  private final int panelTokens;
  private final int blockRows;
  private final Arena arena = Arena.ofShared();
  private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

  /**
   * Products by a kernel.
   *
   * @param threads that share the work
   * @param kernel closed with this
   */
  MatrixProducts(RowThreads threads, MatrixKernel kernel) {
    this.threads = threads;
    this.kernel = kernel;
    this.panelTokens = kernel.code().tokens();
    this.blockRows = kernel.blockRows();
  }

  /** Whether the products of such a weight can be made here. */
  boolean takes(PackedForm form) {
    return kernel.takes(form);
  }

  /** Whether activations are rounded to fewer bits than they have. */
  boolean quantizesActivations() {
    return kernel.code().type() == Precision.INT8;
  }

  /** How many bytes the panels of so many tokens take. */
  long panelBytes(int tokens, int columns) {
    return padded(tokens) * kernel.panelWords(columns) * Integer.BYTES;
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
   * @param input {@code [tokens][columns]} of the type that the kernel takes
   * @param weights that are taken, of as many columns
   * @param panels room for {@link #panelBytes}, best at a multiple of 64 bytes
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
    List<MatrixKernel.Part> parts = parts(columns);
    threads.share(
        panels(tokens),
        1,
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            int first = panel * panelTokens;
            int count = Math.min(panelTokens, tokens - first);
            for (MatrixKernel.Part part : parts) {
              MemorySegment there = panels.asSlice(place(part, panel, tokens));
              kernel.arrange(input, first, count, part, there);
            }
          }
        });
    List<Turn> turns = new ArrayList<>();
    long first = 0;
    for (PackedWeight weight : weights) {
      Product product = new Product(weight, tokens, parts, panels, products, first, all);
      int rows = Math.toIntExact(weight.form().rows());
      int count;
      for (int from = 0; from < rows; from += count) {
        count = Math.min(rows - from, turnRows(all - first - from, tokens));
        turns.add(new Turn(product, from, from + count));
      }
      first += rows;
    }
    threads.share(turns.size(), 1, (from, to) -> turns.subList(from, to).forEach(this::take));
  }

  /** Rows for a thread's next turn: whole blocks, fewer towards the end. */
  private int turnRows(long left, int tokens) {
    long most = Math.max(1, SUMS / padded(tokens) / blockRows);
    long fair = left / (TURNS * threads.count()) / blockRows;
    return blockRows * (int) Math.clamp(fair, 1, most);
  }

  /** Some rows of a weight, for one thread. */
  private record Turn(Product product, int from, int to) {}

  private void take(Turn turn) {
    Workspace here = idle.poll();
    if (here == null) {
      here = new Workspace();
    }
    turn.product().rows(turn.from(), turn.to(), here);
    idle.add(here);
  }

  /** What a thread needs for its products, kept so that it stays near. */
  private final class Workspace {

    /** Outside of Java's heap, where Java writes vectors fast. */
    final MemorySegment block =
        arena.allocate((long) blockRows * kernel.rowWords() * Integer.BYTES, 64);

    private float[] sums = {};

    /** So many sums, each 0. */
    float[] sums(int count) {
      if (sums.length < count) {
        sums = new float[count];
      } else {
        Arrays.fill(sums, 0, count, 0);
      }
      return sums;
    }
  }

  private List<MatrixKernel.Part> parts(int columns) {
    int most = kernel.partColumns();
    return IntStream.iterate(0, from -> from < columns, from -> from + most)
        .mapToObj(from -> new MatrixKernel.Part(from, Math.min(most, columns - from), columns))
        .toList();
  }

  /** Where a part of a panel begins, in bytes: after the parts before it of all panels. */
  private long place(MatrixKernel.Part part, int panel, int tokens) {
    long before = padded(tokens) * kernel.panelWords(part.from());
    long here = (long) panel * panelTokens * kernel.panelWords(part.columns());
    return (before + here) * Integer.BYTES;
  }

  /** The products of all tokens with one weight. */
  private final class Product {

    private final PackedWeight weight;
    private final int tokens;
    private final List<MatrixKernel.Part> parts;
    private final MemorySegment panels;
    private final MemorySegment products;

    /** The place of the weight's first row among all. */
    private final long first;

    private final long all;

    Product(
        PackedWeight weight,
        int tokens,
        List<MatrixKernel.Part> parts,
        MemorySegment panels,
        MemorySegment products,
        long first,
        long all) {
      this.weight = weight;
      this.tokens = tokens;
      this.parts = parts;
      this.panels = panels;
      this.products = products;
      this.first = first;
      this.all = all;
    }

    /** Those with some rows. */
    void rows(int from, int to, Workspace here) {
      MemorySegment block = here.block;
      int ofBlock = Math.toIntExact(blockRows * padded(tokens));
      float[] sums = here.sums((to - from + blockRows - 1) / blockRows * ofBlock);
      for (MatrixKernel.Part part : parts) {
        for (int row = from; row < to; row += blockRows) {
          int count = Math.min(blockRows, to - row);
          kernel.fill(weight, row, count, part, block);
          multiply(block, count, part, sums, (row - from) / blockRows * ofBlock);
        }
      }
      finish(sums, ofBlock, from, to);
    }

    private void multiply(
        MemorySegment block, int count, MatrixKernel.Part part, float[] sums, int at) {
      int ofTile = kernel.code().rows();
      int tiles = (count + ofTile - 1) / ofTile;
      MemorySegment there = MemorySegment.ofArray(sums);
      for (int panel = 0; panel < panels(tokens); panel++) {
        kernel.multiply(
            panels.asSlice(place(part, panel, tokens)),
            block,
            there.asSlice((long) (at + panel * blockRows * panelTokens) * Float.BYTES),
            tiles,
            part);
      }
    }

    /** Rounds the sums of some rows, and puts them to where the products of each token are. */
    private void finish(float[] sums, int ofBlock, int from, int to) {
      float[] scales = new float[to - from];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = kernel.scale(weight, from + i);
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

  /** Frees the kernel; no product may be under way. */
  @Override
  public void close() {
    kernel.close();
    arena.close();
  }
}
