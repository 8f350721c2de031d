package org.invoicelens.hardware;

import java.util.List;
import java.util.Optional;
import org.invoicelens.hardware.HardwareStatus.Gpu;
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
    List<String> programs) {

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

  Card {
    programs = List.copyOf(programs);
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
        name,
        memoryTotal,
        memoryFree,
        computeCapability,
        driver,
        source,
        unusable(minComputeCapability, limits));
  }

  private String unusable(double minComputeCapability, DriverLimits limits) {
    double least = Math.max(minComputeCapability, OLDEST_COMPUTE_CAPABILITY);
    Optional<DriverVersion> version = DriverVersion.tryParse(driver);
    if (source.equals(OshiMachine.SOURCE)) {
      return WORDS.text(OshiMachine.isNvidia(name) ? "unusable.noDriver" : "unusable.otherMaker");
    }
    if (divided) {
      return WORDS.text("unusable.divided");
    }
    if (computeCapability == 0) {
      return WORDS.text("unusable.capabilityUnknown");
    }
    if (computeCapability < least) {
      return WORDS.text(
          "unusable.capability", String.valueOf(computeCapability), String.valueOf(least));
    }
    if (memoryTotal == 0) {
      return WORDS.text("unusable.memoryUnknown");
    }
    if (version.isPresent() && version.get().compareTo(limits.oldest) < 0) {
      return WORDS.text("unusable.oldDriver", driver, limits.oldest);
    }
    return "";
  }
}
