package org.invoicelens.pixtral;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pixtral as a TorchScript program: the methods of {@code pixtral.py} with Java's types.
 *
 * <p>It holds weights, keys and values, and the hidden states of the call at hand. Not thread-safe.
 */
final class PixtralProgram implements AutoCloseable {

  private static final String SOURCE = "pixtral.py";

  /** How often a product is made to see how long it takes. */
  private static final int TRIALS = 5;

  /**
   * Errors of a product that rounding explains: 8 bits of bfloat16 for its result, and sums in
   * another order in float32.
   */
  private static final double BFLOAT16_TOLERANCE = 1.0 / 64;

  private static final double FLOAT32_TOLERANCE = 1e-4;

  private static final Logger log = LoggerFactory.getLogger(PixtralProgram.class);

  private final TorchProgram program;
  private final LoadOptions options;
  private final int layers;
  private final PackedMemory memory;
  private final DeviceSplit split;

  /** The packed weights where they lie in main memory, by name. */
  private final Map<String, PackedWeight> packed = new HashMap<>();

  /** What makes the products of one row in place of the program; null where nothing does. */
  private RowProducts rowProducts;

  private PixtralProgram(
      TorchProgram program,
      LoadOptions options,
      int layers,
      PackedMemory memory,
      DeviceSplit split) {
    this.program = program;
    this.split = split;
    this.options = options;
    this.layers = layers;
    this.memory = memory;
  }

  /** An empty program on one device. */
  static PixtralProgram load(PixtralConfig config, LoadOptions options, PackedMemory memory)
      throws CheckpointException {
    return load(
        config, options, memory, DeviceSplit.none(options.device(), config.text().layers()));
  }

  /**
   * An empty program for a model of these sizes; {@code options} are resolved.
   *
   * @param memory for packed weights in main memory; closed with the program
   * @param split on which device each weight goes
   */
  static PixtralProgram load(
      PixtralConfig config, LoadOptions options, PackedMemory memory, DeviceSplit split)
      throws CheckpointException {
    PixtralConfig.Text text = config.text();
    PixtralConfig.Vision vision = config.vision();
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    attributes.put(
        "dtype", options.dtype() == Precision.BFLOAT16 ? Checkpoint.BFLOAT16 : Checkpoint.FLOAT32);
    attributes.put("device", split.first());
    attributes.put("split", isSplit(options));
    attributes.put("attention", number(options.attention()));
    attributes.put("packing", packing(options.precision()));
    attributes.put("double_quant", options.doubleQuant());
    attributes.put(
        "int8_kernel", options.precision() == Precision.INT8 && options.device().equals("cpu"));
    attributes.put("wide", false);
    attributes.put("tracing", false);
    attributes.put("patch", vision.patch());
    attributes.put("vision_heads", vision.heads());
    attributes.put("vision_theta", vision.theta());
    attributes.put("vision_gelu", vision.gelu());
    attributes.put("projector_bias", config.projectorBias());
    attributes.put("layers", text.layers());
    attributes.put("heads", text.heads());
    attributes.put("kv_heads", text.kvHeads());
    attributes.put("head_dim", text.headDim());
    attributes.put("theta", text.theta());
    attributes.put("epsilon", text.epsilon());
    attributes.put("image_token", config.imageToken());
    attributes.put("head", text.tiedHead() ? "text.embeddings" : "text.head");
    attributes.put("weights", Map.of());
    attributes.put("rooms", Map.of());
    attributes.put("cache", Map.of());
    attributes.put("state", Map.of());
    attributes.put("traces", Map.of());
    byte[] archive = TorchScriptArchive.assemble("pixtral", "Pixtral", source(), attributes);
    TorchProgram program = TorchProgram.load(archive);
    try {
      PixtralProgram loaded = new PixtralProgram(program, options, text.layers(), memory, split);
      loaded.putTables();
      if (options.device().equals("cpu") && options.dtype() == Precision.BFLOAT16) {
        loaded.chooseProducts();
      }
      return loaded;
    } catch (RuntimeException | OutOfMemoryError e) {
      program.close();
      throw e;
    }
  }

