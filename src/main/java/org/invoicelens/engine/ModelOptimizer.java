package org.invoicelens.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hardware.MemoryArithmetic;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.RowTrial;
import org.invoicelens.pixtral.RowWay;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sixth stage: warms the model up, tests it and checks the conditions of success. */
public final class ModelOptimizer {

  private static final Logger log = LoggerFactory.getLogger(ModelOptimizer.class);

  private static final Words WORDS = Words.of(ModelOptimizer.class);

  /** The answer of the test, in tokens. */
  private static final int TEST_TOKENS = 16;

  /** Tokens of an answer that only measures. */
  private static final int MEASURED_TOKENS = 4;

  /** Another attention variant is chosen only where it saves more than measurements scatter. */
  private static final double CLEARLY_FASTER = 0.9;

  /** Where an answer takes longer than this, one measurement is enough. */
  private static final Duration LONG = Duration.ofSeconds(2);

  /** Parameters up to which a model counts as small. */
  private static final long SMALL_MODEL = 100_000_000;

  private static final int STEPS = 4;

  private final ProgressListener listener;
  private final Cancellation cancellation;

  private final ModelInitializer initializer;

  public ModelOptimizer(ProgressListener listener, Cancellation cancellation) {
    this(listener, cancellation, new ModelInitializer(listener, cancellation));
  }

  /**
   * @param initializer loads the next fallback where memory runs out
   */
  ModelOptimizer(
      ProgressListener listener, Cancellation cancellation, ModelInitializer initializer) {
    this.listener = listener;
    this.cancellation = cancellation;
    this.initializer = initializer;
  }

  /**
   * Warms up and tests. Takes the instance over: it is closed when this fails. Where memory runs
   * out, the next fallback is loaded and tested in its place.
   *
   * @throws OptimizationException where the test's answer is not finite or a condition is not met,
   *     or memory runs out and no fallback is left
   */
  public OptimizedModel optimize(ModelInstance instance, ModelConfig config)
      throws OptimizationException, CancelledException {
    ModelInstance present = instance;
    OptimizedModel optimized = null;
    try {
      while (optimized == null) {
        try {
          optimized = run(present, config);
        } catch (InferenceException e) {
          present = next(present, config, e);
        }
      }
      return optimized;
    } finally {
      if (optimized == null) {
        present.close();
      }
    }
  }

  private ModelInstance next(ModelInstance present, ModelConfig config, InferenceException e)
      throws OptimizationException, CancelledException {
    if (e.reason() != InferenceException.Reason.OUT_OF_MEMORY
        || !ModelInitializer.canStepDown(present.device(), present.dtype(), config)) {
      throw testFailed(e, present.notes());
    }
    log.warn("Memory ran out in {} on {}: {}", present.dtype(), present.device(), e.detail());
    try {
      return initializer.stepDown(present, config, e.problem());
    } catch (InitializationException failure) {
      throw new OptimizationException(
          OptimizationException.Reason.OUT_OF_MEMORY, failure.problem(), failure.detail(), failure);
    }
  }

  private OptimizedModel run(ModelInstance instance, ModelConfig config)
      throws OptimizationException, InferenceException, CancelledException {
    PixtralModel model = instance.model();
    List<String> notes = new ArrayList<>(instance.notes());
    if (!instance.device().equals(Fallbacks.CPU)) {
      // on the processor there is nothing to doubt; the condition of success says it all
      instance.proof().map(ProofOfDevice::words).ifPresent(notes::add);
    }

    progress(0, "step.warmUp");
    TestPage page = TestPage.of(model, instance.processor(), config.prompt(), TEST_TOKENS);
    warmUp(model, page, notes);

    progress(1, "step.choose");
    chooseThreads(model, page, notes);
    chooseRows(model, notes);
    chooseAttention(model, page, notes);

    progress(2, "step.test");
    GenerationResult first = answer(model, page, TEST_TOKENS);
    Watched watched = watched(model, page);
    double most = config.inference().maxGpuUtilization();
    if (watched.utilization().orElse(0) > most) {
      // what is measured scatters, so a little more is left than asked for
      model.limitUtilization(most * CLEARLY_FASTER);
      watched = watched(model, page);
      notes.add(WORDS.text("note.rests"));
    }
    GenerationResult second = watched.answer();
    OptionalDouble utilization = watched.utilization();

    progress(3, "step.check");
    Duration time = total(second.timings());
    long memory = model.memory();
    List<OptimizedModel.Criterion> criteria =
        new ArrayList<>(
            List.of(
                criterion("files", true, "found"),
                criterion("loads", true, "found", instance.dtype().title(), instance.device())));
    instance.proof().map(ProofOfDevice::criterion).ifPresent(criteria::add);
    criteria.addAll(
        List.of(
            repeatable(first, second),
            withinEstimate(instance, config, memory),
            utilization(utilization, most)));
    criteria.forEach(criterion -> log.info("{}", criterion));
    requireAll(criteria);
    notes.add(WORDS.text("note.testPage", page.width(), page.height(), time.toMillis() / 1000.0));
    progress(STEPS, "step.ready");
    return new OptimizedModel(
        model,
        instance.processor(),
        instance.device(),
        instance.dtype(),
        memory,
        utilization.orElse(-1),
        time,
        model.options().attention(),
        criteria,
        notes);
  }

