package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;

/**
 * Layers for many tokens on the processor, beside the program: those of the decoder for a prompt,
 * or those of the vision tower for the patches of a picture.
 *
 * <p>The hidden states are the program's, and are changed where they lie. Every step is rounded
 * where the program rounds it. Not thread-safe.
 */
final class PromptLayers implements AutoCloseable {

  // weights that take the same input
  private static final List<String> QKV = List.of("q", "k", "v");
  private static final List<String> O = List.of("o");
  private static final List<String> GATE_UP = List.of("gate", "up");
  private static final List<String> DOWN = List.of("down");

  /** The names of a layer's weights. */
  static final List<String> NAMES = Stream.of(QKV, O, GATE_UP, DOWN).flatMap(List::stream).toList();

  /** A weight's name after that of its tower. */
  private static final Pattern LAYER =
      Pattern.compile("\\.[0-9]+\\.(" + String.join("|", NAMES) + ")");

  /** Numbers that are unpacked at a time: they stay near, and calls are few. */
  private static final int UNPACKED = 1 << 22;

  /** Tokens that a thread takes at a time. */
  private static final int STEP = 8;

  /** Gates that are made at a time: they stay near. */
  private static final int GATES = 1024;

  /**
   * Whose layers they are.
   *
   * @param name begins the names of its weights
   * @param hidden numbers of a hidden state
   * @param gated numbers that are gated
   * @param epsilon of its norms
   * @param seesAll whether all tokens see each other
   */
  record Tower(String name, Heads heads, int hidden, int gated, double epsilon, boolean seesAll) {}

  private final TorchProgram program;
  private final Map<String, PackedWeight> weights;
  private final Function<String, float[]> norms;
  private final Tower tower;
  private final boolean narrow;
  private final RowThreads threads;

  /** What products are made of: BFLOAT16 or FLOAT32. */
  private Precision numbers;

  /** Null where weights are unpacked for products that are the program's. */
  private MatrixProducts matrix;

  /** Null where it is the program's. */
  private PromptAttention attention;

  /** Whether attention is to be made in one step, and not as the program's own definition. */
  private boolean fused;

  // of the call at hand
  private int tokens;
  private NativeNumbers x;
  private NativeNumbers input;
  private NativeNumbers products;
  private MemorySegment room;
  private MemorySegment queries;
  private KeysAndValues own;
  private NativeNumbers cosines;
  private NativeNumbers sines;

  /**
   * @param weights of the layers, by name
   * @param norms weights of norms, by name
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  PromptLayers(
      TorchProgram program,
      Map<String, PackedWeight> weights,
      Function<String, float[]> norms,
      Tower tower,
      Precision type,
      RowThreads threads) {
    this.program = program;
    this.weights = weights;
    this.norms = norms;
    this.tower = tower;
    this.narrow = type == Precision.BFLOAT16;
    this.threads = threads;
  }

  /** Whether a weight is one of those that products in a tower's layers are made with. */
  static boolean isOf(String tower, String name) {
    return name.startsWith(tower + ".") && LAYER.matcher(name.substring(tower.length())).matches();
  }

  /** The forms of its weights. */
  List<PackedForm> forms() {
    return weights.entrySet().stream()
        .filter(weight -> isOf(tower.name(), weight.getKey()))
        .map(weight -> weight.getValue().form())
        .toList();
  }

  /** Makes products of numbers of a type from now on: BFLOAT16 or FLOAT32. */
  void useNumbers(Precision type) {
    endMatrix();
    numbers = type;
  }

  /**
   * Makes products here from now on, where a kernel takes all weights.
   *
   * @param kernel closed with this, or at once
   */
  void useMatrix(MatrixKernel kernel) {
    endMatrix();
    if (forms().stream().allMatch(kernel::takes)) {
      matrix = new MatrixProducts(threads, kernel);
      useAttention(fused);
    } else {
      kernel.close();
    }
  }

