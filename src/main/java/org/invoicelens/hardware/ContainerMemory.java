package org.invoicelens.hardware;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The memory a Linux control group leaves to this program.
 *
 * <p>Kernel documentation, {@code admin-guide/cgroup-v2} and {@code cgroup-v1/memory}. Pages of
 * files that nobody maps actively count as used there although the kernel gives them back, so they
 * are taken off.
 *
 * @param limit in bytes
 * @param available what is left below the limit, in bytes
 */
record ContainerMemory(long limit, long available) {

  /** Version 1 writes a number near 2⁶³ where there is no limit. */
  private static final long UNLIMITED = 1L << 60;

  /** The names one version of the interface gives its files. */
  private record Version(String mount, String limit, String usage, String cache) {
    static final Version ONE =
        new Version(
            "sys/fs/cgroup/memory",
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file");
    static final Version TWO =
        new Version("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");
  }

  /**
   * The tightest limit of this process's group and those above it; nothing where there is none.
   *
   * @param root of the file system
   */
  static Optional<ContainerMemory> read(Path root) {
    List<ContainerMemory> limits = new ArrayList<>();
    try (Stream<String> lines = Files.lines(root.resolve("proc/self/cgroup"))) {
      for (String line : lines.toList()) {
        String[] parts = line.split(":", 3);
        if (parts.length == 3 && parts[0].equals("0") && parts[1].isEmpty()) {
          collect(root, Version.TWO, parts[2], limits);
        } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
          collect(root, Version.ONE, parts[2], limits);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
    return limits.stream().min((a, b) -> Long.compare(a.available, b.available));
  }

  private static void collect(
      Path root, Version version, String group, List<ContainerMemory> limits) {
    Path mount = root.resolve(version.mount);
    Path folder = mount.resolve(group.replaceFirst("^/+", "")).normalize();
    // Inside a container the group may be named as outside, where no such folder is mounted.
    for (; folder.startsWith(mount); folder = folder.getParent()) {
      read(folder, version).ifPresent(limits::add);
    }
  }

  private static Optional<ContainerMemory> read(Path folder, Version version) {
    try {
      String limitText = Files.readString(folder.resolve(version.limit)).strip();
      if (limitText.equals("max")) {
        return Optional.empty();
      }
      long limit = Long.parseLong(limitText);
      long usage = Long.parseLong(Files.readString(folder.resolve(version.usage)).strip());
      if (limit >= UNLIMITED || limit <= 0) {
        return Optional.empty();
      }
      long busy = Math.max(0, usage - cache(folder, version));
      return Optional.of(new ContainerMemory(limit, Math.max(0, limit - busy)));
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static long cache(Path folder, Version version) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("memory.stat"))) {
      return lines
          .filter(line -> line.startsWith(version.cache + " "))
          .mapToLong(line -> Long.parseLong(line.substring(version.cache.length() + 1).strip()))
          .findFirst()
          .orElse(0);
    }
  }
}