  /** The first run, which is slow; goes on with plain attention where the configured one fails. */
  private void warmUp(PixtralModel model, TestPage page, List<String> notes)
      throws InferenceException, CancelledException {
    AttentionVariant configured = model.options().attention();
    try {
      answer(model, page, MEASURED_TOKENS);
    } catch (InferenceException e) {
      if (e.reason() != InferenceException.Reason.RUNTIME_FAILED
          || configured == AttentionVariant.EAGER) {
        throw e;
      }
      log.warn("Attention by {} does not run here: {}", configured.id(), e.detail());
      notes.add(WORDS.text("note.attention.fails", configured.id(), AttentionVariant.EAGER.id()));
      model.useAttention(AttentionVariant.EAGER);
      answer(model, page, MEASURED_TOKENS);
    }
  }

  private record Watched(GenerationResult answer, OptionalDouble utilization) {}

  private Watched watched(PixtralModel model, TestPage page)
      throws InferenceException, CancelledException {
    try (GpuWatch watch = GpuWatch.start(model.options().device())) {
      GenerationResult answer = answer(model, page, TEST_TOKENS);
      return new Watched(answer, watch.share());
    }
  }

  /** One thread or all: only for small models, whose threads wait more than they work. */
  private void chooseThreads(PixtralModel model, TestPage page, List<String> notes)
      throws InferenceException, CancelledException {
    int all = PixtralModel.availableThreads();
    if (all == 1
        || !model.options().device().equals("cpu")
        || model.footprint().parameters() > SMALL_MODEL) {
      return;
    }
    model.useThreads(all);
    Duration withAll = measure(model, page);
    model.useThreads(1);
    Duration withOne = measure(model, page);
    log.info("One thread takes {}, {} take {}", withOne, all, withAll);
    if (withAll.toNanos() < CLEARLY_FASTER * withOne.toNanos()) {
      model.useThreads(all);
    } else {
      notes.add(WORDS.text("note.oneThread", all));
    }
  }

  /** Machine code, vector instructions or PyTorch: for large models, whose rows take long. */
  private static void chooseRows(PixtralModel model, List<String> notes) {
    if (model.footprint().parameters() > SMALL_MODEL) {
      Optional<RowTrial> trial = model.chooseRows();
      trial.ifPresent(found -> log.info("Rows of weights: {}", found));
      if (trial.isPresent() && trial.get().choice() == RowWay.PYTORCH) {
        notes.add(WORDS.text("note.pytorchRows"));
      }
    }
  }

  private void chooseAttention(PixtralModel model, TestPage page, List<String> notes)
      throws InferenceException, CancelledException {
    AttentionVariant present = model.options().attention();
    Map<AttentionVariant, Duration> measured = new EnumMap<>(AttentionVariant.class);
    for (AttentionVariant variant : AttentionVariant.values()) {
      model.useAttention(variant);
      if (model.options().attention() == variant) {
        try {
          measured.put(variant, measure(model, page));
        } catch (InferenceException e) {
          if (variant == present || e.reason() == InferenceException.Reason.NOT_FINITE) {
            throw e;
          }
          log.info("Attention by {} is left out: {}", variant.id(), e.getMessage());
        }
      }
    }
    AttentionVariant fastest = present;
    for (Map.Entry<AttentionVariant, Duration> entry : measured.entrySet()) {
      if (entry.getValue().compareTo(measured.get(fastest)) < 0) {
        fastest = entry.getKey();
      }
    }
    double share = measured.get(fastest).toNanos() / (double) measured.get(present).toNanos();
    AttentionVariant chosen = share < CLEARLY_FASTER ? fastest : present;
    model.useAttention(chosen);
    log.info("Attention by {} of {}", chosen.id(), measured);
    if (chosen != present) {
      notes.add(
          WORDS.text("note.attention.faster", chosen.id(), 100 * (1 / share - 1), present.id()));
    }
  }