  private static boolean isSplit(LoadOptions options) {
    return options.device().contains(",");
  }

  private static String source() {
    try (InputStream in = PixtralProgram.class.getResourceAsStream(SOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int number(AttentionVariant attention) {
    return switch (attention) {
      case EAGER -> 0;
      case SDPA -> 1;
      case FLASH -> 2;
    };
  }

  private static int packing(Precision precision) {
    return switch (precision) {
      case FLOAT32, BFLOAT16 -> 0;
      case INT8 -> 1;
      case FP8 -> 2;
      case NF4 -> 3;
      case INT4 -> 4;
    };
  }

  /**
   * Makes products of many rows in float32 where that is faster, the conversion of the weights
   * included: so it is on every processor without instructions for bfloat16.
   */
  private void chooseProducts() {
    long narrow = fastest(false);
    long wide = fastest(true);
    if (narrow < wide) {
      useWideProducts(false);
    }
    log.info("A product takes {} µs in bfloat16, {} in float32", narrow / 1000, wide / 1000);
  }

  /** Makes products of many rows in float32, or in the type of activations. */
  void useWideProducts(boolean wide) {
    program.run("set_wide", wide);
  }

  private long fastest(boolean wide) {
    useWideProducts(wide);
    return fastest(() -> program.run("trial"));
  }

  /** The shortest of several times that something takes, in nanoseconds. */
  private static long fastest(Runnable product) {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < TRIALS; i++) {
      long begin = System.nanoTime();
      product.run();
      fastest = Math.min(fastest, System.nanoTime() - begin);
    }
    return fastest;
  }

  private void putTables() {
    if (options.precision().bits() != 4) {
      return;
    }
    boolean normal = options.precision() == Precision.NF4;
    CodeBook codes = normal ? CodeBook.normalFloat() : CodeBook.integers();
    program.run("pairs", new TorchProgram.Numbers(codes.pairs(), 256, 2));
    if (normal) {
      putTable("code.thresholds", codes.thresholds());
    }
    if (normal && options.doubleQuant()) {
      CodeBook scales = CodeBook.dynamic();
      putTable("code.scale", scales.values());
      putTable("code.scale.thresholds", scales.thresholds());
    }
  }

  private void putTable(String name, float[] values) {
    program.run("table", name, new TorchProgram.Numbers(values, values.length));
  }

  /** Makes room for a weight. */
  void begin(String name, long[] shape, boolean packable) {
    if (isPacked(packable) && options.device().equals("cpu")) {
      takeRoom(name, shape, false);
    }
    program.run("begin", name, shape, packable, group(shape, packable), split.deviceOf(name));
  }

  /** Takes a packed weight as it lies in memory, in place of beginning and filling it. */
  void take(String name, long[] shape) {
    takeRoom(name, shape, true);
  }

  private void takeRoom(String name, long[] shape, boolean full) {
    PackedForm form = PackedForm.of(shape, options);
    Map<String, MemorySegment> parts = memory.room(name, form);
    // kernels read it in their innermost loops, and nothing frees it before this is closed
    parts.replaceAll(
        (suffix, part) -> MemorySegment.ofAddress(part.address()).reinterpret(part.byteSize()));
    for (PackedForm.Part part : form.parts()) {
      program.run(
          "room",
          name + part.suffix(),
          new TorchProgram.Memory(parts.get(part.suffix()), part.type(), part.shape()),
          full);
    }
    packed.put(name, new PackedWeight(form, parts));
  }

  /**
   * Fills rows of a weight from {@code first} on.
   *
   * @param raw the rows' bytes, direct
   * @param type PyTorch's number for their type
   * @param shape of the whole weight
   * @param headRows as in {@link Checkpoint.Weight}
   */
  void rows(
      String name,
      ByteBuffer raw,
      int type,
      long first,
      long count,
      long[] shape,
      int headRows,
      boolean packable) {
    PackedWeight weight = packed.get(name);
    if (weight != null && RowPacker.takes(weight.form())) {
      long rowCodes = weight.codes().byteSize() / shape[0];
      float[] scales =
          new RowPacker(weight.form())
              .pack(
                  MemorySegment.ofBuffer(raw),
                  type,
                  Math.toIntExact(count),
                  headRows,
                  weight.codes().asSlice(first * rowCodes, count * rowCodes));
      long before = first * scales.length / count;
      program.run("put_scales", name, before, new TorchProgram.Numbers(scales, scales.length));
      return;
    }
    long[] part = shape.clone();
    part[0] = count;
    program.run(
        "rows",
        name,
        new TorchProgram.Bytes(raw),
        type,
        first,
        part,
        headRows,
        packable,
        group(shape, packable));
  }

  /** To be called after a weight's last row. */
  void finish(String name, boolean packable) {
    program.run("finish", name, packable);
  }

  private boolean isPacked(boolean packable) {
    return packable && options.precision().isQuantized();
  }

  private long group(long[] shape, boolean packable) {
    return isPacked(packable) ? PackedForm.of(shape, options).group() : 1;
  }

  /**
   * Makes the products of an answer's tokens outside the program, where that is possible here and
   * wanted; to be called when all weights are there.
   */
  void useRowProducts(boolean wanted) {
    boolean possible =
        wanted
            && !packed.isEmpty()
            && RowProducts.arePossible()
            && packed.values().stream().allMatch(weight -> RowProducts.take(weight.form()));
    if (rowProducts != null) {
      rowProducts.close();
    }
    rowProducts = possible ? new RowProducts(options.precision(), threads()) : null;
  }

  /** Whether products of an answer's tokens are made outside the program. */
  boolean usesRowProducts() {
    return rowProducts != null;
  }

  /**
   * Makes the same product outside the program and in it, to compare how long that takes; empty
   * where products are made in the program anyway. To be called when there have been answers:
   * Java's first products are slow.
   */
  Optional<RowTrial> tryRows() {
    if (rowProducts == null) {
      return Optional.empty();
    }
    // any of them would do: they differ in size only
    String name = "text.0.o";
    PackedWeight weight = packed.get(name);
    float[] input = new float[Math.toIntExact(weight.form().columns())];
    Arrays.fill(input, 1);
    long kernel = fastest(() -> rowProducts.project(input, List.of(weight)));
    long unpacked = fastest(() -> project(input, 1, name));
    return Optional.of(new RowTrial(Duration.ofNanos(kernel), Duration.ofNanos(unpacked)));
  }

  /** Begins a picture; returns its number of patches. */
  int imageBegin(ImagePixels image) {
    TorchProgram.Numbers pixels =
        new TorchProgram.Numbers(image.values(), 3, image.height(), image.width());
    return Math.toIntExact(program.runForLong("image_begin", pixels));
  }

  void imageLayer(int layer) {
    program.run("image_layer", layer);
  }

  void imageEnd() {
    program.run("image_end");
  }

  /** Makes room for the keys and values of that many positions. */
  void reserve(int positions) {
    program.run("reserve", positions);
  }

  /**
   * Begins tokens of a prompt.
   *
   * @param patch the first projected patch that they take
   * @param patches how many they take
   */
  void textBegin(long[] ids, int position, int patch, int patches) {
    program.run("text_begin", new TorchProgram.Ids(ids), position, patch, patches);
  }

  void textLayer(int layer, int position) {
    program.run("text_layer", layer, position);
  }

  /** The logits after the tokens at hand from {@code first} on, one row after the other. */
  float[] logits(int first) {
    return program.runForFloats("logits", first);
  }

  /** The likeliest token after those at hand; negative where a logit is not finite. */
  int greedy() {
    return sound(program.runForLongs("greedy"));
  }

  /** One token through the decoder, and the likeliest after it; negative as above. */
  int stepGreedy(int token, int position) {
    if (rowProducts == null) {
      return sound(program.runForLongs("step_greedy", token, position));
    }
    step(token, position);
    return greedy();
  }

  /** One token through the decoder, and the logits after it. */
  float[] stepLogits(int token, int position) {
    if (rowProducts == null) {
      program.run("step", token, position);
    } else {
      step(token, position);
    }
    return logits(0);
  }

  /** One token through the decoder, with products made here. */
  private void step(int token, int position) {
    textBegin(new long[] {token}, position, 0, 0);
    for (int layer = 0; layer < layers; layer++) {
      float[] begun = program.runForFloats("row_begin", layer);
      TorchProgram.Numbers qkv = products(begun, layer, "q", "k", "v");
      float[] attended = program.runForFloats("row_attend", layer, position, qkv);
      float[] middle = program.runForFloats("row_middle", layer, products(attended, layer, "o"));
      float[] gated = program.runForFloats("row_gated", products(middle, layer, "gate", "up"));
      program.run("row_end", layer, products(gated, layer, "down"));
    }
  }

  private TorchProgram.Numbers products(float[] input, int layer, String... names) {
    List<PackedWeight> weights = new ArrayList<>();
    for (String name : names) {
      weights.add(packed.get("text." + layer + "." + name));
    }
    float[] products = rowProducts.project(input, weights);
    return new TorchProgram.Numbers(products, 1, products.length);
  }

  private static int sound(long[] best) {
    return best[1] == 1 ? Math.toIntExact(best[0]) : -1;
  }

  /** Makes products with weights where they are and on the processor, and compares them. */
  DeviceProof prove() {
    Set<String> wanted = Set.copyOf(split.devices());
    Set<String> weightsOn = Set.of(program.runForText("devices").split(","));
    Set<String> computedOn = new HashSet<>();
    double error = 0;
    Map<String, Integer> layerOn = new LinkedHashMap<>();
    for (int layer = 0; layer < layers; layer++) {
      layerOn.putIfAbsent(split.layers().get(layer), layer);
    }
    for (int layer : layerOn.values()) {
      computedOn.add(program.runForText("prove", "text." + layer + ".q"));
      error = Math.max(error, DeviceProof.error(program.runForFloats("proof")));
    }
    double tolerance =
        options.dtype() == Precision.BFLOAT16 ? BFLOAT16_TOLERANCE : FLOAT32_TOLERANCE;
    return new DeviceProof(wanted, weightsOn, computedOn, error, tolerance);
  }

  void useAttention(AttentionVariant attention) {
    program.run("set_attention", number(attention));
  }

  int threads() {
    return program.threads();
  }

  void useThreads(int count) {
    program.useThreads(count);
    if (rowProducts != null) {
      rowProducts.useThreads(count);
    }
  }

  /** Forgets the prompt at hand, but for the room of keys and values. */
  void forget() {
    program.run("forget");
  }

  /** Bytes of weights, keys and values. */
  long memory() {
    return program.runForLong("memory");
  }

  /** Starts or stops keeping the activations of what follows. */
  void trace(boolean on) {
    program.run("set_tracing", on);
  }

  /** An activation kept, all rows one after the other. */
  float[] traced(String name) {
    return program.runForFloats("traced", name);
  }

  /** A weight's bytes as they are held. */
  byte[] fetch(String name) {
    return program.runForBytes("fetch", name);
  }

  /** A packed weight where it lies in main memory. */
  PackedWeight packed(String name) {
    return packed.get(name);
  }

  /** A packed weight as numbers, in the type of activations. */
  float[] unpack(String name) {
    return program.runForFloats("unpack", name);
  }

  /** The scales of a packed weight. */
  float[] scales(String name) {
    return program.runForFloats("scales", name);
  }

  /** A product with a decoder's weight, {@code rows} times its columns in. */
  float[] project(float[] input, int rows, String name) {
    return program.runForFloats(
        "project", new TorchProgram.Numbers(input, rows, input.length / rows), name);
  }

  /** Native values alive on this side; 0 between calls. */
  int alive() {
    return program.alive();
  }

  @Override
  public void close() {
    useRowProducts(false);
    try {
      program.run("clear");
    } finally {
      program.close();
      memory.close();
      TorchRuntime.giveBack(options.device());
    }
  }
}
