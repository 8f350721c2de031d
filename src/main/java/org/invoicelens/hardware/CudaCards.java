package org.invoicelens.hardware;

import java.util.List;

/** NVIDIA's cards as they are now, each with what stands in its way, whatever the model is. */
public final class CudaCards {

  private CudaCards() {}

  /** The cards; asks the driver, which takes a moment. */
  public static List<HardwareStatus.Gpu> read() {
    Card.DriverLimits limits = Card.DriverLimits.of(System.getProperty("os.name"));
    return GraphicsCards.nvidia().stream().map(card -> card.judge(0, limits)).toList();
  }

  /** Whether one can be used. */
  public static boolean isAnyUsable() {
    return read().stream().anyMatch(HardwareStatus.Gpu::isUsable);
  }
}