  /** Leaves products and attention to the program. */
  void endMatrix() {
    if (matrix != null) {
      matrix.close();
      matrix = null;
    }
    useAttention(fused);
  }

  /** Makes attention here from now on, where products are, or not. */
  void useAttention(boolean wanted) {
    fused = wanted;
    if (attention != null) {
      attention.close();
      attention = null;
    }
    if (fused && matrix != null) {
      attention = PromptAttention.of(tower.heads(), threads, numbers).orElse(null);
    }
  }

  boolean makesProducts() {
    return matrix != null;
  }

  boolean makesAttention() {
    return attention != null;
  }

  boolean quantizesActivations() {
    return matrix != null && matrix.quantizesActivations();
  }

  /** Bytes that are kept beside the program. */
  long memory() {
    return attention == null ? 0 : attention.memory();
  }

  /** Begins with the hidden states that the program has, of so many tokens. */
  void begin(int count) {
    tokens = count;
    Heads heads = tower.heads();
    boolean narrowNumbers = numbers == Precision.BFLOAT16;
    int most = Math.max(heads.ofQueries(), Math.max(tower.hidden(), tower.gated()));
    int widest = Math.max(heads.ofQueries() + 2 * heads.ofKeys(), 2 * tower.gated());
    x =
        new NativeNumbers(
            sized(program.runForMemory("many_begin"), tower.hidden(), narrow), narrow);
    input = room("input", most, narrowNumbers);
    products = room("products", widest, narrow);
    cosines = place("cos", heads.width() / 2);
    sines = place("sin", heads.width() / 2);
    if (matrix == null) {
      room = take("unpacked", Math.max(UNPACKED, most), narrowNumbers);
    } else {
      long bytes = matrix.panelBytes(count, most);
      room = take("panels", NativeNumbers.count(bytes, narrowNumbers), narrowNumbers);
    }
    if (attention != null) {
      queries = room("queries", heads.ofQueries(), narrowNumbers).memory();
    }
    if (tower.seesAll()) {
      own =
          new KeysAndValues(
              room("keys", heads.ofKeys(), narrow), room("values", heads.ofKeys(), narrow), count);
    }
  }

  private NativeNumbers place(String name, int ofToken) {
    return new NativeNumbers(
        sized(program.runForMemory("many_place", name), ofToken, narrow), narrow);
  }

  private NativeNumbers room(String name, int ofToken, boolean narrowNumbers) {
    return new NativeNumbers(take(name, (long) tokens * ofToken, narrowNumbers), narrowNumbers);
  }

  private MemorySegment take(String name, long count, boolean narrowNumbers) {
    return program
        .runForMemory(
            "many_room", name, count, narrowNumbers ? Checkpoint.BFLOAT16 : Checkpoint.FLOAT32)
        .reinterpret(NativeNumbers.bytes(count, narrowNumbers));
  }

  private MemorySegment sized(MemorySegment memory, int ofToken, boolean narrowNumbers) {
    return memory.reinterpret(NativeNumbers.bytes((long) tokens * ofToken, narrowNumbers));
  }

  /**
   * A layer.
   *
   * @param position of the first token
   * @param kept where its keys and values are, those of positions before among them; null where all
   *     tokens see each other
   */
  void layer(int layer, int position, KeysAndValues kept) {
    String prefix = tower.name() + "." + layer + ".";
    Heads heads = tower.heads();
    advance(null, prefix + "attention_norm");
    multiply(prefix, QKV);
    if (attention == null) {
      program.run("many_attend", layer, position);
    } else {
      KeysAndValues here = tower.seesAll() ? own : kept;
      keep(here, tower.seesAll() ? 0 : position);
      int past = tower.seesAll() ? PromptAttention.ALL : position;
      attention.attend(queries, tokens, here, past, input);
    }
    multiply(prefix, O);
    advance(products, prefix + "mlp_norm");
    multiply(prefix, GATE_UP);
    gate();
    multiply(prefix, DOWN);
    advance(products, null);
    program.run("many_end", tower.name() + ".layer." + layer);
  }

