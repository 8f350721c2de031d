package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.Precision;

/**
 * The decoder's layers on the processor, with what PyTorch is slow at made beside the program: all
 * of a layer for one token, and the unpacking of weights for many.
 *
 * <p>For many tokens the program does the rest of a layer in parts, between the products. Not
 * thread-safe.
 */
final class ProcessorLayers implements AutoCloseable {

  /** The names of a layer's weights. */
  static final List<String> NAMES = List.of("q", "k", "v", "o", "gate", "up", "down");

  /** Tokens up to which the program unpacks: hardly any prompt is so short. */
  private static final int FEW = 8;

  /** Numbers that are unpacked at a time: they stay near, and calls are few. */
  private static final int UNPACKED = 1 << 22;

  private final TorchProgram program;
  private final Map<String, PackedWeight> weights;
  private final String head;
  private final RowThreads threads;
  private final RowProducts products;
  private final PixtralConfig.Text sizes;
  private final DecodeLayers decode;
  private boolean rowLayers;
  private boolean rowHead;

  /** What weights are unpacked to; null where they are not, or not here. */
  private Precision numbers;

  /** Where the numbers of the prompt at hand go. */
  private MemorySegment unpacked;

  /**
   * @param weights those of the layers, and of the output layer where it is in bfloat16, by name
   * @param head the name of the output layer's weight
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  ProcessorLayers(
      TorchProgram program,
      Map<String, PackedWeight> weights,
      PixtralConfig.Text sizes,
      String head,
      Precision type,
      int threads) {
    this.program = program;
    this.weights = weights;
    this.head = head;
    this.threads = new RowThreads(threads);
    this.products = new RowProducts(this.threads);
    this.sizes = sizes;
    this.decode = new DecodeLayers(program, weights, sizes, type, products, this.threads);
  }

  /** Makes the products of single rows in a way, as far as that is possible with these weights. */
  void makeRows(RowWay way) {
    products.useMachineCode(way == RowWay.MACHINE_CODE);
    boolean here = way != RowWay.PYTORCH;
    rowHead = here && takesRow(head);
    rowLayers =
        here
            && DecodeLayers.take(sizes)
            && weights.containsKey(name(0, "q"))
            && weights.keySet().stream().allMatch(this::takesRow);
  }

  private boolean takesRow(String name) {
    return weights.containsKey(name) && products.take(weights.get(name).form());
  }

  /** Whether the products of a layer's rows are made in machine code. */
  boolean hasMachineCode() {
    return rowLayers && products.hasMachineCode(weights.get(name(0, "q")).form());
  }

  boolean makesRowsOfLayers() {
    return rowLayers;
  }

  boolean makesRowsOfHead() {
    return rowHead;
  }

  /**
   * Unpacks weights from now on, where they are packed and that is possible.
   *
   * @param type of the numbers: BFLOAT16 or FLOAT32
   */
  void unpackTo(Precision type) {
    boolean possible =
        weights.containsKey(name(0, "q"))
            && weights.entrySet().stream()
                .filter(weight -> !weight.getKey().equals(head))
                .allMatch(weight -> RowUnpacker.takes(weight.getValue().form()));
    numbers = possible ? type : null;
  }

  /** Whether weights are unpacked here for so many tokens. */
  boolean unpacksFor(int tokens) {
    return numbers != null && tokens > FEW;
  }

  void useThreads(int count) {
    threads.use(count);
  }

  /** To be called when the program has made other room for keys and values. */
  void useRoom(int positions) {
    decode.useRoom(positions);
  }

  /**
   * One token through layers, from the first on.
   *
   * @param layers how many
   */
  void step(int token, int position, int layers) {
    decode.begin(token, position);
    for (int layer = 0; layer < layers; layer++) {
      decode.layer(layer, position);
    }
    if (!rowHead) {
      decode.end();
    }
  }

  /** The logits after the token at hand. */
  float[] headRow() {
    float[] input = rowLayers ? decode.last() : program.runForFloats("row_head");
    return products.project(input, List.of(weights.get(head)));
  }

  /** The products of a layer, each by itself. */
  void tryLayer() {
    for (String name : NAMES) {
      PackedWeight weight = weights.get(name(0, name));
      float[] input = new float[Math.toIntExact(weight.form().columns())];
      Arrays.fill(input, 1);
      products.project(input, List.of(weight));
    }
  }

  /** A layer for the tokens that the program was given. */
  void layerForMany(int layer, int position) {
    if (layer == 0) {
      long most = weights.values().stream().mapToLong(w -> w.form().columns()).max().orElseThrow();
      long count = Math.max(UNPACKED, most);
      long bytes = count * numbers.bits() / 8;
      unpacked = program.runForMemory("many_unpacked", count).reinterpret(bytes);
    }
    program.run("many_begin", layer);
    multiply(layer, "q", "k", "v");
    program.run("many_attend", layer, position);
    multiply(layer, "o");
    program.run("many_middle", layer);
    multiply(layer, "gate", "up");
    program.run("many_gated");
    multiply(layer, "down");
    program.run("many_end", layer);
  }

  private void multiply(int layer, String... names) {
    int all = 0;
    for (String name : names) {
      all += rows(weights.get(name(layer, name)));
    }
    program.run("many_room", all);
    int done = 0;
    for (String name : names) {
      PackedWeight weight = weights.get(name(layer, name));
      int rows = rows(weight);
      int step = Math.toIntExact(Math.max(1, UNPACKED / weight.form().columns()));
      for (int first = 0; first < rows; first += step) {
        int count = Math.min(step, rows - first);
        RowUnpacker.unpack(weight, first, count, threads, unpacked, numbers);
        program.run("many_product", name(layer, name), first, count, done);
        done += count;
      }
    }
  }

  private static int rows(PackedWeight weight) {
    return Math.toIntExact(weight.form().rows());
  }

  private static String name(int layer, String name) {
    return "text." + layer + "." + name;
  }

  /** Ends the threads, and frees machine code. */
  @Override
  public void close() {
    threads.close();
    products.close();
  }
}
