package org.invoicelens.pixtral;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layers on the processor, with what PyTorch is slow at made beside the program: {@link
 * DecodeLayers} for one token of the decoder, {@link PromptLayers} for many and for the vision
 * tower, and the output layer. It chooses what makes their products. Not thread-safe.
 */
final class ProcessorLayers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProcessorLayers.class);

  /** Tokens up to which the program unpacks: hardly any prompt is so short. */
  private static final int FEW = 8;

  /** Of the vision tower's norms; the model's configuration does not tell it. */
  private static final double VISION_EPSILON = 1e-5;

  private final TorchProgram program;
  private final Map<String, PackedWeight> weights;
  private final String head;
  private final RowThreads threads;
  private final RowProducts products;
  private final PixtralConfig.Text sizes;
  private final Map<String, float[]> norms = new HashMap<>();
  private final DecodeLayers decode;
  private final PromptLayers prompt;

  /** Those of the vision tower. */
  private final PromptLayers picture;

  /** Whether the vision tower has gates that are the program's only. */
  private final boolean gelu;

  private final Precision type;
  private boolean rowLayers;
  private boolean rowHead;

  /** What products of many tokens are made of: BFLOAT16 or FLOAT32. */
  private Precision numbers;

  /** Whether weights are unpacked here to products that are the program's. */
  private boolean unpacks;

  /** Whether activations of many tokens are to be rounded to int8. */
  private boolean int8Activations;

  /** The output layer with its copy; null where there is none. */
  private ScreenedHead screened;

  /**
   * @param weights those of the layers, and of the output layer where it is in bfloat16, by name
   * @param head the name of the output layer's weight
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  ProcessorLayers(
      TorchProgram program,
      Map<String, PackedWeight> weights,
      PixtralConfig config,
      String head,
      Precision type,
      int threads) {
    this.program = program;
    this.weights = weights;
    this.head = head;
    this.threads = new RowThreads(threads);
    this.products = new RowProducts(this.threads);
    this.sizes = config.text();
    this.type = type;
    this.decode =
        new DecodeLayers(program, weights, this::norm, sizes, type, products, this.threads);
    this.prompt =
        layers(
            new PromptLayers.Tower(
                "text",
                new Heads(sizes.heads(), sizes.kvHeads(), sizes.headDim()),
                sizes.hidden(),
                sizes.intermediate(),
                sizes.epsilon(),
                false));
    PixtralConfig.Vision vision = config.vision();
    this.picture =
        layers(
            new PromptLayers.Tower(
                "vision",
                new Heads(vision.heads(), vision.heads(), vision.headDim()),
                vision.hidden(),
                vision.intermediate(),
                VISION_EPSILON,
                true));
    this.gelu = vision.gelu();
  }

  private PromptLayers layers(PromptLayers.Tower tower) {
    return new PromptLayers(program, weights, this::norm, tower, type, threads);
  }

  private float[] norm(String name) {
    return norms.computeIfAbsent(name, any -> program.runForFloats("decode_weight", name));
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
            && layerForms().allMatch(products::take)
            && (rowHead || !weights.containsKey(head));
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
    numbers = type;
    prompt.useNumbers(type);
    picture.useNumbers(type);
    unpacks =
        weights.containsKey(name(0, "q")) && layerForms().allMatch(form -> RowUnpacker.takes(form));
  }

  /** Makes products of many tokens in machine code from now on, where that is possible. */
  void useMatrix() {
    prompt.endMatrix();
    picture.endMatrix();
    if (type == Precision.BFLOAT16 && weights.containsKey(name(0, "q"))) {
      if (int8Activations) {
        ByteKernel.of(ByteGroups.of(prompt.forms()), numbers).ifPresent(prompt::useMatrix);
      }
      if (!prompt.makesProducts()) {
        numberKernel().ifPresent(prompt::useMatrix);
      }
      if (!gelu) {
        numberKernel().ifPresent(picture::useMatrix);
      }
    }
  }

  private Optional<NumberKernel> numberKernel() {
    return MatrixMachineCode.of(numbers).map(NumberKernel::new);
  }

  /** Multiplies in bytes from now on, where machine code can, or no longer. */
  void quantizeActivations(boolean wanted) {
    int8Activations = wanted;
    if (makesMatrix()) {
      useMatrix();
    }
  }

  boolean quantizesActivations() {
    return prompt.quantizesActivations();
  }

  /** Makes attention of many tokens here from now on, where their products are, or not. */
  void useAttention(boolean wanted) {
    prompt.useAttention(wanted);
    picture.useAttention(wanted);
  }

  private Stream<PackedForm> layerForms() {
    return prompt.forms().stream();
  }

  /** Whether a part of the layers is made here for so many tokens. */
  boolean worksFor(int tokens) {
    return (unpacks || makesMatrix()) && tokens > FEW;
  }

  /** Whether the layers of the vision tower are made here. */
  boolean worksForPictures() {
    return picture.makesAttention();
  }

  /** Whether products of many tokens are made here. */
  boolean makesMatrix() {
    return prompt.makesProducts();
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
    return copy + prompt.memory() + picture.memory();
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
    for (String name : PromptLayers.NAMES) {
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
      prompt.begin(tokens);
    }
    prompt.layer(layer, position, decode.kept(layer));
  }

  /**
   * A layer of the vision tower for the picture that the program was given.
   *
   * @param patches how many it has
   */
  void layerForPicture(int layer, int patches) {
    if (layer == 0) {
      picture.begin(patches);
    }
    picture.layer(layer, 0, null);
  }

  private static String name(int layer, String name) {
    return "text." + layer + "." + name;
  }

  /** Ends the threads, and frees machine code. */
  @Override
  public void close() {
    threads.close();
    products.close();
    prompt.close();
    picture.close();
    if (screened != null) {
      screened.close();
    }
  }
}
