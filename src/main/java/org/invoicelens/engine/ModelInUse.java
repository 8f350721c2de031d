package org.invoicelens.engine;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.Prompt;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ready model at work, which goes down the configured fallbacks where memory runs out for an
 * answer: everything is freed, the next way is loaded, and the work is done again from its start.
 * One work at a time: calls from several threads wait for each other.
 */
public final class ModelInUse implements Engine {

  private static final Logger log = LoggerFactory.getLogger(ModelInUse.class);

  private static final Words WORDS = Words.of(ModelInUse.class);

  /** What is done with a model, perhaps more than once. */
  @FunctionalInterface
  public interface Use<T> {
    T with(OptimizedModel model) throws InferenceException, CancelledException;
  }

  private final ModelConfig config;
  private final FallbackLoading loading;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile OptimizedModel model;

  /** Why memory ran out in the model at hand, which is to be replaced. */
  private Optional<InferenceException> exhausted = Optional.empty();

  /** What was done so far, for the user. */
  private String tried = "";

  /** Why there is no model any more. */
  private Optional<InferenceException> lost = Optional.empty();

  /** How the next way is loaded; a seam for tests. */
  @FunctionalInterface
  interface FallbackLoading {
    ModelInstance load(OptimizedModel exhausted, Problem why, Cancellation cancellation)
        throws InitializationException, CancelledException;
  }

  /**
   * Takes a model over.
   *
   * @param listener hears how another way is loaded
   */
  public ModelInUse(OptimizedModel model, ModelConfig config, ProgressListener listener) {
    this(
        model,
        config,
        (exhausted, why, cancellation) ->
            new ModelInitializer(listener, cancellation).stepDown(exhausted, config, why));
  }

  ModelInUse(OptimizedModel model, ModelConfig config, FallbackLoading loading) {
    this.model = model;
    this.config = config;
    this.loading = loading;
  }

  /** The model as it is now. */
  @Override
  public OptimizedModel facts() {
    return model;
  }

  @Override
  public int questionsAtOnce() {
    return 1;
  }

  /**
   * Answers a question. Where memory runs out, the answer is made again from its start with the
   * next fallback of the model.
   */
  @Override
  public Reply ask(Question question, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException {
    List<String> notes = new ArrayList<>();
    return use(
        now -> {
          Prompt prompt =
              now.processor().prepare(question.system(), question.user(), question.pages());
          GenerationResult result =
              now.model().generate(prompt, question.options(), listener, cancellation);
          return new Reply(
              result,
              prompt.images().stream()
                  .map(image -> new Reply.Seen(image.width(), image.height()))
                  .toList(),
              notes);
        },
        why -> {
          notes.add(why);
          listener.onRestart(why);
        },
        cancellation);
  }

  @Override
  public SeenPicture seen(BufferedImage page) throws InferenceException {
    return model.processor().seen(page);
  }

  /**
   * Does work with the model.
   *
   * @param restarted is told, in words for the user, what was done before work is done again
   * @throws InferenceException with {@code OUT_OF_MEMORY} where memory runs out and no way is left;
   *     the smallest model that could be loaded stays
   */
  public <T> T use(Use<T> use, Consumer<String> restarted, Cancellation cancellation)
      throws InferenceException, CancelledException {
    lock.lock();
    try {
      while (true) {
        if (lost.isPresent()) {
          throw lost.get();
        }
        if (exhausted.isPresent()) {
          restarted.accept(stepDown(exhausted.get(), cancellation));
        }
        try {
          return use.with(model);
        } catch (InferenceException e) {
          if (e.reason() != InferenceException.Reason.OUT_OF_MEMORY) {
            throw e;
          }
          if (!ModelInitializer.canStepDown(model.device(), model.dtype(), config)) {
            throw nothingLeft(e);
          }
          exhausted = Optional.of(e);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private String stepDown(InferenceException why, Cancellation cancellation)
      throws InferenceException, CancelledException {
    OptimizedModel before = model;
    log.warn("Memory ran out in {} on {}: {}", before.dtype(), before.device(), why.detail());
    try {
      ModelInstance instance = loading.load(before, why.problem(), cancellation);
      model = OptimizedModel.untested(instance, before.inferenceTime());
      exhausted = Optional.empty();
      List<String> said = instance.notes();
      String done = String.join(" ", said.subList(before.notes().size(), said.size()));
      tried = (tried + " " + done).strip();
      return done;
    } catch (InitializationException e) {
      lost =
          Optional.of(
              new InferenceException(
                  InferenceException.Reason.OUT_OF_MEMORY, e.problem(), e.detail(), e));
      throw lost.get();
    }
  }

  private InferenceException nothingLeft(InferenceException e) {
    return new InferenceException(
        InferenceException.Reason.OUT_OF_MEMORY,
        WORDS.problem("nothingLeft", e.problem().what(), tried.isEmpty() ? "" : tried + " "),
        e.detail(),
        e);
  }

  /** Frees the model; waits for work that is being done. */
  @Override
  public void close() {
    lock.lock();
    try {
      model.close();
    } finally {
      lock.unlock();
    }
  }
}
