package org.invoicelens.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.download.Manifest;
import org.invoicelens.engine.Fallbacks.Way;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.DeviceProof;
import org.invoicelens.pixtral.LoadOptions;
import org.invoicelens.pixtral.PackedCache;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.TorchRuntime;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.VerificationStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fifth stage: loads the model, going down the configured fallbacks where memory runs out. */
public final class ModelInitializer {

  private static final Logger log = LoggerFactory.getLogger(ModelInitializer.class);

  private static final Words WORDS = Words.of(ModelInitializer.class);

  private final ProgressListener listener;
  private final Cancellation cancellation;
  private final LongSupplier mainMemory;

  public ModelInitializer(ProgressListener listener, Cancellation cancellation) {
    this(listener, cancellation, PixtralModel::availableMainMemory);
  }

  /**
   * @param mainMemory asked before every attempt how many bytes of main memory may be used
   */
  ModelInitializer(ProgressListener listener, Cancellation cancellation, LongSupplier mainMemory) {
    this.listener = listener;
    this.cancellation = cancellation;
    this.mainMemory = mainMemory;
  }

  /**
   * Loads the model; what was tried and chosen stands in the instance's notes.
   *
   * <p>On each device the preferred precision comes first, then the fallbacks in order. Where
   * nothing fits the configured device, or it cannot be used, the processor follows if the
   * configuration allows it.
   *
   * @throws InitializationException where nothing the configuration allows works; nothing stays in
   *     memory
   */
  public ModelInstance initialize(VerificationStatus verification, ModelConfig config)
      throws InitializationException, CancelledException {
    if (!verification.verified()) {
      throw new InitializationException(
          InitializationException.Reason.NOT_VERIFIED,
          WORDS.problem("notVerified"),
          verification.findings().toString(),
          null);
    }
    Path folder = verification.modelPath();
    PixtralProcessor processor = null;
    ModelInstance instance = null;
    try {
      processor = PixtralProcessor.open(folder);
      List<String> notes = new ArrayList<>();
      instance = load(folder, processor, config, ways(config, notes), false, notes);
      return instance;
    } catch (CheckpointException e) {
      throw initializationFailed(e, List.of());
    } finally {
      if (instance == null && processor != null) {
        processor.close();
      }
    }
  }

  /** Whether a configuration allows another way where memory ran out in this one. */
  static boolean canStepDown(String device, Precision precision, ModelConfig config) {
    try {
      return !Fallbacks.after(config, new Way(device, precision)).isEmpty();
    } catch (CheckpointException e) {
      return false;
    }
  }

  /**
   * Loads a model anew in the next way that the configuration allows, after memory ran out while it
   * was at work. Frees it first, but for its processor, which goes on with the new one and stays
   * its owner's where there is none.
   *
   * @param why what happened
   * @return the instance, whose notes go on from those of the model
   * @throws InitializationException where nothing is left that can be loaded
   */
  ModelInstance stepDown(OptimizedModel exhausted, ModelConfig config, Problem why)
      throws InitializationException, CancelledException {
    return stepDown(
        new ModelInstance(
            exhausted.model(),
            exhausted.processor(),
            exhausted.device(),
            exhausted.dtype(),
            exhausted.notes(),
            Optional.empty()),
        config,
        why);
  }

  /** The same for a model that is not tested yet. */
  ModelInstance stepDown(ModelInstance exhausted, ModelConfig config, Problem why)
      throws InitializationException, CancelledException {
    exhausted.model().close();
    List<String> notes = new ArrayList<>(exhausted.notes());
    Way way = new Way(exhausted.device(), exhausted.dtype());
    notes.add(failed(way, why));
    try {
      return load(
          config.modelPath(),
          exhausted.processor(),
          config,
          Fallbacks.after(config, way),
          true,
          notes);
    } catch (CheckpointException e) {
      throw initializationFailed(e, notes);
    }
  }

  private ModelInstance load(
      Path folder,
      PixtralProcessor processor,
      ModelConfig config,
      List<Way> ways,
      boolean steppingDown,
      List<String> notes)
      throws InitializationException, CheckpointException, CancelledException {
    CheckpointException failure = null;
    boolean first = !steppingDown;
    String unusable = "";
    for (Way way : ways) {
      if (way.device().equals(unusable)) {
        continue;
      }
      try {
        ModelInstance instance = attempt(folder, processor, config, way, first, notes);
        log.info("Loaded: {}", instance.notes());
        return instance;
      } catch (CheckpointException e) {
        failure = e;
        first = false;
        log.warn("Not loaded as {}: {}", way, e.getMessage());
        notes.add(failed(way, e.problem()));
        if (e.reason() == CheckpointException.Reason.OUT_OF_MEMORY) {
          continue;
        }
        if (way.onProcessor() || !isOfTheDevice(e)) {
          throw initializationFailed(e, notes);
        }
        unusable = way.device();
      }
    }
    throw initializationFailed(failure, notes);
  }

