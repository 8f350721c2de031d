package org.invoicelens.pixtral;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A small Pixtral that learns: the methods of {@code training.py} with Java's types.
 *
 * <p>Not thread-safe, and bound to the thread that opened it: whether operations are recorded for
 * gradients is a setting of the thread. A step shares its batch out among threads of its own, each
 * of which works alone, forth and back; one product for all threads at a time would make them wait
 * for each other hundreds of times.
 */
public final class TrainingProgram implements AutoCloseable {

  private static final String SOURCE = "training.py";

  private static final double[] LUMA = {0.299, 0.587, 0.114};

  private final PixtralConfig config;
  private final PtNDManager manager;
  private final PtSymbolBlock block;
  private final GradientCollector gradients;
  private final int threads;
  private final ExecutorService workers;
  private final List<Parameter> parameters;
  private final Map<String, float[][]> turns = new ConcurrentHashMap<>();

  /**
   * A weight that is learned.
   *
   * @param shape its dimensions
   * @param deviation of the random numbers it begins with
   * @param base what is added to these
   */
  public record Parameter(String name, long[] shape, double deviation, double base) {

    /** How many numbers it has. */
    public int count() {
      long count = 1;
      for (long dimension : shape) {
        count *= dimension;
      }
      return Math.toIntExact(count);
    }
  }

  /**
   * A weight with what the optimiser remembers of it.
   *
   * @param first the momentum
   * @param second the mean square of gradients
   */
  public record Learned(float[] values, float[] first, float[] second) {}

  /**
   * What one step saw.
   *
   * @param loss the mean over all tokens, by their emphasis
   * @param gradient the norm of all gradients, before it was cut to 1
   * @param right the share of tokens that were the likeliest
   */
  public record Step(float loss, float gradient, float right) {}

  /**
   * How a step moves the weights.
   *
   * @param rate the learning rate
   * @param decay of weights, as a share of the rate
   * @param share of the rate that matrices have
   */
  public record Pace(double rate, double decay, double share) {}

