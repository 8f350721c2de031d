package org.invoicelens.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.ModelConfig.Footprint;
import org.invoicelens.config.ModelConfig.Quantization;
import org.invoicelens.config.Precision;

/**
 * Works out what memory a model needs in each precision, before it is there.
 *
 * <p>Quantisation packs the linear layers of the text decoder only: embeddings, output layer,
 * vision tower and projector keep the configured type. The sum is an estimate of the peak while
 * reading one invoice; the optimisation stage measures it.
 */
public final class MemoryArithmetic {

  /** Tokens of one picture of 1024 × 1024: 64 rows of 64 patches, each row closed by one token. */
  static final int IMAGE_TOKENS = 4160;

  /** Tokens for the prompt beside the picture. */
  static final int PROMPT_TOKENS = 512;

  /** What CUDA and its libraries take on a card before any weight is there. */
  private static final long CUDA_CONTEXT = 512L << 20;

  /** What the Java runtime and PyTorch take beside the model when the processor does the work. */
  private static final long CPU_RUNTIME = 256L << 20;

  /**
   * Activations of a prompt with one picture, as a share of all weights in the type of activations:
   * 1.5 GiB for the 12 B model in 16 bit, most of it the attention of the vision tower over 4096
   * patches.
   */
  private static final double ACTIVATION_SHARE = 1.0 / 16;

  private static final long GPU_RESERVE = 3L << 29;
  private static final long CPU_RESERVE = 2L << 30;

  /** A row of a packed matrix shares one scale; rows are taken to be rather short. */
  private static final double WEIGHTS_PER_ROW = 1024;

  private static final double SCALE_BYTES = 4;
  private static final double SCALES_PER_SECOND_SCALE = 256;

  /**
   * A card sold with so much memory reports up to 8 % less: error correction takes a sixteenth on
   * some cards and the driver keeps a little on all.
   */
  private static final double NOMINAL_TOLERANCE = 0.92;

  private final ModelConfig config;
  private final Footprint footprint;

  /**
   * @param footprint how large the model is, from the configuration or from its files
   */
  public MemoryArithmetic(ModelConfig config, Footprint footprint) {
    this.config = config;
    this.footprint = footprint;
  }

  /**
   * The sums for every precision on one device.
   *
   * @param onGpu whether for the graphics card; otherwise for main memory
   * @param available what is free there now, in bytes
   */
  public List<MemoryEstimate> estimates(boolean onGpu, long available) {
    return estimates(onGpu, available, 1);
  }

  /**
   * The sums for every precision where layers are spread over several cards. Weights, keys and
   * values are there once; runtime, activations and reserve on each card.
   *
   * @param available what is free on all of them together, in bytes
   */
  List<MemoryEstimate> estimatesOver(int cards, long available) {
    return estimates(true, available, cards);
  }

  private List<MemoryEstimate> estimates(boolean onGpu, long available, int cards) {
    List<MemoryEstimate> estimates = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      estimates.add(estimate(precision, onGpu, available, cards));
    }
    return estimates;
  }

  /** The sum for one precision on one device. */
  public MemoryEstimate estimate(Precision precision, boolean onGpu, long available) {
    return estimate(precision, onGpu, available, 1);
  }

  private MemoryEstimate estimate(Precision precision, boolean onGpu, long available, int cards) {
    long weights = weights(precision);
    long kvCache = kvCache(precision);
    long runtime =
        cards
            * ((onGpu ? CUDA_CONTEXT : CPU_RUNTIME)
                + (long) (footprint.parameters() * typeBytes(precision) * ACTIVATION_SHARE));
    // A very small model does not need as much left free as a large one.
    long reserve = Math.min(onGpu ? cards * GPU_RESERVE : CPU_RESERVE, weights + kvCache + runtime);
    return new MemoryEstimate(
        precision, onGpu, weights, kvCache, runtime, reserve, available, cards);
  }

  /** Packed weights with their scales, and all other weights, in bytes. */
  public long weights(Precision precision) {
    if (!precision.isQuantized()) {
      return footprint.parameters() * typeBytes(precision);
    }
    long plain = footprint.parameters() - footprint.quantizableParameters();
    return plain * typeBytes(precision)
        + (long) Math.ceil(footprint.quantizableParameters() * packedBytes(precision));
  }

  /**
   * Whether a card may take the default precision by its size; a card sold with the memory that the
   * configuration asks for does.
   */
  static boolean isLargeEnough(ModelConfig config, long gpuMemory) {
    return gpuMemory >= config.hardware().minGpuMemory() * NOMINAL_TOLERANCE;
  }

  /**
   * The first estimate, in the order the configuration wishes, that fits: on the graphics card
   * before main memory, and there the default precision only where the card is large enough for it
   * or no fallback fits.
   *
   * @param onGpu estimates for the card; empty where none is used
   * @param onCpu estimates for main memory; empty where the processor may not do the work
   */
  Optional<MemoryEstimate> recommend(
      List<MemoryEstimate> onGpu, List<MemoryEstimate> onCpu, boolean largeEnough) {
    List<Precision> wished = wished();
    List<Precision> onCard = new ArrayList<>(wished);
    if (!largeEnough) {
      onCard.add(onCard.removeFirst());
    }
    return first(onCard, onGpu).or(() -> first(wished, onCpu));
  }

  private static Optional<MemoryEstimate> first(
      List<Precision> order, List<MemoryEstimate> estimates) {
    return order.stream()
        .flatMap(p -> estimates.stream().filter(e -> e.precision() == p))
        .filter(MemoryEstimate::fits)
        .findFirst();
  }

  /** The default precision and the fallbacks, in order. */
  List<Precision> wished() {
    List<Precision> wished = new ArrayList<>();
    wished.add(config.quantization().preferred());
    wished.addAll(config.quantization().fallback());
    return wished;
  }

  private long kvCache(Precision precision) {
    long tokens = IMAGE_TOKENS + PROMPT_TOKENS + config.inference().maxNewTokens();
    return tokens * footprint.kvBytesPerToken() * typeBytes(precision) / 2;
  }

  /** Bytes of a weight that is not packed, and of an activation. */
  private int typeBytes(Precision precision) {
    return (precision.isQuantized() ? config.loading().dtype() : precision).bits() / 8;
  }

  /** Bytes of one packed weight with its share of the scales. */
  private double packedBytes(Precision precision) {
    Quantization quantization = config.quantization();
    double code = precision.bits() / 8.0;
    return switch (precision) {
      case NF4 ->
          code
              + (quantization.doubleQuant()
                      ? 1 + SCALE_BYTES / SCALES_PER_SECOND_SCALE
                      : SCALE_BYTES)
                  / quantization.groupSize();
      case INT4 -> code + SCALE_BYTES / quantization.groupSize();
      default -> code + SCALE_BYTES / WEIGHTS_PER_ROW;
    };
  }
}
