package org.invoicelens.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    folder =
        Files.createTempDirectory(
            Path.of(System.getProperty("benchmark.folder", "/dev/shm")), "benchmark");
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

  private record Row(String what, List<Double> megabytes, List<Long> largest) {}

  @Test
  void downloads() throws Exception {
    Path target = folder.resolve("target");
    List<String> aria = List.of("aria2c", "-x8", "-s8", "--dir=" + target, "--out=file", "--quiet");
    List<String> checked = plus(aria, "--checksum=sha-256=" + hub.sha256(), hub.file());
    compare("As fast as it goes", target, plus(aria, hub.file()), checked);
    hub.bytesPerSecond = THROTTLED;
    compare("40 MB/s a connection", target, plus(aria, hub.file()), checked);
  }

  private void compare(String title, Path target, List<String> aria, List<String> checked)
      throws Exception {
    List<Row> rows =
        Stream.of("aria2c", "aria2c --checksum", "download", "download, of which transfer")
            .map(what -> new Row(what, new ArrayList<>(), new ArrayList<>()))
            .toList();
    for (int round = 0; round < ROUNDS; round++) {
      note(rows.get(0), run(target, aria));
      note(rows.get(1), run(target, checked));
      Ended ours = run(target, ours(target));
      note(rows.get(2), ours);
      Matcher seconds = SECONDS.matcher(ours.out());
      Assertions.assertThat(seconds.find()).as(ours.out()).isTrue();
      rows.get(3).megabytes().add(hub.size() / 1e6 / Double.parseDouble(seconds.group(1)));
    }
    print(title, rows);
  }

  private void note(Row row, Ended ended) {
    System.out.printf(
        Locale.ROOT, "%s: %.2f s, processor %.2f s%n", row.what(), ended.wall(), ended.processor());
    row.megabytes().add(hub.size() / 1e6 / ended.wall());
    row.largest().add(ended.largest());
  }

  private static List<String> plus(List<String> command, String... more) {
    return Stream.concat(command.stream(), Arrays.stream(more)).toList();
  }

  /** The command as the program's start scripts run it: no option for the heap. */
  private List<String> ours(Path target) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
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
            java.time.Duration.ZERO,
            0,
            0);
    Row openssl = new Row("openssl dgst -sha256", new ArrayList<>(), new ArrayList<>());
    Row ours = new Row("verification, one file: one core", new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < ROUNDS; round++) {
      note(
          openssl,
          run(folder.resolve("none"), List.of("openssl", "dgst", "-sha256", file.toString())));
      long begun = System.nanoTime();
      new DownloadVerifier(progress -> {}, new Cancellation()).verifyRepository(result);
      ours.megabytes().add(hub.size() / 1e6 / ((System.nanoTime() - begun) / 1e9));
    }
    print("Verification", List.of(openssl, ours));
  }

  private static void print(String title, List<Row> rows) {
    System.out.println(
        "\n" + title + "\n\n| | MB/s, median | all | most memory, MB |\n|---|---|---|---|");
    for (Row row : rows) {
      double[] sorted =
          row.megabytes().stream().mapToDouble(Double::doubleValue).sorted().toArray();
      String all =
          String.join(
              ", ",
              Arrays.stream(sorted).mapToObj(d -> String.format(Locale.ROOT, "%.0f", d)).toList());
      long largest = row.largest().stream().mapToLong(Long::longValue).max().orElse(0);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.0f | %s | %s |%n",
          row.what(),
          sorted[sorted.length / 2],
          all,
          largest == 0 ? "" : String.valueOf(largest / 1_000_000));
    }
  }

  private static void remove(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
