package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;

/**
 * The decoder's layers for one token, beside the program: for the tokens of an answer, where each
 * of PyTorch's many small steps takes longer than its work.
 *
 * <p>Embeddings, keys and values are the program's, and are read where they lie. Every step is
 * rounded where the program rounds it, so that answers stay the same but for the order of sums. Not
 * thread-safe.
 */
final class DecodeLayers {

  private final TorchProgram program;
  private final Map<String, PackedWeight> weights;
  private final PixtralConfig.Text sizes;
  private final boolean narrow;
  private final RowProducts products;
  private final DecodeAttention attention;

  /** Weights of norms, by name. */
  private final Function<String, float[]> norms;

  /** Keys and values of each layer; empty until they are asked for. */
  private List<KeysAndValues> kept = List.of();

  /** Positions that there is room for. */
  private int room;

  /** The hidden state. */
  private float[] x;

  /** How far the pairs of a head are rotated at the position of the token. */
  private final float[] cosines;

  private final float[] sines;

  /** Null until the first token. */
  private NativeNumbers embeddings;

  private float[] frequencies;

  /**
   * @param weights of the layers, by name
   * @param norms weights of norms, by name
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  DecodeLayers(
      TorchProgram program,
      Map<String, PackedWeight> weights,
      Function<String, float[]> norms,
      PixtralConfig.Text sizes,
      Precision type,
      RowProducts products,
      RowThreads threads) {
    this.program = program;
    this.weights = weights;
    this.norms = norms;
    this.sizes = sizes;
    this.narrow = type == Precision.BFLOAT16;
    this.products = products;
    this.cosines = new float[sizes.headDim() / 2];
    this.sines = new float[sizes.headDim() / 2];
    this.attention = new DecodeAttention(sizes, threads);
  }

  /** Whether layers of such sizes can be made here. */
  static boolean take(PixtralConfig.Text sizes) {
    return sizes.headDim() % RowKernel.LANES == 0;
  }

  /** To be called when the program has made other room for keys and values. */
  void useRoom(int positions) {
    room = positions;
    kept = List.of();
  }

  /** Begins a token. */
  void begin(int token, int position) {
    if (embeddings == null) {
      long count = (long) sizes.vocabulary() * sizes.hidden();
      embeddings = numbers(count, "place", "text.embeddings");
      frequencies = program.runForFloats("decode_frequencies");
    }
    x = new float[sizes.hidden()];
    embeddings.read((long) token * x.length, x.length, x);
    for (int i = 0; i < frequencies.length; i++) {
      float angle = position * frequencies[i];
      cosines[i] = round((float) StrictMath.cos(angle));
      sines[i] = round((float) StrictMath.sin(angle));
    }
  }

  /** A layer for the token at hand. */
  void layer(int layer, int position) {
    String prefix = "text." + layer + ".";
    float[] qkv = project(norm(prefix + "attention_norm"), prefix, "q", "k", "v");
    float[] attended = attend(layer, position, qkv);
    LayerSteps.add(x, project(attended, prefix, "o"), narrow);
    float[] both = project(norm(prefix + "mlp_norm"), prefix, "gate", "up");
    LayerSteps.add(x, project(gate(both), prefix, "down"), narrow);
  }

  /** What the output layer takes. */
  float[] last() {
    return norm("text.norm");
  }

  /** Leaves the hidden state to the program. */
  void end() {
    program.run("decode_end", new TorchProgram.Numbers(x, 1, x.length));
  }

  private float[] project(float[] input, String prefix, String... names) {
    List<PackedWeight> those = Stream.of(names).map(name -> weights.get(prefix + name)).toList();
    return round(products.project(input, those));
  }

  private float[] round(float[] numbers) {
    if (narrow) {
      Bfloat16.round(numbers);
    }
    return numbers;
  }

  private float round(float number) {
    return narrow ? Bfloat16.round(number) : number;
  }

  private float[] norm(String name) {
    float[] normed = new float[x.length];
    LayerSteps.norm(x, norms.apply(name), sizes.epsilon(), narrow, normed);
    return normed;
  }

  private float[] gate(float[] both) {
    int count = both.length / 2;
    LayerSteps.gate(both, both, count, count, narrow);
    return Arrays.copyOf(both, count);
  }

  private float[] attend(int layer, int position, float[] qkv) {
    int queries = sizes.heads() * sizes.headDim();
    int some = sizes.kvHeads() * sizes.headDim();
    LayerSteps.rotate(qkv, sizes.heads() + sizes.kvHeads(), cosines, sines, narrow);
    KeysAndValues here = kept(layer);
    attention.put(here.keys(), room, position, qkv, queries);
    attention.put(here.values(), room, position, qkv, queries + some);
    return round(attention.attend(qkv, here.keys(), here.values(), room, position + 1));
  }

  /** Keys and values of a layer. */
  KeysAndValues kept(int layer) {
    if (kept.isEmpty()) {
      long count = (long) sizes.kvHeads() * room * sizes.headDim();
      kept =
          IntStream.range(0, sizes.layers())
              .mapToObj(i ->
                  new KeysAndValues(
                      numbers(count, "decode_cache", "k." + i),
                      numbers(count, "decode_cache", "v." + i),
                      room))
              .toList();
    }
    return kept.get(layer);
  }

  private NativeNumbers numbers(long count, String method, String name) {
    MemorySegment memory = program.runForMemory(method, name);
    return new NativeNumbers(memory.reinterpret(NativeNumbers.bytes(count, narrow)), narrow);
  }
}
