package org.invoicelens.pixtral;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig.Footprint;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;

/**
 * A checkpoint in memory, ready to answer prompts.
 *
 * <p>One prompt at a time: calls from several threads wait for each other.
 */
public final class PixtralModel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PixtralModel.class);

  /** Positions that go through a layer at once: enough for speed, little memory, a prompt stop. */
  private static final int CHUNK = 512;

  /** The room for keys and values grows in steps of so many positions. */
  private static final int ROOM_STEP = 256;

  private final PixtralProgram program;
  private final PixtralConfig config;
  private final PixtralProcessor processor;
  private final Footprint footprint;
  private final ReentrantLock lock = new ReentrantLock();
  private LoadOptions options;
  private int room;
  private double busyShare = 1;
  private boolean closed;

  private PixtralModel(
      PixtralProgram program,
      PixtralConfig config,
      PixtralProcessor processor,
      Footprint footprint,
      LoadOptions options) {
    this.program = program;
    this.config = config;
    this.processor = processor;
    this.footprint = footprint;
    this.options = options;
  }

  /**
   * Loads a checkpoint in Hugging Face or native layout, quantising on the way. Leaves nothing in
   * memory when it fails.
   *
   * @param processor whose tokenizer turns answers into text; closed by its owner, not by the model
   */
  public static PixtralModel load(
      Path folder,
      PixtralProcessor processor,
      LoadOptions options,
      ProgressListener listener,
      Cancellation cancellation)
      throws CheckpointException, CancelledException {
    return load(
        folder, processor, options, listener, cancellation, PixtralModel::availableMainMemory);
  }

  /**
   * Loads a checkpoint as above, asking {@code mainMemory} how many bytes may be used where the
   * model goes into main memory.
   */
  public static PixtralModel load(
      Path folder,
      PixtralProcessor processor,
      LoadOptions options,
      ProgressListener listener,
      Cancellation cancellation,
      LongSupplier mainMemory)
      throws CheckpointException, CancelledException {
    PixtralProgram program = null;
    PixtralModel model = null;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      LoadOptions resolved = resolve(options);
      checkMemory(checkpoint, resolved, mainMemory);
      long start = System.nanoTime();
      program = PixtralProgram.load(checkpoint.config(), resolved);
      new WeightLoader(listener, cancellation).load(checkpoint, program);
      log.info(
          "{} loaded as {} on {} in {} ms, {} bytes",
          folder.getFileName(),
          resolved.precision().id(),
          resolved.device(),
          (System.nanoTime() - start) / 1_000_000,
          program.memory());
      model =
          new PixtralModel(
              program, checkpoint.config(), processor, footprint(checkpoint), resolved);
      return model;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw loadingFailed(e);
    } finally {
      if (model == null && program != null) {
        program.close();
      }
    }
  }

  /** Answers a prompt, telling of every token as it comes. */
  public GenerationResult generate(
      Prompt prompt,
      GenerationOptions generation,
      TokenListener listener,
      Cancellation cancellation)
      throws InferenceException, CancelledException {
    PromptCheck.check(prompt, config, generation.maxNewTokens());
    return guarded(() -> answer(prompt, generation, listener, cancellation));
  }

  /** The logits after every token of the prompt, {@code [positions][vocabulary]}. */
  public float[][] logits(Prompt prompt, Cancellation cancellation)
      throws InferenceException, CancelledException {
    PromptCheck.check(prompt, config, 0);
    return guarded(() -> {
      encode(prompt.images(), cancellation);
      List<float[]> rows = new ArrayList<>();
      int vocabulary = config.text().vocabulary();
      prefill(
          prompt,
          cancellation,
          () -> {
            float[] chunk = program.logits(0);
            for (int from = 0; from < chunk.length; from += vocabulary) {
              rows.add(java.util.Arrays.copyOfRange(chunk, from, from + vocabulary));
            }
          });
      return rows.toArray(float[][]::new);
    });
  }

  private GenerationResult answer(
      Prompt prompt,
      GenerationOptions generation,
      TokenListener listener,
      Cancellation cancellation)
      throws InferenceException, CancelledException {
    long begin = System.nanoTime();
    encode(prompt.images(), cancellation);
    long encoded = System.nanoTime();
    boolean greedy = generation.temperature() == 0;
    Sampler sampler =
        greedy ? null : new Sampler(generation.temperature(), generation.topP(), generation.seed());
    int last = prefill(prompt, cancellation, () -> {});
    int token = greedy ? program.greedy() : sampler.next(program.logits(last));
    rest(System.nanoTime() - begin);
    long filled = System.nanoTime();

    Answer answer = new Answer(processor.stream(), listener);
    int position = prompt.tokenIds().length;
    GenerationResult.FinishReason reason = GenerationResult.FinishReason.LENGTH;
    while (true) {
      if (token < 0) {
        throw notFinite(answer.size());
      }
      boolean end = !generation.ignoreEos() && config.endTokens().contains(token);
      answer.add(token);
      if (end) {
        reason = GenerationResult.FinishReason.STOP;
        break;
      }
      if (answer.size() == generation.maxNewTokens()) {
        break;
      }
      cancellation.throwIfCancelled();
      long stepBegin = System.nanoTime();
      reserve(position + 1, generation.maxNewTokens() - answer.size());
      token =
          greedy
              ? program.stepGreedy(token, position)
              : sampler.next(program.stepLogits(token, position));
      position++;
      rest(System.nanoTime() - stepBegin);
    }
    String text = answer.finish();
    GenerationResult.Timings timings =
        new GenerationResult.Timings(
            Duration.ofNanos(encoded - begin),
            Duration.ofNanos(filled - encoded),
            Duration.ofNanos(System.nanoTime() - filled),
            prompt.tokenIds().length,
            answer.size() - 1);
    return new GenerationResult(
        text, answer.tokens(), prompt.tokenIds().clone(), reason, timings, program.memory());
  }

  /** The pictures through the vision tower and the projector, each on its own. */
  private void encode(List<ImagePixels> images, Cancellation cancellation)
      throws CancelledException {
    for (ImagePixels image : images) {
      cancellation.throwIfCancelled();
      program.imageBegin(image);
      for (int layer = 0; layer < config.vision().layers(); layer++) {
        cancellation.throwIfCancelled();
        program.imageLayer(layer);
      }
      program.imageEnd();
    }
  }

  /**
   * The prompt through the decoder in chunks.
   *
   * @param afterChunk is run after each chunk, whose hidden states are then at hand
   * @return the row of the prompt's last token in the last chunk
   */
  private int prefill(Prompt prompt, Cancellation cancellation, Runnable afterChunk)
      throws CancelledException {
    int[] tokens = prompt.tokenIds();
    reserve(tokens.length, ROOM_STEP);
    int patch = 0;
    int count = 0;
    for (int from = 0; from < tokens.length; from += count) {
      count = Math.min(CHUNK, tokens.length - from);
      long[] ids = new long[count];
      int patches = 0;
      for (int i = 0; i < count; i++) {
        ids[i] = tokens[from + i];
        if (ids[i] == config.imageToken()) {
          patches++;
        }
      }
      program.textBegin(ids, from, patch, patches);
      for (int layer = 0; layer < config.text().layers(); layer++) {
        cancellation.throwIfCancelled();
        program.textLayer(layer, from);
      }
      patch += patches;
      afterChunk.run();
    }
    return count - 1;
  }

  /** Leaves the device to others after it was busy. */
  private void rest(long busyNanos) {
    if (busyShare < 1) {
      LockSupport.parkNanos((long) (busyNanos * (1 / busyShare - 1)));
    }
  }

  /** Makes room for so many positions, and for up to a step of those expected beyond. */
  private void reserve(int positions, int expected) {
    if (positions <= room) {
      return;
    }
    long wanted = (long) positions + Math.min(expected, ROOM_STEP);
    long rounded = (wanted + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    room = (int) Math.min(rounded, config.text().context());
    program.reserve(room);
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws InferenceException, CancelledException;
  }

  /** Runs work alone; afterwards, however it ended, the program is as before. */
  private <T> T guarded(Work<T> work) throws InferenceException, CancelledException {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      try {
        return work.run();
      } finally {
        program.forget();
      }
    } catch (ai.djl.engine.EngineException | OutOfMemoryError e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** How the model was loaded, {@code auto} resolved. */
  public LoadOptions options() {
    lock.lock();
    try {
      return options;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes how attention is computed, from the next prompt on. What the device cannot do is
   * replaced; {@link #options()} tells by what.
   */
  public void useAttention(AttentionVariant attention) {
    lock.lock();
    try {
      AttentionVariant possible = attention(attention, options.dtype(), options.device());
      program.useAttention(possible);
      options =
          new LoadOptions(
              options.precision(),
              options.dtype(),
              possible,
              options.device(),
              options.groupSize(),
              options.doubleQuant());
    } finally {
      lock.unlock();
    }
  }

  /** Threads that do the work on the processor. */
  public int threads() {
    lock.lock();
    try {
      return program.threads();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes how many threads do the work on the processor. Those of a small model wait for each
   * other longer than they work, the more so where other programs are busy.
   */
  public void useThreads(int count) {
    lock.lock();
    try {
      program.useThreads(count);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes answers rest between tokens, so that the device has time for other programs.
   *
   * @param share of the time in which the device may be busy, above 0 up to 1
   */
  public void limitUtilization(double share) {
    lock.lock();
    try {
      busyShare = share;
    } finally {
      lock.unlock();
    }
  }

  /** Positions that a prompt and its answer may take together. */
  public int contextLength() {
    return config.text().context();
  }

  /** How large the model is, by its files. */
  public Footprint footprint() {
    return footprint;
  }

  private static Footprint footprint(Checkpoint checkpoint) {
    PixtralConfig.Text text = checkpoint.config().text();
    long parameters = 0;
    long quantizable = 0;
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      parameters += weight.source().count();
      quantizable += weight.packable() ? weight.source().count() : 0;
    }
    long kvBytesPerToken = 2L * text.layers() * text.kvHeads() * text.headDim() * 2;
    return new Footprint(checkpoint.bytes(), parameters, quantizable, kvBytesPerToken);
  }

  /** Bytes that the weights and caches hold now. */
  public long memory() {
    lock.lock();
    try {
      return closed ? 0 : program.memory();
    } finally {
      lock.unlock();
    }
  }

  /** The program, for tests that look inside. */
  PixtralProgram program() {
    return program;
  }

  /** Frees all native memory; waits for a prompt that is being answered. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        program.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes a choice of everything that was left open. */
  private static LoadOptions resolve(LoadOptions asked) throws CheckpointException {
    String device = device(asked.device().toLowerCase(Locale.ROOT).strip());
    // a decoder that is not packed has the type of everything else
    Precision dtype = asked.precision().isQuantized() ? asked.dtype() : asked.precision();
    return new LoadOptions(
        asked.precision(),
        dtype,
        attention(asked.attention(), dtype, device),
        device,
        asked.groupSize(),
        asked.doubleQuant());
  }

  private static String device(String asked) throws CheckpointException {
    if (asked.equals("cpu")) {
      return asked;
    }
    int cards = TorchRuntime.graphicsCards();
    if (asked.equals("auto")) {
      return cards > 0 ? "cuda:0" : "cpu";
    }
    String number = asked.equals("cuda") ? "0" : asked.replaceFirst("^cuda:", "");
    if (number.matches("[0-9]{1,3}") && Integer.parseInt(number) < cards) {
      return "cuda:" + Integer.parseInt(number);
    }
    throw new CheckpointException(
        CheckpointException.Reason.DEVICE_UNAVAILABLE,
        new Problem(
            "The model is to run on \"" + asked + "\", but this computer does not offer that.",
            cards == 0
                ? "No graphics card can be used: there is none, its driver is missing, or the"
                    + " library for graphics cards is not installed."
                : "The graphics cards that can be used are cuda:0 to cuda:" + (cards - 1) + ".",
            "Choose the device \"auto\" or \"cpu\"."),
        "",
        null);
  }

  /** The flash kernel on graphics cards takes 16-bit values, from compute capability 8.0 on. */
  private static AttentionVariant attention(
      AttentionVariant asked, Precision dtype, String device) {
    if (asked != AttentionVariant.FLASH || device.equals("cpu")) {
      return asked;
    }
    boolean possible = dtype == Precision.BFLOAT16 && computeCapability(device) >= 80;
    if (!possible) {
      log.info("The flash kernel does not run in {} on {}; sdpa is used.", dtype.id(), device);
    }
    return possible ? asked : AttentionVariant.SDPA;
  }

  private static int computeCapability(String device) {
    try {
      return Integer.parseInt(CudaUtils.getComputeCapability(cardNumber(device)));
    } catch (RuntimeException e) {
      log.debug("The compute capability of {} is unknown.", device, e);
      return 0;
    }
  }

  private static int cardNumber(String device) {
    return Integer.parseInt(device.substring("cuda:".length()));
  }

  /** Refuses before the system would end the process. */
  private static void checkMemory(
      Checkpoint checkpoint, LoadOptions options, LongSupplier mainMemory)
      throws CheckpointException {
    long weights = WeightLoader.bytes(checkpoint, options);
    long working = WeightLoader.working(checkpoint);
    boolean onCard = !options.device().equals("cpu");
    OptionalLong available =
        onCard ? availableCardMemory(options.device()) : OptionalLong.of(mainMemory.getAsLong());
    if (available.isEmpty() || weights + working <= available.getAsLong()) {
      return;
    }
    throw new CheckpointException(
        CheckpointException.Reason.OUT_OF_MEMORY,
        new Problem(
            String.format(
                Locale.ROOT,
                "The model does not fit into the memory %s: in %s it needs %s for its weights and"
                    + " %s for loading them, and %s are free.",
                onCard ? "of the graphics card" : "of this computer",
                options.precision().title(),
                gibibytes(weights),
                gibibytes(working),
                gibibytes(available.getAsLong())),
            "",
            "Close other programs, or choose a precision with fewer bits."),
        weights + " + " + working + " > " + available.getAsLong(),
        null);
  }

  private static String gibibytes(long bytes) {
    double value = bytes / (double) (1 << 30);
    return String.format(Locale.ROOT, value < 0.1 ? "%.3f GiB" : "%.1f GiB", value);
  }

  /** Main memory that programs can still have, in bytes. */
  public static long availableMainMemory() {
    return new SystemInfo().getHardware().getMemory().getAvailable();
  }

  private static OptionalLong availableCardMemory(String device) {
    try {
      var usage = CudaUtils.getGpuMemory(Device.gpu(cardNumber(device)));
      return OptionalLong.of(usage.getMax() - usage.getCommitted());
    } catch (RuntimeException e) {
      log.debug("The free memory of {} is unknown.", device, e);
      return OptionalLong.empty();
    }
  }

  private static CheckpointException loadingFailed(Throwable e) {
    if (isOutOfMemory(e)) {
      return new CheckpointException(
          CheckpointException.Reason.OUT_OF_MEMORY,
          new Problem(
              "Memory ran out while the model was being loaded.",
              "",
              "Close other programs, or choose a precision with fewer bits."),
          e.toString(),
          e);
    }
    log.error("Loading the model failed.", e);
    return new CheckpointException(
        CheckpointException.Reason.RUNTIME_FAILED,
        new Problem(
            "The model could not be loaded: " + firstLine(e) + ".",
            "",
            "Try again. If it fails again, the log has the details."),
        e.toString(),
        e);
  }

  private static InferenceException failed(Throwable e) {
    if (isOutOfMemory(e)) {
      return new InferenceException(
          InferenceException.Reason.OUT_OF_MEMORY,
          new Problem(
              "Memory ran out while the answer was being made.",
              "The model stays loaded.",
              "Close other programs, use fewer or smaller pictures, or a shorter answer."),
          e.toString(),
          e);
    }
    log.error("The model's program failed.", e);
    return new InferenceException(
        InferenceException.Reason.RUNTIME_FAILED,
        new Problem(
            "The answer could not be made: " + firstLine(e) + ".",
            "The model stays loaded.",
            "Try again. If it fails again, the log has the details."),
        e.toString(),
        e);
  }

  private static InferenceException notFinite(int tokens) {
    return new InferenceException(
        InferenceException.Reason.NOT_FINITE,
        new Problem(
            "The model's numbers went out of range while it made the answer.",
            "Its weights or the precision it runs in are not sound.",
            "Verify the model's files, or choose another precision."),
        "after " + tokens + " tokens",
        null);
  }

  /** PyTorch tells of memory that ran out only in its messages. */
  private static boolean isOutOfMemory(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof OutOfMemoryError
          || message.contains("out of memory")
          || message.contains("defaultcpuallocator")
          || message.contains("bad_alloc")) {
        return true;
      }
    }
    return false;
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("unknown cause");
  }
}
