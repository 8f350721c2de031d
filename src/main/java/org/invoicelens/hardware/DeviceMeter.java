package org.invoicelens.hardware;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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
   * @param device {@code cpu}, {@code cuda:N}, or several cards joined by commas, of which all the
   *     memory and the warmest chip count
   * @return nothing where nothing can be known of it
   */
  public synchronized Optional<DeviceState> read(String device) {
    if (!device.startsWith(CARD)) {
      return Optional.of(new DeviceState("", MainMemory.measure().total(), OptionalInt.empty()));
    }
    if (nvml == null) {
      nvml = open();
    }
    return nvml.flatMap(driver ->
        Arrays.stream(device.split(","))
            .map(card -> card(driver, Integer.parseInt(card.substring(CARD.length()))))
            .reduce(DeviceMeter::together)
            .orElseThrow());
  }

  private static Optional<DeviceState> together(
      Optional<DeviceState> one, Optional<DeviceState> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    DeviceState a = one.get();
    DeviceState b = other.get();
    return Optional.of(
        new DeviceState(
            a.name().contains(b.name()) ? a.name() : a.name() + ", " + b.name(),
            a.memoryTotal() + b.memoryTotal(),
            IntStream.concat(a.temperature().stream(), b.temperature().stream()).max()));
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
