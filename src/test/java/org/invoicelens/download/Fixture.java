package org.invoicelens.download;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;

/** A downloader as the tests want it: small ranges, no real pauses, every report kept. */
final class Fixture {

  static final Tuning SMALL =
      new Tuning(
          64 << 10,
          256 << 10,
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          128 << 10,
          64 << 20);

  /** A clock on which pauses take no time. */
  static final class FastTicker implements Ticker {
    private long offset;
    final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    @Override
    public synchronized long nanos() {
      return System.nanoTime() + offset;
    }

    @Override
    public void await(Object monitor, long nanos) {
      pauses.add(Duration.ofNanos(nanos));
      synchronized (this) {
        offset += nanos;
      }
    }
  }

  final Path model;
  final FastTicker ticker = new FastTicker();
  final List<Progress> reports = Collections.synchronizedList(new ArrayList<>());
  final Cancellation cancellation = new Cancellation();
  ProgressListener listener = progress -> {};
  HubSettings settings = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));
  TransferOptions options = TransferOptions.DEFAULT;
  Tuning tuning = SMALL;
  String revision = "main";
  List<ModelConfig.Mirror> mirrors = List.of();
  int retries = 2;
  int connections = 4;

  Fixture(Path model) {
    this.model = model;
  }

  DownloadResult download(FaultyHub hub) throws Exception {
    return download(hub.endpoint(), FaultyHub.REPOSITORY);
  }

  DownloadResult download(String endpoint, String repository) throws Exception {
    return downloader().download(config(endpoint, repository), null);
  }

  ModelDownloader downloader() {
    Path here = Path.of("").toAbsolutePath();
    return new ModelDownloader(
        new ApplicationFolders(here, here, here, here),
        settings,
        options,
        progress -> {
          reports.add(progress);
          listener.onProgress(progress);
        },
        cancellation,
        tuning,
        ticker);
  }

  ModelConfig config(String endpoint, String repository) {
    return new ModelConfig(
        model.resolve("config.yaml"),
        "test",
        repository,
        revision,
        endpoint,
        mirrors,
        model,
        model.resolveSibling("cache"),
        new ModelConfig.Hardware(0, 0, "", true),
        Optional.empty(),
        new ModelConfig.Loading(Precision.FLOAT32, "cpu", AttentionVariant.EAGER),
        new ModelConfig.Quantization(Precision.FLOAT32, List.of(), 64, false),
        new ModelConfig.Download(retries, connections, 1),
        new ModelConfig.Prompt("", "Read."),
        new ModelConfig.Inference(16, 0, 1, 1));
  }

  /** The files under their own names, by their paths. */
  Set<String> files() throws Exception {
    return files(model, false);
  }

  /** What lies in the application's own folder. */
  Set<String> ownFiles() throws Exception {
    return files(model, true);
  }

  private static Set<String> files(Path root, boolean own) throws Exception {
    if (!Files.exists(root)) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    try (Stream<Path> tree = Files.walk(root)) {
      tree.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.startsWith(".invoicelens/") == own)
          .forEach(names::add);
    }
    return names;
  }

  byte[] content(String path) throws Exception {
    return Files.readAllBytes(model.resolve(path));
  }

  List<String> messages() {
    return List.copyOf(reports).stream().map(Progress::message).toList();
  }
}
