package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
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

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;

  private final TorchProgram program;
  private final Map<String, PackedWeight> weights;
  private final PixtralConfig.Text sizes;
  private final boolean narrow;
  private final RowProducts products;
  private final DecodeAttention attention;

  /** Weights of norms, by name. */
  private final Map<String, float[]> norms = new HashMap<>();

  /** Where keys and values of each layer lie; empty until they are asked for. */
  private NativeNumbers[] keys = {};

  private NativeNumbers[] values = {};

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
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  DecodeLayers(
      TorchProgram program,
      Map<String, PackedWeight> weights,
      PixtralConfig.Text sizes,
      Precision type,
      RowProducts products,
      RowThreads threads) {
    this.program = program;
    this.weights = weights;
    this.sizes = sizes;
    this.narrow = type == Precision.BFLOAT16;
    this.products = products;
    this.cosines = new float[sizes.headDim() / 2];
    this.sines = new float[sizes.headDim() / 2];
    this.attention = new DecodeAttention(sizes, threads);
  }

  /** Whether layers of such sizes can be made here. */
  static boolean take(PixtralConfig.Text sizes) {
    return sizes.headDim() % FLOATS.length() == 0;
  }

  /** To be called when the program has made other room for keys and values. */
  void useRoom(int positions) {
    room = positions;
    keys = new NativeNumbers[0];
    values = keys;
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
    add(project(attended, prefix, "o"));
    float[] both = project(norm(prefix + "mlp_norm"), prefix, "gate", "up");
    add(project(gate(both), prefix, "down"));
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

  private void add(float[] numbers) {
    for (int i = 0; i < x.length; i++) {
      x[i] += numbers[i];
    }
    round(x);
  }

  private float[] norm(String name) {
    float[] weight =
        norms.computeIfAbsent(name, any -> program.runForFloats("decode_weight", name));
    FloatVector squares = FloatVector.zero(FLOATS);
    int even = FLOATS.loopBound(x.length);
    for (int i = 0; i < even; i += FLOATS.length()) {
      FloatVector some = FloatVector.fromArray(FLOATS, x, i);
      squares = some.fma(some, squares);
    }
    float[] lanes = squares.toArray();
    float sum = ReproducibleMath.sum(lanes, 0, lanes.length);
    for (int i = even; i < x.length; i++) {
      sum += x[i] * x[i];
    }
    float factor = (float) (1 / Math.sqrt(sum / x.length + (float) sizes.epsilon()));
    float[] normed = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      normed[i] = round(x[i] * factor) * weight[i];
    }
    return round(normed);
  }

  /** SwiGLU: gate and up are beside each other. */
  private float[] gate(float[] both) {
    int count = both.length / 2;
    float[] gated = new float[count];
    for (int i = 0; i < count; i++) {
      gated[i] = -both[i];
    }
    ReproducibleMath.exp(gated);
    for (int i = 0; i < count; i++) {
      gated[i] = round(both[i] / (1 + gated[i])) * both[count + i];
    }
    return round(gated);
  }

  private float[] attend(int layer, int position, float[] qkv) {
    int queries = sizes.heads() * sizes.headDim();
    int some = sizes.kvHeads() * sizes.headDim();
    for (int head = 0; head < sizes.heads() + sizes.kvHeads(); head++) {
      rotate(qkv, head * sizes.headDim());
    }
    attention.put(keys(layer), room, position, qkv, queries);
    attention.put(values(layer), room, position, qkv, queries + some);
    return round(attention.attend(qkv, keys(layer), values(layer), room, position + 1));
  }

  /** The keys of a layer, {@code [kv heads, room, head width]}. */
  NativeNumbers keys(int layer) {
    if (keys.length == 0) {
      keys = places("k.");
    }
    return keys[layer];
  }

  /** Its values, of the same form. */
  NativeNumbers values(int layer) {
    if (values.length == 0) {
      values = places("v.");
    }
    return values[layer];
  }

  /** Positions that there is room for. */
  int room() {
    return room;
  }

  private NativeNumbers[] places(String name) {
    NativeNumbers[] places = new NativeNumbers[sizes.layers()];
    long count = (long) sizes.kvHeads() * room * sizes.headDim();
    for (int layer = 0; layer < places.length; layer++) {
      places[layer] = numbers(count, "decode_cache", name + layer);
    }
    return places;
  }

  private NativeNumbers numbers(long count, String method, String name) {
    MemorySegment memory = program.runForMemory(method, name);
    return new NativeNumbers(memory.reinterpret(NativeNumbers.bytes(count, narrow)), narrow);
  }

  /** Rotates the pairs of a head, of which the second ones stand in its second half. */
  private void rotate(float[] numbers, int from) {
    int half = sizes.headDim() / 2;
    for (int i = 0; i < half; i++) {
      float a = numbers[from + i];
      float b = numbers[from + half + i];
      float cos = cosines[i];
      float sin = sines[i];
      numbers[from + i] = round(round(a * cos) - round(b * sin));
      numbers[from + half + i] = round(round(b * cos) + round(a * sin));
    }
  }
}