  private Duration measure(PixtralModel model, TestPage page)
      throws InferenceException, CancelledException {
    Duration best = total(answer(model, page, MEASURED_TOKENS).timings());
    for (int i = 0; i < 2 && best.compareTo(LONG) < 0; i++) {
      Duration again = total(answer(model, page, MEASURED_TOKENS).timings());
      best = again.compareTo(best) < 0 ? again : best;
    }
    return best;
  }

  private GenerationResult answer(PixtralModel model, TestPage page, int tokens)
      throws InferenceException, CancelledException {
    // All tokens are asked for: a model that has nothing to say of the page is tested as well.
    GenerationOptions all = new GenerationOptions(tokens, 0, 1, 0, true);
    return model.generate(page.prompt(), all, TokenListener.NONE, cancellation);
  }

  private static Duration total(GenerationResult.Timings timings) {
    return timings.image().plus(timings.prefill()).plus(timings.decode());
  }

  private static OptimizedModel.Criterion repeatable(
      GenerationResult first, GenerationResult second) {
    boolean same = Arrays.equals(first.tokenIds(), second.tokenIds());
    return criterion("repeatable", same, same ? "found" : "differs", first.tokenIds().length);
  }

  private static OptimizedModel.Criterion withinEstimate(
      ModelInstance instance, ModelConfig config, long memory) {
    MemoryArithmetic arithmetic =
        new MemoryArithmetic(config, config.footprint().orElse(instance.model().footprint()));
    MemoryEstimate estimate =
        arithmetic.estimate(instance.dtype(), !instance.device().equals("cpu"), Long.MAX_VALUE);
    long allowed = estimate.weights() + estimate.kvCache() + estimate.runtime();
    return criterion(
        "memory",
        memory <= allowed,
        "found",
        ByteSize.binaryText(memory),
        ByteSize.binaryText(allowed));
  }

  private static OptimizedModel.Criterion utilization(OptionalDouble share, double most) {
    return share.isEmpty()
        ? criterion("utilization", true, "unknown")
        : criterion(
            "utilization",
            share.getAsDouble() <= most,
            "found",
            100 * share.getAsDouble(),
            100 * most);
  }

  /** A condition in the words under its key, and what was found in those under the key below. */
  private static OptimizedModel.Criterion criterion(
      String key, boolean met, String found, Object... arguments) {
    String name = "criterion." + key;
    return new OptimizedModel.Criterion(
        WORDS.text(name), met, WORDS.text(name + "." + found, arguments));
  }

  private void requireAll(List<OptimizedModel.Criterion> criteria) throws OptimizationException {
    List<String> unmet =
        criteria.stream()
            .filter(criterion -> !criterion.met())
            .map(criterion -> WORDS.text("unmet.criterion", criterion.name(), criterion.found()))
            .toList();
    if (!unmet.isEmpty()) {
      throw new OptimizationException(
          OptimizationException.Reason.TEST_FAILED,
          WORDS.problem("unmet", String.join(" ", unmet)),
          criteria.toString(),
          null);
    }
  }

  private static OptimizationException testFailed(InferenceException e, List<String> notes) {
    OptimizationException.Reason reason =
        switch (e.reason()) {
          case NOT_FINITE -> OptimizationException.Reason.NOT_FINITE;
          case OUT_OF_MEMORY -> OptimizationException.Reason.OUT_OF_MEMORY;
          default -> OptimizationException.Reason.TEST_FAILED;
        };
    return new OptimizationException(
        reason,
        new Problem(
            WORDS.text("testFailed", e.problem().what()),
            reason == OptimizationException.Reason.OUT_OF_MEMORY
                ? String.join(" ", notes)
                : e.problem().meaning(),
            e.problem().remedy()),
        e.detail(),
        e);
  }

  private void progress(int done, String key) throws CancelledException {
    cancellation.throwIfCancelled();
    listener.onProgress(
        Progress.of(Stage.OPTIMIZATION, done, STEPS, Progress.Unit.STEPS, WORDS.text(key)));
  }
}
