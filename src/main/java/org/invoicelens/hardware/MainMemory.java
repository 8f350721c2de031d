package org.invoicelens.hardware;

import java.nio.file.Path;
import java.util.Optional;
import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;

/**
 * The computer's main memory, no more of it than a container leaves to this program.
 *
 * @param total in bytes
 * @param available what programs can still have, in bytes
 * @param isLimited whether a container leaves less than is free in the computer
 */
public record MainMemory(long total, long available, boolean isLimited) {

  /** Measures now. */
  public static MainMemory measure() {
    return of(new SystemInfo().getHardware().getMemory(), ContainerMemory.read(Path.of("/")));
  }

  private static MainMemory of(GlobalMemory memory, Optional<ContainerMemory> container) {
    return new MainMemory(
        container.map(c -> Math.min(c.limit(), memory.getTotal())).orElse(memory.getTotal()),
        container
            .map(c -> Math.min(c.available(), memory.getAvailable()))
            .orElse(memory.getAvailable()),
        container.filter(c -> c.available() < memory.getAvailable()).isPresent());
  }
}
