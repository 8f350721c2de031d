package org.invoicelens.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.download.Manifest;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.LoadOptions;
import org.invoicelens.pixtral.PackedCache;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.TorchRuntime;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.VerificationStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fifth stage: loads the model, going down the configured fallbacks where memory runs out. */
public final class ModelInitializer {

  private static final Logger log = LoggerFactory.getLogger(ModelInitializer.class);

  private static final Words WORDS = Words.of(ModelInitializer.class);

  private static final String CPU = "cpu";

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
   * configuration allows it. There int8 stands in for fp8, which takes as much memory and is many
   * times slower on processors.
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
      instance = load(folder, processor, config);
      return instance;
    } catch (CheckpointException e) {
      throw initializationFailed(e, List.of());
    } finally {
      if (instance == null && processor != null) {
        processor.close();
      }
    }
  }

  private ModelInstance load(Path folder, PixtralProcessor processor, ModelConfig config)
      throws InitializationException, CheckpointException, CancelledException {
    List<String> notes = new ArrayList<>();
    CheckpointException failure = null;
    for (String device : devices(config, notes)) {
      for (Precision precision : precisions(config, device)) {
        try {
          PixtralModel model = attempt(folder, processor, config, device, precision);
          describe(model.options(), config, notes);
          log.info("Loaded: {}", notes);
          return new ModelInstance(model, processor, model.options().device(), precision, notes);
        } catch (CheckpointException e) {
          failure = e;
          log.warn("Not loaded as {} on {}: {}", precision.id(), device, e.getMessage());
          notes.add(
              WORDS.text(
                  device.equals(CPU) ? "note.failed.cpu" : "note.failed.card",
                  capitalised(precision.title()),
                  e.problem().what(),
                  device));
          if (e.reason() == CheckpointException.Reason.OUT_OF_MEMORY) {
            continue;
          }
          if (device.equals(CPU) || !isOfTheDevice(e)) {
            throw initializationFailed(e, notes);
          }
          break;
        }
      }
    }
    throw initializationFailed(failure, notes);
  }

  private PixtralModel attempt(
      Path folder,
      PixtralProcessor processor,
      ModelConfig config,
      String device,
      Precision precision)
      throws CheckpointException, CancelledException {
    cancellation.throwIfCancelled();
    LoadOptions options =
        new LoadOptions(
            precision,
            config.loading().dtype(),
            config.loading().attention(),
            device,
            config.quantization().groupSize(),
            config.quantization().doubleQuant());
    return PixtralModel.load(
        folder, processor, options, cache(folder, config), listener, cancellation, mainMemory);
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

  /** The devices to try, in order; never the processor where it is not allowed. */
  private static List<String> devices(ModelConfig config, List<String> notes)
      throws InitializationException, CheckpointException {
    String asked = config.loading().deviceMap();
    boolean cpuAllowed = config.hardware().allowCpu() || asked.equals(CPU);
    boolean card = asked.equals("auto") && TorchRuntime.graphicsCards() > 0;
    List<String> devices = new ArrayList<>();
    if (card) {
      devices.add("cuda:0");
    } else if (asked.equals("auto")) {
      boolean idle = !TorchRuntime.isLoadedForGraphics() && CudaCards.isAnyUsable();
      notes.add(WORDS.text(idle ? "note.noLibrary" : "note.noCard"));
    } else if (!asked.equals(CPU)) {
      devices.add(asked);
    }
    if (cpuAllowed) {
      devices.add(CPU);
    }
    if (devices.isEmpty()) {
      throw new InitializationException(
          InitializationException.Reason.DEVICE_UNAVAILABLE, WORDS.problem("noCard"), asked, null);
    }
    return devices;
  }

  private static Set<Precision> precisions(ModelConfig config, String device) {
    Set<Precision> precisions = new LinkedHashSet<>();
    precisions.add(on(device, config.quantization().preferred()));
    config.quantization().fallback().forEach(fallback -> precisions.add(on(device, fallback)));
    return precisions;
  }

  /** The form that a device computes with where a precision is configured. */
  private static Precision on(String device, Precision configured) {
    return device.equals(CPU) && configured == Precision.FP8 ? Precision.INT8 : configured;
  }

  private static void describe(LoadOptions chosen, ModelConfig config, List<String> notes) {
    Precision preferred = on(chosen.device(), config.quantization().preferred());
    boolean fellBack = !notes.isEmpty() && chosen.precision() != preferred;
    notes.add(
        WORDS.text(
            chosen.device().equals(CPU) ? "note.runs.cpu" : "note.runs.card",
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