  /**
   * Adds products to the hidden states, and normalises them for the next.
   *
   * @param added null where there are none yet
   * @param norm the name of its weight; null where there is none
   */
  private void advance(NativeNumbers added, String norm) {
    float[] weight = norm == null ? null : norms.apply(norm);
    int size = tower.hidden();
    threads.share(
        tokens,
        STEP,
        (from, to) -> {
          float[] state = new float[size];
          float[] other = new float[size];
          for (int token = from; token < to; token++) {
            long first = (long) token * size;
            x.read(first, size, state);
            if (added != null) {
              added.read(first, size, other);
              LayerSteps.add(state, other, narrow);
              x.write(first, state, 0, size);
            }
            if (weight != null) {
              LayerSteps.norm(state, weight, tower.epsilon(), narrow, other);
              input.write(first, other, 0, size);
            }
          }
        });
  }

  /** Rotates queries and keys, and puts queries, keys and values of each head together. */
  private void keep(KeysAndValues kept, int position) {
    Heads heads = tower.heads();
    int width = heads.width();
    int rotated = heads.queries() + heads.keys();
    int all = (rotated + heads.keys()) * width;
    NativeNumbers asked = new NativeNumbers(queries, input.narrow());
    threads.share(
        tokens,
        STEP,
        (from, to) -> {
          float[] numbers = new float[all];
          float[] cos = new float[width / 2];
          float[] sin = new float[width / 2];
          for (int token = from; token < to; token++) {
            products.read((long) token * all, all, numbers);
            cosines.read((long) token * cos.length, cos.length, cos);
            sines.read((long) token * sin.length, sin.length, sin);
            LayerSteps.rotate(numbers, rotated, cos, sin, narrow);
            int at = 0;
            for (int head = 0; head < heads.queries(); head++, at += width) {
              asked.write(((long) head * tokens + token) * width, numbers, at, width);
            }
            for (NativeNumbers into : List.of(kept.keys(), kept.values())) {
              for (int head = 0; head < heads.keys(); head++, at += width) {
                long place = (long) head * kept.room() + position + token;
                into.write(place * width, numbers, at, width);
              }
            }
          }
        });
  }

  private void gate() {
    int size = tower.gated();
    threads.share(
        tokens,
        STEP,
        (from, to) -> {
          float[] gates = new float[GATES];
          float[] ups = new float[GATES];
          for (int token = from; token < to; token++) {
            for (int done = 0; done < size; done += GATES) {
              int count = Math.min(GATES, size - done);
              long first = 2L * token * size + done;
              products.read(first, count, gates);
              products.read(first + size, count, ups);
              LayerSteps.gate(gates, ups, 0, count, narrow);
              input.write((long) token * size + done, gates, 0, count);
            }
          }
        });
  }

  private void multiply(String prefix, List<String> names) {
    List<PackedWeight> those = names.stream().map(name -> weights.get(prefix + name)).toList();
    if (matrix != null) {
      matrix.multiply(input.memory(), tokens, those, room, products.memory());
    }
    if (matrix == null || attention == null) {
      long rows = those.stream().mapToLong(weight -> weight.form().rows()).sum();
      program.run("many_shape", those.getFirst().form().columns(), rows);
    }
    if (matrix == null) {
      unpackAndMultiply(prefix, names);
    }
  }

  private void unpackAndMultiply(String prefix, List<String> names) {
    int done = 0;
    for (String name : names) {
      PackedWeight weight = weights.get(prefix + name);
      int rows = Math.toIntExact(weight.form().rows());
      int step = Math.toIntExact(Math.max(1, UNPACKED / weight.form().columns()));
      for (int first = 0; first < rows; first += step) {
        int count = Math.min(step, rows - first);
        RowUnpacker.unpack(weight, first, count, threads, room, numbers);
        program.run("many_product", prefix + name, first, count, done);
        done += count;
      }
    }
  }

  /** Frees machine code. */
  @Override
  public void close() {
    endMatrix();
  }
}
