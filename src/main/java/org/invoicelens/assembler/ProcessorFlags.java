package org.invoicelens.assembler;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instructions that the processor at hand has and the system lets programs use, by the names
 * that Linux gives them: {@code fma}, {@code avx512_bf16}.
 */
public final class ProcessorFlags {

  private static final Logger log = LoggerFactory.getLogger(ProcessorFlags.class);

  private static final Path FILE = Path.of("/proc/cpuinfo");

  private static final Set<String> FLAGS = read();

  private ProcessorFlags() {}

  /** Whether it has some; never so where Linux is not the system. */
  public static boolean has(String flag) {
    return FLAGS.contains(flag);
  }

  private static Set<String> read() {
    if (!Files.exists(FILE)) {
      return Set.of();
    }
    try {
      return Files.readAllLines(FILE, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+"))
          .map(flags -> Set.copyOf(List.of(flags)))
          .orElse(Set.of());
    } catch (IOException e) {
      log.info("The processor's flags cannot be read.", e);
      return Set.of();
    }
  }
}
