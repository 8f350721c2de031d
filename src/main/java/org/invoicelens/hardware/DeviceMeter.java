package org.invoicelens.hardware;

import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how a model's device stands: of a graphics card through NVML, of the processor its main
 * memory. What was opened for it stays open for later readings. Thread-safe; takes its time.
 */
public final class DeviceMeter {

  private static final Logger log = LoggerFactory.getLogger(DeviceMeter.class);

  private static final String CARD = "cuda:";

  private Optional<Nvml> nvml;

  /** A meter on this computer. */
  public DeviceMeter() {}

  DeviceMeter(Nvml nvml) {
    this.nvml = Optional.of(nvml);
  }

  /**
   * How a device stands now.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @return nothing where nothing can be known of it
   */
  public synchronized Optional<DeviceState> read(String device) {
    if (!device.startsWith(CARD)) {
      return Optional.of(new DeviceState("", MainMemory.measure().total(), OptionalInt.empty()));
    }
    if (nvml == null) {
      nvml = open();
    }
    return nvml.flatMap(driver -> card(driver, Integer.parseInt(device.substring(CARD.length()))));
  }

  private static Optional<Nvml> open() {
    try {
      return Optional.of(NativeNvml.open());
    } catch (NvmlException e) {
      log.debug("Graphics cards say nothing: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<DeviceState> card(Nvml driver, int index) {
    try {
      return Optional.of(
          new DeviceState(
              driver.name(index), driver.memory(index).total(), temperature(driver, index)));
    } catch (NvmlException e) {
      log.debug("Graphics card {} says nothing: {}", index, e.getMessage());
      return Optional.empty();
    }
  }

  private static OptionalInt temperature(Nvml driver, int index) {
    try {
      return OptionalInt.of(driver.temperature(index));
    } catch (NvmlException e) {
      log.debug("Graphics card {} has no temperature: {}", index, e.getMessage());
      return OptionalInt.empty();
    }
  }
}
