package org.invoicelens.hardware;

import java.util.List;
import java.util.Optional;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.hardware.Nvml.Part;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/**
 * A graphics card as a source described it, not yet judged.
 *
 * @param index its number in the source's order
 * @param memoryTotal in bytes; 0 where it could not be read
 * @param memoryFree in bytes; 0 where it could not be read
 * @param computeCapability such as 8.6; 0 where it could not be read
 * @param driver the driver's version; empty where unknown
 * @param divided whether it is divided into instances (MIG)
 * @param source who said so
 * @param programs what uses it now, for the user
 * @param parts its instances where it is divided and they are known
 * @param lost whether it no longer answers, as after it fell off the bus or its driver stumbled
 */
record Card(
    int index,
    String name,
    long memoryTotal,
    long memoryFree,
    double computeCapability,
    String driver,
    boolean divided,
    String source,
    List<String> programs,
    List<Part> parts,
    boolean lost) {

  /** Why a card cannot be used, the faults that most likely can be mended first. */
  enum Fault {
    LOST,
    DRIVER_TOO_OLD,
    DIVIDED,
    NO_DRIVER,
    MEMORY_UNKNOWN,
    CAPABILITY_UNKNOWN,
    CAPABILITY_TOO_LOW,
    OTHER_MAKER
  }

  /**
   * The oldest driver that runs CUDA 12 programs at all, and the one CUDA 12.8 came with. Between
   * the two, NVIDIA's minor-version compatibility applies. CUDA 12.8 release notes, tables 2 and 3.
   */
  record DriverLimits(DriverVersion oldest, DriverVersion matching) {
    static DriverLimits of(String system) {
      return system.startsWith("Windows")
          ? new DriverLimits(DriverVersion.parse("528.33"), DriverVersion.parse("570.65"))
          : new DriverLimits(DriverVersion.parse("525.60.13"), DriverVersion.parse("570.26"));
    }
  }

  private static final Words WORDS = Words.of(Card.class);

  /**
   * The oldest cards for which PyTorch 2.7.1's libraries for CUDA 12.8 contain code, by {@code
   * .ci/manywheel/build_cuda.sh} of its source.
   */
  static final double OLDEST_COMPUTE_CAPABILITY = 7.5;

  /** Below this a reading is an error of the driver: no such card has the capability needed. */
  private static final long LEAST_MEMORY = 512L << 20;

  /** What drivers report when a 32-bit number overflows. */
  private static final long OVERFLOW = 0xFFFF_FFFFL;

  private static final double MOST_COMPUTE_CAPABILITY = 30;

  /** A card that is whole and answers, or is divided in parts nobody knows. */
  Card(
      int index,
      String name,
      long memoryTotal,
      long memoryFree,
      double computeCapability,
      String driver,
      boolean divided,
      String source,
      List<String> programs) {
    this(
        index,
        name,
        memoryTotal,
        memoryFree,
        computeCapability,
        driver,
        divided,
        source,
        programs,
        List.of(),
        false);
  }

  Card {
    programs = List.copyOf(programs);
    parts = List.copyOf(parts);
    if (!parts.isEmpty()) {
      // CUDA gives a program one instance, the first, unless it is told otherwise.
      memoryTotal = parts.getFirst().memory().total();
      memoryFree = parts.getFirst().memory().free();
    }
    boolean plausible =
        memoryTotal >= LEAST_MEMORY && memoryTotal != OVERFLOW && memoryFree <= memoryTotal;
    if (!plausible || memoryFree < 0) {
      memoryTotal = 0;
      memoryFree = 0;
    }
    // 1.0 is what some drivers answer for a card they do not drive.
    if (!(computeCapability > 1 && computeCapability < MOST_COMPUTE_CAPABILITY)) {
      computeCapability = 0;
    }
  }

  /** The card as the user sees it, with the reason where it cannot be used. */
  Gpu judge(double minComputeCapability, DriverLimits limits) {
    return new Gpu(
        index,
        parts.isEmpty()
            ? name
            : WORDS.text("card.part", parts.getFirst().name(), String.valueOf(parts.size())),
        memoryTotal,
        memoryFree,
        computeCapability,
        driver,
        source,
        fault(minComputeCapability, limits)
            .map(fault -> clause(fault, minComputeCapability, limits))
            .orElse(""));
  }

  /** What keeps the card from being used; empty where nothing does. */
  Optional<Fault> fault(double minComputeCapability, DriverLimits limits) {
    Optional<DriverVersion> version = DriverVersion.tryParse(driver);
    if (source.equals(OshiMachine.SOURCE)) {
      return Optional.of(OshiMachine.isNvidia(name) ? Fault.NO_DRIVER : Fault.OTHER_MAKER);
    }
    if (lost) {
      return Optional.of(Fault.LOST);
    }
    if (divided && parts.isEmpty()) {
      return Optional.of(Fault.DIVIDED);
    }
    if (computeCapability == 0) {
      return Optional.of(Fault.CAPABILITY_UNKNOWN);
    }
    if (computeCapability < least(minComputeCapability)) {
      return Optional.of(Fault.CAPABILITY_TOO_LOW);
    }
    if (memoryTotal == 0) {
      return Optional.of(Fault.MEMORY_UNKNOWN);
    }
    if (version.isPresent() && version.get().compareTo(limits.oldest) < 0) {
      return Optional.of(Fault.DRIVER_TOO_OLD);
    }
    return Optional.empty();
  }

  private static double least(double minComputeCapability) {
    return Math.max(minComputeCapability, OLDEST_COMPUTE_CAPABILITY);
  }

  private String clause(Fault fault, double minComputeCapability, DriverLimits limits) {
    return WORDS.text("unusable." + fault, facts(minComputeCapability, limits));
  }

  /** A fault in the words of the user: what is found and what is needed. */
  Problem problem(Fault fault, double minComputeCapability, DriverLimits limits) {
    return WORDS.problem("card." + fault, facts(minComputeCapability, limits));
  }

  /** Capability, the least one, driver, the oldest one, the name, and the driver to install. */
  private Object[] facts(double minComputeCapability, DriverLimits limits) {
    return new Object[] {
      String.valueOf(computeCapability),
      String.valueOf(least(minComputeCapability)),
      driver,
      limits.oldest,
      name,
      limits.matching
    };
  }
}
