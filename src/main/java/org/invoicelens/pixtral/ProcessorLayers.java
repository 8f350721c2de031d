package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decoder's layers on the processor, with what PyTorch is slow at made beside the program: all
 * of a layer for one token, and for many the products with weights, or at least their unpacking.
 *
 * <p>For many tokens the program does the rest of a layer in parts, between the products. Not
 * thread-safe.
 */
final class ProcessorLayers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProcessorLayers.class);

  // weights that take the same input
  private static final List<String> QKV = List.of("q", "k", "v");
  private static final List<String> O = List.of("o");
  private static final List<String> GATE_UP = List.of("gate", "up");
  private static final List<String> DOWN = List.of("down");
  private static final List<List<String>> GROUPS = List.of(QKV, O, GATE_UP, DOWN);

  /** The names of a layer's weights. */
  static final List<String> NAMES = GROUPS.stream().flatMap(List::stream).toList();

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
  private final Precision type;
  private boolean rowLayers;
  private boolean rowHead;

  /** What products of many tokens are made of: BFLOAT16 or FLOAT32. */
  private Precision numbers;

  /** Whether weights are unpacked here to products that are the program's. */
  private boolean unpacks;

  /** Makes products of many tokens; null where they are the program's. */
  private MatrixProducts matrix;

  /** Whether activations of many tokens are to be rounded to int8. */
  private boolean int8Activations;

  /** Attention of many tokens; null where it is the program's. */
  private PromptAttention attention;

  /** Whether attention is to be made in one step, and not as the program's own definition. */
  private boolean fused;

  /** The output layer with its copy; null where there is none. */
  private ScreenedHead screened;

  /** Where numbers of weights, or words of tokens, go for the prompt at hand. */
  private MemorySegment room;

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
    this.type = type;
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

  /** Whether the products of a layer's rows, or of the output layer's copy, are in machine code. */
  boolean hasMachineCode() {
    return screened != null
        || rowLayers && products.hasMachineCode(weights.get(name(0, "q")).form());
  }

  boolean makesRowsOfLayers() {
    return rowLayers;
  }

  boolean makesRowsOfHead() {
    return rowHead;
  }

  /**
   * Unpacks weights from now on, where they are packed and that is possible, for products that are
   * the program's.
   *
   * @param type of the numbers: BFLOAT16 or FLOAT32
   */
  void unpackTo(Precision type) {
    endMatrix();
    numbers = type;
    unpacks =
        weights.containsKey(name(0, "q")) && layerForms().allMatch(form -> RowUnpacker.takes(form));
  }

  /** Makes products of many tokens in machine code from now on, where that is possible. */
  void useMatrix() {
    endMatrix();
    if (type == Precision.BFLOAT16 && weights.containsKey(name(0, "q"))) {
      matrix =
          (int8Activations
                  ? ByteKernel.of(ByteGroups.of(layerForms().toList()), numbers)
                  : Optional.<ByteKernel>empty())
              .flatMap(this::products)
              .or(() ->
                  MatrixMachineCode.of(numbers).map(NumberKernel::new).flatMap(this::products))
              .orElse(null);
    }
    useAttention(fused);
  }

  private Optional<MatrixProducts> products(MatrixKernel kernel) {
    if (layerForms().allMatch(kernel::takes)) {
      return Optional.of(new MatrixProducts(threads, kernel));
    }
    kernel.close();
    return Optional.empty();
  }

  /** Multiplies in bytes from now on, where machine code can, or no longer. */
  void quantizeActivations(boolean wanted) {
    int8Activations = wanted;
    if (matrix != null) {
      useMatrix();
    }
  }

  boolean quantizesActivations() {
    return matrix != null && matrix.quantizesActivations();
  }

  /** Makes attention of many tokens here from now on, where their products are, or not. */
  void useAttention(boolean wanted) {
    fused = wanted;
    if (attention != null) {
      attention.close();
      attention = null;
    }
    if (fused && matrix != null) {
      attention = PromptAttention.of(sizes, threads, numbers).orElse(null);
    }
  }

  private void endMatrix() {
    if (matrix != null) {
      matrix.close();
      matrix = null;
    }
    useAttention(fused);
  }

  private Stream<PackedForm> layerForms() {
    return weights.entrySet().stream()
        .filter(weight -> !weight.getKey().equals(head))
        .map(weight -> weight.getValue().form());
  }

  /** Whether a part of the layers is made here for so many tokens. */
  boolean worksFor(int tokens) {
    return (unpacks || matrix != null) && tokens > FEW;
  }

  /** Whether products of many tokens are made here. */
  boolean makesMatrix() {
    return matrix != null;
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
    return products.project(last(), List.of(weights.get(head)));
  }

  /** The same, those near that cannot be the largest, where that is faster. */
  Logits screenedRow() {
    return screens() ? screened.logits(last()) : Logits.exact(headRow());
  }

  /** Whether {@link #screenedRow} is faster than all of the output layer. */
  boolean screens() {
    return screened != null && products.hasMachineCode(screened.form());
  }

  /** The logits after the last token that the program has, as above, where they are screened. */
  Logits screenedLast() {
    return screened.logits(program.runForFloats("row_head"));
  }

  /** Bytes that are kept beside the program. */
  long memory() {
    long copy = screened == null ? 0 : screened.form().bytes();
    return attention == null ? copy : copy + attention.memory();
  }

  private float[] last() {
    return rowLayers ? decode.last() : program.runForFloats("row_head");
  }

  /**
   * Keeps a copy of the output layer from now on, where that makes a token faster.
   *
   * @param memory bytes that it may take
   */
  void screenHead(long memory) {
    if (!rowHead || screened != null) {
      return;
    }
    PackedForm copy = ScreenedHead.form(weights.get(head).form());
    if (copy.bytes() <= memory && products.hasMachineCode(copy)) {
      try {
        screened = ScreenedHead.of(weights.get(head), products, threads);
      } catch (OutOfMemoryError e) {
        log.info("There is no memory for a copy of the output layer.", e);
      }
    }
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

  /**
   * A layer for the tokens that the program was given.
   *
   * @param tokens how many
   */
  void layerForMany(int layer, int position, int tokens) {
    if (layer == 0) {
      long most = layerForms().mapToLong(PackedForm::columns).max().orElseThrow();
      long size = numbers.bits() / Byte.SIZE;
      long bytes =
          matrix == null
              ? Math.max(UNPACKED, most) * size
              : matrix.panelBytes(tokens, Math.toIntExact(most));
      long rows = GROUPS.stream().mapToLong(names -> rows(layer, names)).max().orElseThrow();
      room = program.runForMemory("many_room", bytes / size, rows).reinterpret(bytes);
    }
    program.run("many_begin", layer);
    multiply(layer, tokens, QKV);
    attend(layer, position, tokens);
    multiply(layer, tokens, O);
    program.run("many_middle", layer);
    multiply(layer, tokens, GATE_UP);
    program.run("many_gated");
    multiply(layer, tokens, DOWN);
    program.run("many_end", layer);
  }

  private void attend(int layer, int position, int tokens) {
    if (attention == null) {
      program.run("many_attend", layer, position);
      return;
    }
    program.run("many_keep", layer, position);
    long bytes = (long) tokens * sizes.heads() * sizes.headDim() * numbers.bits() / Byte.SIZE;
    boolean narrow = numbers == Precision.BFLOAT16;
    attention.attend(
        place("queries", bytes),
        tokens,
        decode.keys(layer),
        decode.values(layer),
        decode.room(),
        position,
        new NativeNumbers(place("input", bytes), narrow));
  }

  private void multiply(int layer, int tokens, List<String> names) {
    long all = rows(layer, names);
    program.run("many_products", all);
    if (matrix == null) {
      unpackAndMultiply(layer, names);
      return;
    }
    List<PackedWeight> those = names.stream().map(name -> weights.get(name(layer, name))).toList();
    long columns = those.getFirst().form().columns();
    MemorySegment input = place("input", tokens * columns * numbers.bits() / Byte.SIZE);
    MemorySegment products = place("products", tokens * all * type.bits() / Byte.SIZE);
    matrix.multiply(input, tokens, those, room, products);
  }

  private MemorySegment place(String name, long bytes) {
    return program.runForMemory("many_place", name).reinterpret(bytes);
  }

  private void unpackAndMultiply(int layer, List<String> names) {
    int done = 0;
    for (String name : names) {
      PackedWeight weight = weights.get(name(layer, name));
      int rows = rows(weight);
      int step = Math.toIntExact(Math.max(1, UNPACKED / weight.form().columns()));
      for (int first = 0; first < rows; first += step) {
        int count = Math.min(step, rows - first);
        RowUnpacker.unpack(weight, first, count, threads, room, numbers);
        program.run("many_product", name(layer, name), first, count, done);
        done += count;
      }
    }
  }

  private long rows(int layer, List<String> names) {
    return names.stream().mapToLong(name -> weights.get(name(layer, name)).form().rows()).sum();
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
    endMatrix();
    if (screened != null) {
      screened.close();
    }
  }
}