  private ModelInstance attempt(
      Path folder,
      PixtralProcessor processor,
      ModelConfig config,
      Way way,
      boolean first,
      List<String> notes)
      throws CheckpointException, CancelledException {
    cancellation.throwIfCancelled();
    LoadOptions options =
        new LoadOptions(
            way.precision(),
            config.loading().dtype(),
            config.loading().attention(),
            way.device(),
            config.quantization().groupSize(),
            config.quantization().doubleQuant());
    ProgressListener told = first ? listener : again(way);
    PixtralModel model =
        PixtralModel.load(
            folder, processor, options, cache(folder, config), told, cancellation, mainMemory);
    ModelInstance instance = null;
    try {
      DeviceProof proof = ProofOfDevice.require(model.prove());
      List<String> said = new ArrayList<>(notes);
      describe(model.options(), config, said);
      if (config.quantization().int8Activations()) {
        model.quantizeActivations(true);
        said.add(
            WORDS.text(
                model.quantizesActivations()
                    ? "note.activations"
                    : "note.activations.unavailable"));
      }
      if (model.options().device().contains(",")) {
        said.add(split(model.layerDevices()));
      }
      instance =
          new ModelInstance(
              model,
              processor,
              model.options().device(),
              way.precision(),
              said,
              Optional.of(proof));
      return instance;
    } finally {
      if (instance == null) {
        model.close();
      }
    }
  }

  /** Where packed weights are kept: for models whose files were proved, so that these are known. */
  private static Optional<PackedCache> cache(Path folder, ModelConfig config) {
    try {
      return Manifest.read(folder)
          .map(manifest ->
              new PackedCache(config.cachePath(), manifest.commit(), manifest.digest()));
    } catch (IOException e) {
      log.warn("Packed weights are not kept: {}", e.toString());
      return Optional.empty();
    }
  }

  /** Says while a model is loaded that this is not the first way. */
  private ProgressListener again(Way way) {
    String message =
        WORDS.text(
            way.onProcessor() ? "loading.again.cpu" : "loading.again.card",
            way.precision().title());
    return progress ->
        listener.onProgress(
            Progress.of(
                progress.stage(), progress.done(), progress.total(), progress.unit(), message));
  }

  private static String failed(Way way, Problem why) {
    return WORDS.text(
        way.onProcessor() ? "note.failed.cpu" : "note.failed.card",
        capitalised(way.precision().title()),
        why.what(),
        way.device());
  }

  private static List<Way> ways(ModelConfig config, List<String> notes)
      throws InitializationException, CheckpointException {
    List<Way> ways = Fallbacks.of(config);
    String asked = config.loading().deviceMap();
    if (ways.isEmpty()) {
      throw new InitializationException(
          InitializationException.Reason.DEVICE_UNAVAILABLE, WORDS.problem("noCard"), asked, null);
    }
    if (asked.equals("auto") && ways.getFirst().onProcessor()) {
      boolean idle = !TorchRuntime.isLoadedForGraphics() && CudaCards.isAnyUsable();
      notes.add(WORDS.text(idle ? "note.noLibrary" : "note.noCard"));
    }
    return ways;
  }

  private static void describe(LoadOptions chosen, ModelConfig config, List<String> notes) {
    Precision preferred = Fallbacks.on(chosen.device(), config.quantization().preferred());
    boolean fellBack = !notes.isEmpty() && chosen.precision() != preferred;
    notes.add(
        WORDS.text(
            chosen.device().equals(Fallbacks.CPU) ? "note.runs.cpu" : "note.runs.card",
            chosen.precision().title(),
            fellBack ? 1 : 0,
            chosen.device()));
    if (chosen.precision() == Precision.INT8 && !isConfigured(Precision.INT8, config)) {
      notes.add(WORDS.text("note.int8ForFp8"));
    }
    AttentionVariant asked = config.loading().attention();
    if (chosen.attention() != asked) {
      notes.add(WORDS.text("note.attention.unavailable", chosen.attention().id(), asked.id()));
    }
  }

  /** Which layers are on which card, counted from 1. */
  static String split(List<String> layerDevices) {
    List<String> parts = new ArrayList<>();
    int begin = 0;
    for (int end = 1; end <= layerDevices.size(); end++) {
      if (end == layerDevices.size() || !layerDevices.get(end).equals(layerDevices.get(begin))) {
        parts.add(WORDS.text("note.split.part", begin + 1, end, layerDevices.get(begin)));
        begin = end;
      }
    }
    return WORDS.text("note.split", layerDevices.size(), String.join(", ", parts));
  }

  private static boolean isConfigured(Precision precision, ModelConfig config) {
    return config.quantization().preferred() == precision
        || config.quantization().fallback().contains(precision);
  }

  /** Whether another device may succeed where this one failed. */
  private static boolean isOfTheDevice(CheckpointException e) {
    return e.reason() == CheckpointException.Reason.DEVICE_UNAVAILABLE
        || e.reason() == CheckpointException.Reason.RUNTIME_FAILED;
  }

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static InitializationException initializationFailed(
      CheckpointException cause, List<String> notes) {
    InitializationException.Reason reason =
        switch (cause.reason()) {
          case OUT_OF_MEMORY -> InitializationException.Reason.OUT_OF_MEMORY;
          case DEVICE_UNAVAILABLE -> InitializationException.Reason.DEVICE_UNAVAILABLE;
          case RUNTIME_FAILED -> InitializationException.Reason.RUNTIME_FAILED;
          default -> InitializationException.Reason.CHECKPOINT;
        };
    boolean severalTried = notes.size() > 1;
    Problem problem =
        severalTried
            ? new Problem(
                WORDS.text("nothingFits"), String.join(" ", notes), cause.problem().remedy())
            : cause.problem();
    return new InitializationException(reason, problem, cause.detail(), cause);
  }
}
