package org.invoicelens.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.verify.DownloadVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the download command side by side with {@code aria2c}, and the verification with {@code
 * openssl}, as {@code docs/benchmarks.md} describes. Prints figures and judges none.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = "true")
class TransferBenchmark {

  private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 3);
  private static final int BLOCKS = Integer.getInteger("benchmark.blocks", 48);
  private static final long THROTTLED = 40_000_000;
  private static final Pattern SECONDS = Pattern.compile("\"seconds\": ?([0-9.E-]+)");

  private Path folder;
  private BenchmarkHub hub;

  @BeforeEach
  void open() throws Exception {
    String parent = System.getProperty("benchmark.folder", "/dev/shm");
    folder = Files.createTempDirectory(Path.of(parent), "benchmark");
    hub = new BenchmarkHub(folder, BLOCKS);
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
    remove(folder);
  }

  /**
   * A program that has ended.
   *
   * @param wall from its start to its end, in seconds
   * @param processor seconds of all processors together
   * @param largest the most memory it had at a time, in bytes
   */
  private record Ended(double wall, double processor, long largest, String out) {}

  /** A line of a table: what each round brought. */
  private static final class Row {
    final String what;
    final List<Double> megabytes = new ArrayList<>();
    final List<Double> processor = new ArrayList<>();
    final List<Double> largest = new ArrayList<>();

    Row(String what) {
      this.what = what;
    }
  }

  @Test
  void asFastAsItGoes() throws Exception {
    compare("As fast as it goes");
  }

  @Test
  void fortyMegabytesASecondOneConnection() throws Exception {
    hub.bytesPerSecond = THROTTLED;
    compare("40 MB/s one connection, 320 MB/s eight");
  }

  private void compare(String title) throws Exception {
    Path target = folder.resolve("target");
    List<String> aria = List.of("aria2c", "-x8", "-s8", "--dir=" + target, "--out=file", "--quiet");
    Row plain = new Row("`aria2c`");
    Row checked = new Row("`aria2c --checksum`");
    Row ours = new Row("`invoicelens download`");
    Row transfer = new Row("… without the start of Java");
    for (int round = 0; round < ROUNDS; round++) {
      note(plain, run(target, plus(aria, hub.file())));
      note(checked, run(target, plus(aria, "--checksum=sha-256=" + hub.sha256(), hub.file())));
      Ended ended = run(target, ours(target));
      note(ours, ended);
      Matcher seconds = SECONDS.matcher(ended.out());
      Assertions.assertThat(seconds.find()).as(ended.out()).isTrue();
      transfer.megabytes.add(hub.size() / 1e6 / Double.parseDouble(seconds.group(1)));
    }
    print(title, List.of(plain, checked, ours, transfer));
  }

  private void note(Row row, Ended ended) {
    row.megabytes.add(hub.size() / 1e6 / ended.wall());
    row.processor.add(ended.processor() / (hub.size() / 1e9));
    row.largest.add(ended.largest() / 1e6);
  }

  private static List<String> plus(List<String> command, String... more) {
    return Stream.concat(command.stream(), Arrays.stream(more)).toList();
  }

  /** The command with the options for the heap that the program's start scripts give. */
  private List<String> ours(Path target) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms16m", "-XX:MaxRAM=8g", "-XX:GCTimeRatio=4"));
    command.addAll(
        Stream.of(System.getProperty("benchmark.java", "").split(" "))
            .filter(option -> !option.isEmpty())
            .toList());
    command.addAll(
        List.of(
            "-Dinvoicelens.home=" + Path.of("").toAbsolutePath(),
            "-Dinvoicelens.data=" + folder.resolve("data"),
            "-cp",
            classPath,
            "org.invoicelens.Main",
            "download",
            "--repo-id",
            BenchmarkHub.REPOSITORY,
            "--endpoint",
            hub.endpoint(),
            "--connections",
            "8",
            "--dir",
            target.toString(),
            "--json"));
    return command;
  }

  private Ended run(Path target, List<String> command) throws Exception {
    remove(target);
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(out.toFile()).redirectError(folder.resolve("err").toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    long begun = System.nanoTime();
    Process process = builder.start();
    long largest = 0;
    double processor = 0;
    do {
      largest = Math.max(largest, largest(process.pid()));
      processor =
          Math.max(
              processor, process.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(0.0));
    } while (!process.waitFor(10, TimeUnit.MILLISECONDS));
    double wall = (System.nanoTime() - begun) / 1e9;
    Assertions.assertThat(process.exitValue()).as(Files.readString(folder.resolve("err"))).isZero();
    String said = Files.readString(out, StandardCharsets.UTF_8);
    return new Ended(wall, processor, largest, said);
  }

  /** What Linux calls the high-water mark of the resident set; 0 elsewhere. */
  private static long largest(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | RuntimeException ended) {
      return 0;
    }
  }

  @Test
  void verifies() throws Exception {
    Path target = folder.resolve("target");
    run(target, ours(target));
    Path file = target.resolve(BenchmarkHub.FILE);
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, hub.sha256(), hub.size());
    DownloadResult result =
        new DownloadResult(
            target,
            BenchmarkHub.REPOSITORY,
            "",
            Map.of(BenchmarkHub.FILE, checksum),
            Duration.ZERO,
            0,
            0);
    Row openssl = new Row("`openssl dgst -sha256`");
    Row ours = new Row("verification of one file, which takes one core");
    for (int round = 0; round <= ROUNDS; round++) {
      Ended other =
          run(folder.resolve("none"), List.of("openssl", "dgst", "-sha256", file.toString()));
      double before = processor();
      long begun = System.nanoTime();
      new DownloadVerifier(progress -> {}, new Cancellation()).verifyRepository(result);
      double seconds = (System.nanoTime() - begun) / 1e9;
      // The first round is Java's to compile.
      if (round > 0) {
        note(openssl, other);
        ours.megabytes.add(hub.size() / 1e6 / seconds);
        ours.processor.add((processor() - before) / (hub.size() / 1e9));
      }
    }
    print("Verification", List.of(openssl, ours));
  }

  /** Seconds that this process has used of all processors together. */
  private static double processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private static void print(String title, List<Row> rows) {
    System.out.printf(
        "%n%s%n%n| | MB/s, median | each time | processor, s for a GB | most memory, MB |%n"
            + "|---|---|---|---|---|%n",
        title);
    for (Row row : rows) {
      String each =
          row.megabytes.stream()
              .map(rate -> String.format(Locale.ROOT, "%.0f", rate))
              .collect(Collectors.joining(", "));
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s |%n",
          row.what,
          median(row.megabytes, "%.0f"),
          each,
          median(row.processor, "%.1f"),
          row.largest.stream()
              .max(Double::compare)
              .map(m -> String.format(Locale.ROOT, "%.0f", m))
              .orElse(""));
    }
  }

  private static String median(List<Double> values, String format) {
    return values.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT, format, values.stream().sorted().toList().get(values.size() / 2));
  }

  private static void remove(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
