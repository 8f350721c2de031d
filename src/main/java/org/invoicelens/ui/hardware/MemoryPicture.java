package org.invoicelens.ui.hardware;

import java.util.List;
import java.util.Optional;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.hardware.MemoryEstimate;

/**
 * One memory of this computer and how each precision would fill it.
 *
 * @param onGpu whether it is the graphics card's; otherwise the main memory
 * @param total the whole of it in bytes
 * @param available what is free of it now, in bytes
 * @param fits one sum for each precision
 */
public record MemoryPicture(boolean onGpu, long total, long available, List<MemoryEstimate> fits) {

  public MemoryPicture {
    fits = List.copyOf(fits);
  }

  /**
   * The memory of the best card, or of all where the model is spread over them; empty where no sum
   * was made for one.
   */
  static Optional<MemoryPicture> ofCard(HardwareStatus status) {
    boolean spread = status.fits().stream().anyMatch(fit -> fit.cards() > 1);
    long all = status.gpus().stream().filter(Gpu::isUsable).mapToLong(Gpu::memoryTotal).sum();
    return of(status, true, spread ? all : status.bestGpu().map(Gpu::memoryTotal).orElse(0L));
  }

  /** The cards whose memory it is, taken together. */
  int cards() {
    return fits.getFirst().cards();
  }

  /** The main memory; empty where the processor is not to do the work. */
  static Optional<MemoryPicture> ofMainMemory(HardwareStatus status) {
    return of(status, false, status.memoryTotal());
  }

  private static Optional<MemoryPicture> of(HardwareStatus status, boolean onGpu, long total) {
    List<MemoryEstimate> fits = status.fits().stream().filter(fit -> fit.onGpu() == onGpu).toList();
    if (fits.isEmpty()) {
      return Optional.empty();
    }
    long available = fits.getFirst().available();
    return Optional.of(new MemoryPicture(onGpu, Math.max(total, available), available, fits));
  }

  /** What other programs hold now, in bytes. */
  public long others() {
    return total - available;
  }

  static long others(MemoryEstimate fit, long total) {
    return Math.max(0, total - fit.available());
  }

  /** The bytes that the width of all bars stands for: the memory, or the largest sum beyond it. */
  long scale() {
    return fits.stream()
        .mapToLong(fit -> Math.max(total, others() + fit.needed()))
        .max()
        .orElseThrow();
  }
}
