package org.invoicelens.pixtral;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

  /** After how many nanoseconds Java has compiled a kernel that is in use all the time. */
  private static final long COMPILATION = 500_000_000;

  /**
   * Errors of a product that rounding explains: 8 bits of bfloat16 for its result, and sums in
   * another order in float32.
   */
  private static final double BFLOAT16_TOLERANCE = 1.0 / 64;

  private static final double FLOAT32_TOLERANCE = 1e-4;

  private static final Logger log = LoggerFactory.getLogger(PixtralProgram.class);

  private final TorchProgram program;
  private final LoadOptions options;
  private final PixtralConfig config;
  private final PixtralConfig.Text sizes;
  private final PackedMemory memory;
  private final DeviceSplit split;

  /** The name of the output layer's weight. */
  private final String head;

  /** The layers' weights and the output layer where they lie in main memory, by name. */
  private final Map<String, PackedWeight> weights = new HashMap<>();

  /** The layers, with products made beside the program; null where nothing is. */
  private ProcessorLayers processorLayers;

  /** Whether products of many rows are made in float32. */
  private boolean wide;

  /** Tokens of the call at hand. */
  private int tokens;

  /** Patches of the picture at hand. */
  private int patches;

  private PixtralProgram(
      TorchProgram program,
      LoadOptions options,
      PixtralConfig config,
      PackedMemory memory,
      DeviceSplit split) {
    this.program = program;
    this.split = split;
    this.options = options;
    this.config = config;
    this.sizes = config.text();
    this.head = sizes.tiedHead() ? "text.embeddings" : "text.head";
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
      PixtralProgram loaded = new PixtralProgram(program, options, config, memory, split);
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
   * Makes products of many rows in float32 where that is clearly faster, the conversion of the
   * weights included: so it is on every processor without instructions for bfloat16.
   */
  private void chooseProducts() {
    long narrow = fastest(false);
    long wide = fastest(true);
    useWideProducts(wide < RowTrial.CLEARLY_FASTER * narrow);
    log.info("A product takes {} µs in bfloat16, {} in float32", narrow / 1000, wide / 1000);
  }

  /** Makes products of many rows in float32, or in the type of activations. */
  void useWideProducts(boolean wanted) {
    wide = wanted;
    program.run("set_wide", wanted);
    if (processorLayers != null) {
      processorLayers.unpackTo(numbers());
    }
  }

  /** What weights are unpacked to. */
  private Precision numbers() {
    return wide ? Precision.FLOAT32 : options.dtype();
  }

  private long fastest(boolean inFloat32) {
    useWideProducts(inFloat32);
    return fastest(() -> program.run("trial"));
  }

  /** The shortest of several times that something takes, in nanoseconds. */
  private static long fastest(Runnable product) {
    return fastest(product, 0);
  }

  /** The same, tried for so many nanoseconds at least. */
  private static long fastest(Runnable product, long atLeast) {
    long fastest = Long.MAX_VALUE;
    long spent = 0;
    for (int i = 0; i < TRIALS || spent < atLeast; i++) {
      long begin = System.nanoTime();
      product.run();
      long time = System.nanoTime() - begin;
      fastest = Math.min(fastest, time);
      spent += time;
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
    boolean onProcessor = options.device().equals("cpu");
    if (isPacked(packable) && onProcessor) {
      takeRoom(name, shape, false);
    }
    program.run("begin", name, shape, packable, group(shape, packable), split.deviceOf(name));
    boolean asItIs =
        name.equals(head)
            || packable && !options.precision().isQuantized()
            || PromptLayers.isOf("vision", name);
    if (asItIs && onProcessor && options.dtype() == Precision.BFLOAT16) {
      PackedForm form = PackedForm.bfloat16(shape[0], shape[1]);
      MemorySegment there = program.runForMemory("place", name);
      weights.put(name, new PackedWeight(form, Map.of("", there.reinterpret(form.bytes()))));
    }
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
    weights.put(name, new PackedWeight(form, parts));
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
    PackedWeight weight = weights.get(name);
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
   * Has weights unpacked, and the products of an answer's tokens made, beside the program where
   * that is possible here; to be called when all weights are there.
   */
  void useProcessorLayers() {
    if (RowProducts.arePossible() && !weights.isEmpty()) {
      processorLayers =
          new ProcessorLayers(program, weights, config, head, options.dtype(), threads());
      processorLayers.unpackTo(numbers());
      processorLayers.useAttention(options.attention() != AttentionVariant.EAGER);
      useMatrix();
      // machine code rounds, but less than bfloat16 does
      boolean narrow = options.dtype() == Precision.BFLOAT16;
      makeRows(narrow ? RowWay.MACHINE_CODE : RowWay.VECTORS);
    }
  }

  /** Makes products of many rows in machine code from now on; returns whether that is possible. */
  boolean useMatrix() {
    if (processorLayers != null) {
      processorLayers.useMatrix();
    }
    return processorLayers != null && processorLayers.makesMatrix();
  }

  /**
   * Rounds activations of many rows to eight bits for products in machine code from now on, or no
   * longer.
   */
  void quantizeActivations(boolean wanted) {
    if (processorLayers != null) {
      processorLayers.quantizeActivations(wanted);
    }
  }

  boolean quantizesActivations() {
    return processorLayers != null && processorLayers.quantizesActivations();
  }

  /**
   * Keeps a copy of the output layer in eight bits from now on, where that makes a token faster.
   *
   * @param memory bytes that it may take
   */
  void screenHead(long memory) {
    if (processorLayers != null) {
      processorLayers.screenHead(memory);
    }
  }

  /** Makes the products of an answer's tokens in a way from now on. */
  void makeRows(RowWay way) {
    if (processorLayers != null) {
      processorLayers.makeRows(way);
    }
  }

  /** Whether products of an answer's tokens are made beside the program. */
  boolean usesRowProducts() {
    return rowsOfLayers() || rowsOfHead();
  }

  private boolean rowsOfLayers() {
    return processorLayers != null && processorLayers.makesRowsOfLayers();
  }

  private boolean rowsOfHead() {
    return processorLayers != null && processorLayers.makesRowsOfHead();
  }

  /**
   * Makes the same products in every way that is possible, and goes on in the one that the trial
   * chooses; empty where products are made in the program anyway. Java's first products are slow:
   * it takes a second or two.
   */
  Optional<RowTrial> chooseRows() {
    if (!usesRowProducts()) {
      return Optional.empty();
    }
    boolean machineCode = processorLayers.hasMachineCode();
    Map<RowWay, Duration> durations = new EnumMap<>(RowWay.class);
    for (RowWay way : RowWay.values()) {
      if (way != RowWay.MACHINE_CODE || machineCode) {
        makeRows(way);
        durations.put(way, Duration.ofNanos(sizes.layers() * tryLayer() + tryHead()));
      }
    }
    RowTrial trial = new RowTrial(durations);
    makeRows(trial.choice());
    return Optional.of(trial);
  }

  /** All weights of a layer: one of them alone would stay in the processor's caches. */
  private long tryLayer() {
    if (rowsOfLayers()) {
      return fastest(processorLayers::tryLayer, COMPILATION);
    }
    return fastest(() -> {
      for (String name : PromptLayers.NAMES) {
        String weight = "text.0." + name;
        program.run("trial_row", weight, weights.get(weight).form().columns());
      }
    });
  }

  private long tryHead() {
    if (rowsOfLayers()) {
      processorLayers.step(0, 0, 0);
    } else {
      textBegin(new long[] {0}, 0, 0, 0);
    }
    long time =
        fastest(rowsOfHead() ? () -> processorLayers.screenedRow().likeliest() : () -> logits(0));
    forget();
    return time;
  }

  /** Begins a picture; returns its number of patches. */
  int imageBegin(ImagePixels image) {
    TorchProgram.Numbers pixels =
        new TorchProgram.Numbers(image.values(), 3, image.height(), image.width());
    patches = Math.toIntExact(program.runForLong("image_begin", pixels));
    return patches;
  }

  void imageLayer(int layer) {
    if (makesPictures()) {
      processorLayers.layerForPicture(layer, patches);
    } else {
      program.run("image_layer", layer);
    }
  }

  /** Whether the layers of the vision tower are made beside the program. */
  boolean makesPictures() {
    return processorLayers != null && processorLayers.worksForPictures();
  }

  void imageEnd() {
    program.run("image_end");
  }

  /** Makes room for the keys and values of that many positions. */
  void reserve(int positions) {
    program.run("reserve", positions);
    if (processorLayers != null) {
      processorLayers.useRoom(positions);
    }
  }

  /**
   * Begins tokens of a prompt.
   *
   * @param patch the first projected patch that they take
   * @param patches how many they take
   */
  void textBegin(long[] ids, int position, int patch, int patches) {
    tokens = ids.length;
    program.run("text_begin", new TorchProgram.Ids(ids), position, patch, patches);
  }

  void textLayer(int layer, int position) {
    if (worksBeside(tokens)) {
      processorLayers.layerForMany(layer, position, tokens);
    } else {
      program.run("text_layer", layer, position);
    }
  }

  /** Whether a part of the layers is made beside the program for so many tokens. */
  boolean worksBeside(int count) {
    return processorLayers != null && processorLayers.worksFor(count);
  }

  /** The logits after the tokens at hand from {@code first} on, one row after the other. */
  float[] logits(int first) {
    return program.runForFloats("logits", first);
  }

  /** The likeliest token after those at hand; negative where a logit is not finite. */
  int greedy() {
    if (screensHead()) {
      return processorLayers.screenedLast().likeliest();
    }
    return sound(program.runForLongs("greedy"));
  }

  /** The logits after those at hand, those near that cannot be the largest, where it is faster. */
  Logits nearLogits() {
    return screensHead() ? processorLayers.screenedLast() : Logits.exact(logits(tokens - 1));
  }

  private boolean screensHead() {
    return rowsOfHead() && processorLayers.screens();
  }

  /** One token through the decoder, and the likeliest after it; negative as above. */
  int stepGreedy(int token, int position) {
    if (!usesRowProducts()) {
      return sound(program.runForLongs("step_greedy", token, position));
    }
    step(token, position);
    return rowsOfHead() ? processorLayers.screenedRow().likeliest() : greedy();
  }

  /** One token through the decoder, and the logits after it. */
  float[] stepLogits(int token, int position) {
    step(token, position);
    return rowsOfHead() ? processorLayers.headRow() : logits(0);
  }

  /** The same, those near that cannot be the largest, where that is faster. */
  Logits stepNearLogits(int token, int position) {
    step(token, position);
    return rowsOfHead() ? processorLayers.screenedRow() : Logits.exact(logits(0));
  }

  /** One token through the decoder. */
  private void step(int token, int position) {
    if (!rowsOfLayers()) {
      program.run("step", token, position);
      return;
    }
    processorLayers.step(token, position, sizes.layers());
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
    for (int layer = 0; layer < sizes.layers(); layer++) {
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
    if (processorLayers != null) {
      processorLayers.useAttention(attention != AttentionVariant.EAGER);
    }
  }

  int threads() {
    return program.threads();
  }

  void useThreads(int count) {
    program.useThreads(count);
    if (processorLayers != null) {
      processorLayers.useThreads(count);
    }
  }

  /** Forgets the prompt at hand, but for the room of keys and values. */
  void forget() {
    program.run("forget");
  }

  /** Bytes of weights, keys and values. */
  long memory() {
    long beside = processorLayers == null ? 0 : processorLayers.memory();
    return program.runForLong("memory") + beside;
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

  /** A weight of the decoder or the output layer where it lies in main memory. */
  PackedWeight weight(String name) {
    return weights.get(name);
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
    if (processorLayers != null) {
      processorLayers.close();
    }
    try {
      program.run("clear");
    } finally {
      program.close();
      memory.close();
      TorchRuntime.giveBack(options.device());
    }
  }
}