  private TrainingProgram(
      PixtralConfig config,
      PtNDManager manager,
      PtSymbolBlock block,
      GradientCollector gradients,
      int threads) {
    this.threads = threads;
    workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("training-", 1).factory());
    this.config = config;
    this.manager = manager;
    this.block = block;
    this.gradients = gradients;
    parameters = parameters(config);
  }

  /**
   * An empty program for a model of the sizes that a folder's {@code config.json} gives.
   *
   * @param bfloat16 the type of products and activations, otherwise float32
   * @param threads among which a step is shared out, 1 or more; with one number of them the same
   *     steps end at the same bits
   */
  public static TrainingProgram open(Path folder, boolean bfloat16, int threads)
      throws CheckpointException {
    PixtralConfig config = PixtralConfig.readHuggingFace(folder);
    ImageSettings image = ImageSettings.pixtral(1, config.vision().patch());
    double scale = 0;
    double shift = 0;
    for (int i = 0; i < LUMA.length; i++) {
      scale += LUMA[i] / image.deviation()[i] / 255;
      shift += LUMA[i] * image.mean()[i] / image.deviation()[i];
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    attributes.put("dtype", bfloat16 ? Checkpoint.BFLOAT16 : Checkpoint.FLOAT32);
    attributes.put("patch", config.vision().patch());
    attributes.put("pixel_scale", scale);
    attributes.put("pixel_shift", shift);
    attributes.put("vision_layers", config.vision().layers());
    attributes.put("vision_heads", config.vision().heads());
    attributes.put("vision_width", config.vision().hidden());
    attributes.put("layers", config.text().layers());
    attributes.put("heads", config.text().heads());
    attributes.put("kv_heads", config.text().kvHeads());
    attributes.put("head_dim", config.text().headDim());
    attributes.put("width", config.text().hidden());
    attributes.put("epsilon", config.text().epsilon());
    attributes.put("vision_inverse", 1.0 / config.vision().hidden());
    attributes.put("inverse", 1.0 / config.text().hidden());
    attributes.put("vision_scale", 1 / Math.sqrt(config.vision().headDim()));
    attributes.put("scale", 1 / Math.sqrt(config.text().headDim()));
    for (String map : List.of("weights", "first", "second", "state")) {
      attributes.put(map, Map.of());
    }
    byte[] archive = TorchScriptArchive.assemble("training", "Training", source(), attributes);
    Engine engine = TorchRuntime.engine();
    TorchRuntime.prepareThread(threads);
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
      return new TrainingProgram(config, manager, block, engine.newGradientCollector(), threads);
    } catch (IOException e) {
      manager.close();
      throw new IllegalStateException("reading from memory failed", e);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private static String source() {
    try (InputStream in = TrainingProgram.class.getResourceAsStream(SOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PixtralConfig config() {
    return config;
  }

  /** The side of a patch in pixels. */
  public int patch() {
    return config.vision().patch();
  }

  /** All weights, in the order of the layers. */
  public List<Parameter> parameters() {
    return parameters;
  }

  private static List<Parameter> parameters(PixtralConfig config) {
    PixtralConfig.Vision vision = config.vision();
    PixtralConfig.Text text = config.text();
    List<Parameter> all = new ArrayList<>();
    int patch = vision.patch();
    all.add(new Parameter("vision.patch", new long[] {vision.hidden(), patch * patch}, 0.02, 0));
    all.add(new Parameter("vision.norm", new long[] {vision.hidden()}, 0, 1));
    for (int i = 0; i < vision.layers(); i++) {
      layer(
          all,
          "vision." + i,
          vision.hidden(),
          vision.hidden(),
          3 * vision.hidden(),
          vision.intermediate(),
          vision.layers());
    }
    matrix(all, "projector.in", text.hidden(), vision.hidden(), 1);
    all.add(new Parameter("projector.in.bias", new long[] {text.hidden()}, 0, 0));
    matrix(all, "projector.out", text.hidden(), text.hidden(), 1);
    all.add(new Parameter("projector.out.bias", new long[] {text.hidden()}, 0, 0));
    long[] table = {text.vocabulary(), text.hidden()};
    all.add(new Parameter("text.embeddings", table, 0.5, 0));
    for (int i = 0; i < text.layers(); i++) {
      layer(
          all,
          "text." + i,
          text.hidden(),
          text.heads() * text.headDim(),
          (text.heads() + 2 * text.kvHeads()) * text.headDim(),
          text.intermediate(),
          text.layers());
    }
    all.add(new Parameter("text.norm", new long[] {text.hidden()}, 0, 1));
    all.add(new Parameter("text.head", table, 0.02, 0));
    return List.copyOf(all);
  }

  /** What a layer adds begins small, so that the sum over all layers does not grow with them. */
  private static void layer(
      List<Parameter> all, String name, int width, int attended, int qkv, int middle, int layers) {
    double small = 0.7 / Math.sqrt(2.0 * layers);
    all.add(new Parameter(name + ".attention_norm", new long[] {width}, 0, 1));
    matrix(all, name + ".qkv", qkv, width, 1);
    matrix(all, name + ".o", width, attended, small);
    all.add(new Parameter(name + ".ffn_norm", new long[] {width}, 0, 1));
    matrix(all, name + ".gate_up", 2 * middle, width, 1);
    matrix(all, name + ".down", width, middle, small);
  }

  private static void matrix(List<Parameter> all, String name, int out, int in, double gain) {
    all.add(new Parameter(name, new long[] {out, in}, gain / Math.sqrt(in), 0));
  }

  /** Fills all weights with random numbers. */
  public void randomise(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Parameter parameter : parameters) {
      float[] values = new float[parameter.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (parameter.base() + parameter.deviation() * random.nextGaussian());
      }
      put(parameter, values);
    }
  }

  /** Sets a weight; the optimiser remembers nothing of it. */
  public void put(Parameter parameter, float[] values) {
    put(parameter, new Learned(values, new float[values.length], new float[values.length]));
  }

  /** Sets a weight and what the optimiser remembers of it. */
  public void put(Parameter parameter, Learned learned) {
    run(
        "put",
        (value, sub) -> null,
        parameter.name(),
        new TorchProgram.Numbers(learned.values(), parameter.shape()),
        new TorchProgram.Numbers(learned.first(), parameter.shape()),
        new TorchProgram.Numbers(learned.second(), parameter.shape()));
  }

  /** A weight's values. */
  public float[] values(Parameter parameter) {
    return run("get", TrainingProgram::floats, parameter.name());
  }

  /** A weight with what the optimiser remembers of it. */
  public Learned learned(Parameter parameter) {
    return new Learned(
        values(parameter),
        run("get_first", TrainingProgram::floats, parameter.name()),
        run("get_second", TrainingProgram::floats, parameter.name()));
  }

  /**
   * Learns from a batch.
   *
   * @param number the step's, 1 for the first
   */
  public Step step(TrainingBatch batch, Pace pace, long number) {
    double whole = batch.weight();
    List<IValue> shares = together(batch.split(threads), share -> learn(share, whole));
    try {
      IValue all = shares.getFirst();
      for (IValue share : shares.subList(1, shares.size())) {
        run("gather", (value, sub) -> null, all, share);
      }
      float[] seen = run("cut", TrainingProgram::floats, all);
      together(
          IntStream.range(0, threads).boxed().toList(),
          part ->
              run(
                  "move",
                  (value, sub) -> null,
                  all,
                  (long) part,
                  (long) threads,
                  pace.rate(),
                  pace.decay(),
                  pace.share(),
                  (double) number));
      return new Step(seen[0], seen[1], seen[2]);
    } finally {
      shares.forEach(IValue::close);
    }
  }

  private IValue learn(TrainingBatch share, double whole) {
    List<Object> arguments = inputs(share);
    arguments.add(new Whole(share.targets(), share.count(), share.length()));
    arguments.add(new TorchProgram.Numbers(share.emphasis(), share.count(), share.length()));
    arguments.add(whole);
    return call("learn", arguments.toArray());
  }

  /** Does something to each, on a thread for each; waits for all. */
  private <T, R> List<R> together(List<T> shares, Function<T, R> work) {
    List<Callable<R>> tasks = new ArrayList<>();
    for (T share : shares) {
      tasks.add(() -> {
        TorchRuntime.prepareThread(1);
        return work.apply(share);
      });
    }
    try {
      List<R> results = new ArrayList<>();
      for (Future<R> done : workers.invokeAll(tasks)) {
        results.add(done.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a step", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a share of a step failed", e.getCause());
    }
  }

  /** The likeliest token after each that is given, {@code [count, length]}. */
  public long[] predict(TrainingBatch batch) {
    return run(
        "predict", (value, sub) -> value.toTensor(sub).toLongArray(), inputs(batch).toArray());
  }

  /**
   * Answers to a batch's pictures, the likeliest token at a time.
   *
   * @param prompt tokens behind the picture
   * @param end the token that ends an answer, which is not part of it
   * @param most tokens of an answer
   */
  public List<int[]> answers(TrainingBatch batch, long[] prompt, int end, int most) {
    int count = batch.count();
    float[][] vision = visionTurns(batch);
    run(
        "look",
        (value, sub) -> null,
        pixels(batch),
        table(vision[0], vision[0].length / (config.vision().headDim() / 2)),
        table(vision[1], vision[1].length / (config.vision().headDim() / 2)));
    long[][] said = new long[count][prompt.length + most];
    int[] lengths = new int[count];
    boolean[] done = new boolean[count];
    for (long[] one : said) {
      System.arraycopy(prompt, 0, one, 0, prompt.length);
    }
    int left = count;
    for (int n = prompt.length; n < prompt.length + most && left > 0; n++) {
      long[] ids = new long[count * n];
      for (int i = 0; i < count; i++) {
        System.arraycopy(said[i], 0, ids, i * n, n);
      }
      int positions = positions(batch, n);
      float[][] text = textTurns(positions);
      long[] next =
          run(
              "next",
              (value, sub) -> value.toTensor(sub).toLongArray(),
              new Whole(batch.breaks(), batch.breaks().length),
              new Whole(batch.before(), batch.before().length),
              new Whole(ids, count, n),
              table(text[0], positions),
              table(text[1], positions));
      for (int i = 0; i < count; i++) {
        said[i][n] = next[i];
        if (!done[i] && next[i] == end) {
          done[i] = true;
          left--;
        } else if (!done[i]) {
          lengths[i]++;
        }
      }
    }
    List<int[]> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] answer = new int[lengths[i]];
      for (int j = 0; j < answer.length; j++) {
        answer[j] = (int) said[i][prompt.length + j];
      }
      answers.add(answer);
    }
    return answers;
  }

  private List<Object> inputs(TrainingBatch batch) {
    float[][] vision = visionTurns(batch);
    int patches = vision[0].length / (config.vision().headDim() / 2);
    int positions = positions(batch, batch.length());
    float[][] text = textTurns(positions);
    List<Object> inputs = new ArrayList<>();
    inputs.add(pixels(batch));
    inputs.add(table(vision[0], patches));
    inputs.add(table(vision[1], patches));
    inputs.add(new Whole(batch.breaks(), batch.breaks().length));
    inputs.add(new Whole(batch.before(), batch.before().length));
    inputs.add(new Whole(batch.ids(), batch.count(), batch.length()));
    inputs.add(table(text[0], positions));
    inputs.add(table(text[1], positions));
    return inputs;
  }

  private int positions(TrainingBatch batch, int length) {
    int columns = batch.width() / patch();
    return batch.before().length + batch.breaks().length * (columns + 1) + length;
  }

  private static Grey pixels(TrainingBatch batch) {
    return new Grey(batch.grey(), batch.count(), batch.height(), batch.width());
  }

  private static TorchProgram.Numbers table(float[] values, int rows) {
    return new TorchProgram.Numbers(values, rows, values.length / rows);
  }

  /** Cosines and sines of the tower's positions: even frequencies turn by row, odd by column. */
  private float[][] visionTurns(TrainingBatch batch) {
    int rows = batch.height() / patch();
    int columns = batch.width() / patch();
    return turns.computeIfAbsent(
        "vision " + rows + " " + columns,
        key -> {
          int width = config.vision().headDim();
          int half = width / 2;
          float[][] table = new float[2][rows * columns * half];
          for (int i = 0; i < rows * columns; i++) {
            for (int j = 0; j < half; j++) {
              int frequency = j < half / 2 ? 2 * j : 2 * (j - half / 2) + 1;
              int place = j < half / 2 ? i / columns : i % columns;
              turn(table, i * half + j, place, config.vision().theta(), 2.0 * frequency / width);
            }
          }
          return table;
        });
  }

  private float[][] textTurns(int positions) {
    return turns.computeIfAbsent(
        "text " + positions,
        key -> {
          int width = config.text().headDim();
          int half = width / 2;
          float[][] table = new float[2][positions * half];
          for (int i = 0; i < positions; i++) {
            for (int j = 0; j < half; j++) {
              turn(table, i * half + j, i, config.text().theta(), 2.0 * j / width);
            }
          }
          return table;
        });
  }

  private static void turn(float[][] table, int at, int place, double theta, double exponent) {
    double angle = place / Math.pow(theta, exponent);
    table[0][at] = (float) Math.cos(angle);
    table[1][at] = (float) Math.sin(angle);
  }

  /** Grey pixels. */
  private record Grey(byte[] values, long... shape) {}

  /** Whole numbers. */
  private record Whole(long[] values, long... shape) {}

  private static float[] floats(IValue value, PtNDManager sub) {
    return value.toTensor(sub).toFloatArray();
  }

  private <T> T run(
      String method, BiFunction<IValue, PtNDManager, T> reading, Object... arguments) {
    try (PtNDManager sub = manager.newSubManager(Device.cpu());
        IValue result = call(method, arguments)) {
      return reading.apply(result, sub);
    }
  }

  /**
   * Arguments that are made here are freed here, as the result is by the caller: nothing else
   * would.
   */
  private IValue call(String method, Object... arguments) {
    IValue[] values = new IValue[arguments.length];
    try (PtNDManager sub = manager.newSubManager(Device.cpu())) {
      try {
        for (int i = 0; i < values.length; i++) {
          values[i] = value(arguments[i], sub);
        }
        return Recording.run(block, method, values);
      } finally {
        for (int i = 0; i < values.length; i++) {
          if (values[i] != null && values[i] != arguments[i]) {
            values[i].close();
          }
        }
      }
    }
  }

  private static IValue value(Object argument, PtNDManager sub) {
    return switch (argument) {
      case IValue made -> made;
      case Double number -> IValue.from(number);
      case Long number -> IValue.from(number);
      case String text -> IValue.from(text);
      case TorchProgram.Numbers numbers ->
          IValue.from((PtNDArray) sub.create(numbers.values(), new Shape(numbers.shape())));
      case Whole whole ->
          IValue.from((PtNDArray) sub.create(whole.values(), new Shape(whole.shape())));
      case Grey grey -> {
        ByteBuffer direct =
            ByteBuffer.allocateDirect(grey.values().length).order(ByteOrder.nativeOrder());
        direct.put(grey.values()).flip();
        yield IValue.from((PtNDArray) sub.create(direct, new Shape(grey.shape()), DataType.UINT8));
      }
      default -> throw new IllegalArgumentException("no value for " + argument);
    };
  }

  @Override
  public void close() {
    workers.close();
    gradients.close();
    block.close();
    manager.close();
  }

  /**
   * The library's call of a method with operations recorded. Its public form never records, so the
   * one below it is called.
   */
  private static final class Recording {

    private static final Object LIBRARY;
    private static final Method RUN;
    private static final Constructor<IValue> RESULT;

    static {
      try {
        Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
        Field only = library.getDeclaredField("LIB");
        only.setAccessible(true);
        LIBRARY = only.get(null);
        RUN =
            library.getDeclaredMethod(
                "moduleRunMethod",
                long.class,
                String.class,
                long[].class,
                boolean.class,
                boolean.class);
        RUN.setAccessible(true);
        RESULT = IValue.class.getDeclaredConstructor(long.class);
        RESULT.setAccessible(true);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    static IValue run(PtSymbolBlock block, String method, IValue[] arguments) {
      long[] handles = new long[arguments.length];
      for (int i = 0; i < handles.length; i++) {
        handles[i] = arguments[i].getHandle();
      }
      try {
        long result = (long) RUN.invoke(LIBRARY, block.getHandle(), method, handles, true, false);
        return RESULT.newInstance(result);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException failed) {
          throw failed;
        }
        throw new IllegalStateException(method, e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(method, e);
      }
    }
  }
}
