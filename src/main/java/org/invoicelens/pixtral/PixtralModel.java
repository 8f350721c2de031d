package org.invoicelens.pixtral;

import ai.djl.engine.EngineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig.Footprint;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.grammar.TokenConstraint;
import org.invoicelens.hardware.MainMemory;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint in memory, ready to answer prompts.
 *
 * <p>One prompt at a time: calls from several threads wait for each other.
 */
public final class PixtralModel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PixtralModel.class);

  /** Positions that go through a layer at once: enough for speed, little memory, a prompt stop. */
  private static final int CHUNK = 512;

  /** Numbers of an output layer that is not in the processor's caches anyway. */
  private static final long LARGE_HEAD = 64 << 20;

  /** One in so many bytes of memory that is left may go to a copy of the output layer. */
  private static final int HEAD_SHARE = 4;

  /** The room for keys and values grows in steps of so many positions. */
  private static final int ROOM_STEP = 256;

  /** Parameters up to which threads mostly wait for each other, on a busy computer for long. */
  private static final long TINY = 20_000_000;

  private final PixtralProgram program;
  private final PixtralConfig config;
  private final PixtralProcessor processor;
  private final Footprint footprint;
  private final LongSupplier mainMemory;
  private final DeviceSplit split;
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
      LoadOptions options,
      LongSupplier mainMemory,
      DeviceSplit split) {
    this.split = split;
    this.program = program;
    this.config = config;
    this.processor = processor;
    this.footprint = footprint;
    this.options = options;
    this.mainMemory = mainMemory;
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
        folder,
        processor,
        options,
        Optional.empty(),
        listener,
        cancellation,
        PixtralModel::availableMainMemory);
  }

  /**
   * Loads a checkpoint as above.
   *
   * @param cache where packed weights are looked for, and kept for the next start
   * @param mainMemory asked how many bytes may be used where the model goes into main memory, now
   *     and before every answer
   */
  public static PixtralModel load(
      Path folder,
      PixtralProcessor processor,
      LoadOptions options,
      Optional<PackedCache> cache,
      ProgressListener listener,
      Cancellation cancellation,
      LongSupplier mainMemory)
      throws CheckpointException, CancelledException {
    return load(
        folder,
        processor,
        options,
        cache,
        listener,
        cancellation,
        mainMemory,
        Placement::freeCardMemory);
  }

  /**
   * Loads a checkpoint as above.
   *
   * @param cardMemory how many bytes are free on a graphics card; empty where that is not known
   */
  static PixtralModel load(
      Path folder,
      PixtralProcessor processor,
      LoadOptions options,
      Optional<PackedCache> cache,
      ProgressListener listener,
      Cancellation cancellation,
      LongSupplier mainMemory,
      Function<String, OptionalLong> cardMemory)
      throws CheckpointException, CancelledException {
    PackedMemory memory = null;
    PixtralProgram program = null;
    PixtralModel model = null;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      LoadOptions asked = Placement.resolve(options);
      DeviceSplit split = MemoryCheck.split(checkpoint, asked, mainMemory, cardMemory);
      LoadOptions resolved = Placement.on(split, asked);
      long start = System.nanoTime();
      Optional<PackedMemory> kept = cache.flatMap(c -> c.open(checkpoint, resolved));
      memory = kept.orElseGet(PackedMemory::anonymous);
      program = PixtralProgram.load(checkpoint.config(), resolved, memory, split);
      new WeightLoader(listener, cancellation).load(checkpoint, program, kept.isPresent());
      Footprint footprint = footprint(checkpoint);
      program.useProcessorLayers();
      PixtralConfig.Text text = checkpoint.config().text();
      if ((long) text.vocabulary() * text.hidden() >= LARGE_HEAD) {
        program.screenHead(mainMemory.getAsLong() / HEAD_SHARE);
      }
      if (cache.isPresent() && kept.isEmpty()) {
        cache.get().keep(checkpoint, resolved, program, listener, cancellation);
      }
      log.info(
          "{} loaded as {} on {} in {} ms, {} bytes",
          folder.getFileName(),
          resolved.precision().id(),
          resolved.device(),
          (System.nanoTime() - start) / 1_000_000,
          program.memory());
      model =
          new PixtralModel(
              program, checkpoint.config(), processor, footprint, resolved, mainMemory, split);
      if (footprint.parameters() <= TINY) {
        model.useThreads(1);
      }
      return model;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw RuntimeFault.loading(e);
    } finally {
      if (program == null && memory != null) {
        memory.close();
      } else if (model == null && program != null) {
        program.close();
      }
    }
  }

  /**
   * Answers a prompt, telling of every token as it comes.
   *
   * @throws InferenceException with {@code OUT_OF_MEMORY} where memory runs out, on the processor
   *     before anything is computed
   */
  public GenerationResult generate(
      Prompt prompt,
      GenerationOptions generation,
      TokenListener listener,
      Cancellation cancellation)
      throws InferenceException, CancelledException {
    PromptCheck.check(prompt, config, generation.maxNewTokens());
    return guarded(() -> {
      requireMemory(prompt, generation.maxNewTokens());
      return answer(prompt, generation, listener, cancellation);
    });
  }

  /** The logits after every token of the prompt, {@code [positions][vocabulary]}. */
  public float[][] logits(Prompt prompt, Cancellation cancellation)
      throws InferenceException, CancelledException {
    PromptCheck.check(prompt, config, 0);
    return guarded(() -> {
      requireMemory(prompt, 0);
      encode(prompt.images(), cancellation);
      List<float[]> rows = new ArrayList<>();
      int vocabulary = config.text().vocabulary();
      prefill(
          prompt,
          cancellation,
          () -> {
            float[] chunk = program.logits(0);
            for (int from = 0; from < chunk.length; from += vocabulary) {
              rows.add(Arrays.copyOfRange(chunk, from, from + vocabulary));
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
    TokenChoice choice = choice(generation);
    int last = prefill(prompt, cancellation, () -> {});
    int token = first(choice, last);
    rest(System.nanoTime() - begin);
    long filled = System.nanoTime();

    Answer answer = new Answer(processor.stream(), listener);
    int position = prompt.tokenIds().length;
    GenerationResult.FinishReason reason = GenerationResult.FinishReason.LENGTH;
    while (true) {
      if (token == TokenChoice.NONE_ALLOWED) {
        break;
      }
      if (token < 0) {
        throw RuntimeFault.notFinite(answer.size());
      }
      boolean end =
          (!generation.ignoreEos() || generation.schema().isPresent())
              && config.endTokens().contains(token);
      if (choice.isPlain()) {
        answer.add(token);
      } else {
        answer.add(token, choice.probability());
      }
      if (!end) {
        choice.take(token);
      }
      if (end || choice.isOver()) {
        reason = GenerationResult.FinishReason.STOP;
        break;
      }
      if (answer.size() >= generation.maxNewTokens()) {
        break;
      }
      cancellation.throwIfCancelled();
      long stepBegin = System.nanoTime();
      reserve(position + 1, generation.maxNewTokens() - answer.size());
      token = next(choice, token, position);
      position++;
      rest(System.nanoTime() - stepBegin);
    }
    String text = answer.finish();
    AnswerSchema.Closed closed =
        generation
            .schema()
            .map(schema -> schema.close(text))
            .orElseGet(() -> new AnswerSchema.Closed(text, text.length()));
    GenerationResult.Timings timings =
        new GenerationResult.Timings(
            Duration.ofNanos(encoded - begin),
            Duration.ofNanos(filled - encoded),
            Duration.ofNanos(System.nanoTime() - filled),
            prompt.tokenIds().length,
            answer.size() - 1);
    return new GenerationResult(
        closed.text(),
        answer.tokens(),
        prompt.tokenIds().clone(),
        reason,
        timings,
        program.memory(),
        closed.written(),
        answer.certainties());
  }

  /** The token after a prompt, whose last one is in that row. */
  private int first(TokenChoice choice, int last) {
    if (choice.isPlain()) {
      return program.greedy();
    }
    return choice.of(choice.draws() ? Logits.exact(program.logits(last)) : program.nearLogits());
  }

  /** One token through the decoder, and the one that follows it. */
  private int next(TokenChoice choice, int token, int position) {
    if (choice.isPlain()) {
      return program.stepGreedy(token, position);
    }
    return choice.of(
        choice.draws()
            ? Logits.exact(program.stepLogits(token, position))
            : program.stepNearLogits(token, position));
  }

  private TokenChoice choice(GenerationOptions generation) throws InferenceException {
    Sampler sampler =
        generation.temperature() == 0
            ? null
            : new Sampler(generation.temperature(), generation.topP(), generation.seed());
    TokenConstraint constraint =
        generation.schema().isEmpty()
            ? null
            : new TokenConstraint(
                generation.schema().get(), processor.vocabulary(), config.endTokens());
    return new TokenChoice(sampler, constraint);
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

  /** Refuses an answer for which there is too little memory on the processor. */
  private void requireMemory(Prompt prompt, int answer) throws InferenceException {
    if (options.device().equals("cpu")) {
      int positions = room((long) prompt.tokenIds().length + answer);
      AnswerMemory.of(config, options, prompt, positions, room).check(mainMemory.getAsLong());
    }
  }

  /** Makes room for so many positions, and for up to a step of those expected beyond. */
  private void reserve(int positions, int expected) {
    if (positions <= room) {
      return;
    }
    int larger = room((long) positions + Math.min(expected, ROOM_STEP));
    program.reserve(larger);
    room = larger;
  }

  /** Positions of whole steps that take in so many. */
  private int room(long positions) {
    long rounded = (positions + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    return (int) Math.min(rounded, config.text().context());
  }

  /** Computes on the model's device and on the processor, and asks its tensors where they are. */
  public DeviceProof prove() throws CheckpointException {
    lock.lock();
    try {
      return program.prove();
    } catch (EngineException | OutOfMemoryError e) {
      throw RuntimeFault.loading(e);
    } finally {
      lock.unlock();
    }
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
    } catch (EngineException | OutOfMemoryError e) {
      throw RuntimeFault.answering(e);
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
      AttentionVariant possible = Placement.attention(attention, options.dtype(), options.device());
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

  /**
   * Rounds the activations of prompts to whole numbers of eight bits from the next prompt on, or no
   * longer. That is faster where weights are kept in int8, nf4 or int4 and this processor
   * multiplies bytes; elsewhere nothing changes.
   */
  public void quantizeActivations(boolean wanted) {
    lock.lock();
    try {
      program.quantizeActivations(wanted);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the activations of prompts are rounded to eight bits. */
  public boolean quantizesActivations() {
    lock.lock();
    try {
      return program.quantizesActivations();
    } finally {
      lock.unlock();
    }
  }

  /** The device of each layer of the decoder, in order. */
  public List<String> layerDevices() {
    return split.layers();
  }

  /** Threads that this computer has for the work. */
  public static int availableThreads() {
    return TorchRuntime.defaultThreads();
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
   * Compares the ways in which rows can be multiplied with weights here, and uses the best from now
   * on; empty where there is nothing to choose. Takes a second or two.
   */
  public Optional<RowTrial> chooseRows() {
    lock.lock();
    try {
      return program.chooseRows();
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

  /** Main memory that programs can still have, in bytes. */
  public static long availableMainMemory() {
    return MainMemory.measure().available();
  }
}
