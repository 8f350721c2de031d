package org.invoicelens.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the cards from the driver's command line program, where NVML cannot be loaded. */
final class NvidiaSmi {

  static final String SOURCE = "nvidia-smi";

  private static final Logger log = LoggerFactory.getLogger(NvidiaSmi.class);
  private static final List<String> FIELDS =
      List.of(
          "index",
          "name",
          "memory.total",
          "memory.free",
          "compute_cap",
          "driver_version",
          "mig.mode.current");
  private static final int LONGEST_OUTPUT = 64 * 1024;
  private static final long MEBIBYTE = 1L << 20;

  private final List<String> command;
  private final Duration limit;

  NvidiaSmi() {
    this(program(System.getProperty("os.name"), System.getenv()), Duration.ofSeconds(10));
  }

  NvidiaSmi(String program, Duration limit) {
    this.command =
        List.of(
            program, "--query-gpu=" + String.join(",", FIELDS), "--format=csv,noheader,nounits");
    this.limit = limit;
  }

  /** The cards, or none where the program is missing, fails or does not end in time. */
  List<Card> read() {
    try {
      return parse(run());
    } catch (IOException e) {
      log.info("nvidia-smi tells nothing: {}", e.getMessage());
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Reads the comma-separated lines; a line that is no card is passed over. */
  static List<Card> parse(String output) {
    List<Card> cards = new ArrayList<>();
    for (String line : output.lines().toList()) {
      String[] values =
          Arrays.stream(line.split(",", -1)).map(String::strip).toArray(String[]::new);
      if (values.length != FIELDS.size() || !values[0].matches("[0-9]{1,3}")) {
        if (!line.isBlank()) {
          log.info("nvidia-smi said: {}", line.strip());
        }
        continue;
      }
      cards.add(
          new Card(
              Integer.parseInt(values[0]),
              values[1],
              (long) number(values[2]) * MEBIBYTE,
              (long) number(values[3]) * MEBIBYTE,
              number(values[4]),
              values[5],
              values[6].equalsIgnoreCase("Enabled"),
              SOURCE,
              List.of()));
    }
    return cards;
  }

  /** A value such as 24564 or 8.6; 0 for {@code [N/A]}, {@code [Not Supported]} and the like. */
  private static double number(String value) {
    return value.matches("[0-9]{1,9}(\\.[0-9]{1,3})?") ? Double.parseDouble(value) : 0;
  }

  private String run() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    FutureTask<String> output =
        new FutureTask<>(() -> {
          try (InputStream in = process.getInputStream()) {
            return new String(in.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8);
          }
        });
    Thread.ofVirtual().start(output);
    try {
      String text = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        throw new IOException("it failed with: " + text.strip());
      }
      return text;
    } catch (TimeoutException e) {
      throw new IOException("it did not end within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String program(String system, Map<String, String> environment) {
    if (!system.toLowerCase(Locale.ROOT).startsWith("windows")) {
      return "nvidia-smi";
    }
    Path installed =
        Path.of(
            environment.getOrDefault("SystemRoot", "C:\\Windows"), "System32", "nvidia-smi.exe");
    return Files.exists(installed) ? installed.toString() : "nvidia-smi.exe";
  }
}
