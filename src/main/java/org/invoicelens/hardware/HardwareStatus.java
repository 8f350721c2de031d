package org.invoicelens.hardware;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Words;

/**
 * What this workstation has, measured for one configuration.
 *
 * @param gpuAvailable whether a graphics card can be used for this model
 * @param gpuMemory memory of the best card in bytes; 0 where there is none
 * @param computeCapability CUDA compute capability of the best card, such as 8.6; 0 where there is
 *     none
 * @param diskSpace free bytes on the volume of the model folder
 * @param networkAvailable whether the endpoint answered; true for a bundled model
 * @param tempDir the folder for temporary files, proved writable
 * @param gpus every graphics card found, usable or not
 * @param processor the processor's name; empty where unknown
 * @param cores logical processors
 * @param memoryTotal main memory in bytes
 * @param memoryAvailable main memory that programs can still have, in bytes
 * @param checks what was checked, in the order to show
 * @param fits the memory sum for every precision, on the graphics card where one is usable and then
 *     in main memory where the processor may do the work; empty where the model's size is not known
 *     yet
 * @param recommended the precision to use; empty where the model's size is not known yet or nothing
 *     fits
 */
public record HardwareStatus(
    boolean gpuAvailable,
    long gpuMemory,
    double computeCapability,
    long diskSpace,
    boolean networkAvailable,
    Path tempDir,
    List<Gpu> gpus,
    String processor,
    int cores,
    long memoryTotal,
    long memoryAvailable,
    List<Check> checks,
    List<MemoryEstimate> fits,
    Optional<Precision> recommended) {

  public HardwareStatus {
    gpus = List.copyOf(gpus);
    checks = List.copyOf(checks);
    fits = List.copyOf(fits);
  }

  /** The usable card with the most memory. */
  public Optional<Gpu> bestGpu() {
    return best(gpus);
  }

  static Optional<Gpu> best(List<Gpu> gpus) {
    return gpus.stream()
        .filter(Gpu::isUsable)
        .max(Comparator.comparingLong(Gpu::memoryTotal).thenComparingLong(Gpu::memoryFree));
  }

  /** The memory sum behind the recommendation, which also tells the device. */
  public Optional<MemoryEstimate> recommendedEstimate() {
    return fits.stream()
        .filter(fit -> recommended.filter(fit.precision()::equals).isPresent() && fit.fits())
        .findFirst();
  }

  /**
   * A graphics card.
   *
   * @param index its number in the source's order
   * @param name as the driver calls it
   * @param memoryTotal in bytes
   * @param memoryFree in bytes, measured now
   * @param computeCapability such as 8.6; 0 where unknown
   * @param driver the driver's version; empty where unknown
   * @param source who said so: {@code NVML}, {@code nvidia-smi} or {@code OSHI}
   * @param unusable why this card cannot be used; empty where it can
   */
  public record Gpu(
      int index,
      String name,
      long memoryTotal,
      long memoryFree,
      double computeCapability,
      String driver,
      String source,
      String unusable) {

    public boolean isUsable() {
      return unusable.isEmpty();
    }
  }

  /**
   * One line of the check.
   *
   * @param subject what was checked
   * @param state how it stands
   * @param found what was found, for the user
   * @param source who said so
   * @param meaning what that means; may be empty
   * @param remedy what to do; may be empty
   */
  public record Check(
      Subject subject, State state, String found, String source, String meaning, String remedy) {

    /** What is checked, in the order to show. */
    public enum Subject {
      GRAPHICS,
      PROCESSOR,
      MEMORY,
      DISK,
      NETWORK,
      TEMPORARY_FOLDER,
      PRECISION;

      private static final Words WORDS = Words.of(Subject.class);

      /** The subject as a user reads it. */
      public String title() {
        return WORDS.text("subject." + name());
      }
    }

    /** How a check stands. */
    public enum State {
      GOOD,
      REMARK,
      FAILED
    }
  }
}
