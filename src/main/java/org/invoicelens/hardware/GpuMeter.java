package org.invoicelens.hardware;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how busy the NVIDIA cards of this computer are, through NVML. Thread-safe. Where there is
 * no NVIDIA driver, every reading is empty.
 */
public final class GpuMeter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GpuMeter.class);

  private final Optional<Nvml> nvml;
  private boolean closed;

  GpuMeter(Optional<Nvml> nvml) {
    this.nvml = nvml;
  }

  /** A meter on this computer's driver, to be closed after use. */
  public static GpuMeter open() {
    try {
      return new GpuMeter(Optional.of(NativeNvml.open()));
    } catch (NvmlException e) {
      log.debug("No utilisation of graphics cards: {}", e.getMessage());
      return new GpuMeter(Optional.empty());
    }
  }

  /**
   * What a card does now.
   *
   * @param index the card's number in {@link HardwareStatus#gpus()}
   * @return nothing where the card cannot say, or after closing
   */
  public synchronized Optional<GpuUtilization> read(int index) {
    if (nvml.isEmpty() || closed) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new GpuUtilization(
              nvml.get().utilizationPercent(index) / 100.0, nvml.get().memory(index).used()));
    } catch (NvmlException e) {
      log.debug("No utilisation of graphics card {}: {}", index, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      nvml.ifPresent(Nvml::close);
    }
  }
}
