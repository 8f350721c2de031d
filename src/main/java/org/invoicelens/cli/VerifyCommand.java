package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.Manifest;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.setup.ConfigOverrides;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.verify.ModelCompatibility;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code verify}: the fourth stage alone, for the configured model or any model folder. */
@CommandLine.Command(
    name = "verify",
    header = "Verify every file of a model folder, and fetch again what is not right.",
    description = {
      "Where the folder records what each file must be, sizes and digests are checked; in any case",
      "the headers of the weights are."
    })
final class VerifyCommand extends Command {

  @Mixin private ConfigOption config;

  @Option(names = "--dir", paramLabel = "DIR", description = "The model folder to verify.")
  private Path dir;

  @Option(names = "--repair", description = "Fetch again the files that are not right.")
  private boolean repair;

  VerifyCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    SetupPipeline pipeline = new SetupPipeline(context.folders(), context.settings().get());
    ModelConfig file = pipeline.loadConfig(config.file(context));
    Path folder = (dir == null ? file.modelPath() : dir).toAbsolutePath().normalize();
    Optional<Manifest> manifest = Manifest.read(folder);
    DownloadResult download =
        manifest
            .map(recorded -> recorded.asDownloadResult(folder))
            .orElseGet(() -> new DownloadResult(folder, "", "", Map.of(), Duration.ZERO, 0, 0));
    try {
      VerificationStatus status = verify(pipeline, file, download, progress);
      progress.clear();
      print(status, new JsonObject());
      return ExitCode.DONE;
    } catch (VerificationException e) {
      progress.clear();
      JsonObject refusal = new JsonObject();
      refusal.add(
          "error",
          JsonReports.error(
              ExitCode.VERIFICATION, e.reason().name(), e.problem().text(), e.detail()));
      refusal.addProperty("exit_code", ExitCode.VERIFICATION.number());
      print(e.status(), refusal);
      context.err().println(e.problem().text());
      return ExitCode.VERIFICATION;
    }
  }

  private VerificationStatus verify(
      SetupPipeline pipeline, ModelConfig file, DownloadResult download, ProgressPrinter progress)
      throws Exception {
    if (repair) {
      ModelConfig source = source(pipeline, file, download);
      boolean isKnown = !download.checksums().isEmpty();
      if (!isKnown && dir != null && !config.isGiven()) {
        throw usage(
            "Nothing in "
                + dir
                + " says what repository it came from; name its configuration with --config.");
      }
      DownloadResult promised =
          isKnown
              ? download
              : pipeline.download(source, null, TransferOptions.DEFAULT, progress, cancellation());
      StageReport report = new StageReport(context, progress, json);
      return pipeline.verify(source, promised, report, progress, cancellation());
    }
    boolean anyRepository =
        !download.checksums().isEmpty()
            && ModelCompatibility.of(download.modelPath()).layout()
                == ModelCompatibility.Layout.NONE;
    return anyRepository
        ? pipeline.checkRepository(download, progress, cancellation())
        : pipeline.check(download, progress, cancellation());
  }

  private void print(VerificationStatus status, JsonObject refusal) {
    if (json) {
      JsonObject document = JsonReports.verification(status);
      refusal.asMap().forEach(document::add);
      printJson(document);
      return;
    }
    context
        .out()
        .printf(
            "%s: %d of %d files have the right digest, %s%n",
            status.modelPath(),
            status.checksumMatches(),
            status.fileCount(),
            ByteSize.text(status.totalSize()));
    for (VerificationStatus.Finding finding : status.findings()) {
      context.out().println("✗ " + finding.file() + ": " + finding.message());
    }
    if (status.verified()) {
      context.out().println("✓ Everything that was checked is right.");
    }
  }

  /** Where the folder's repository is found: a configuration that names it knows best. */
  private ModelConfig source(SetupPipeline pipeline, ModelConfig chosen, DownloadResult download)
      throws IOException, ConfigException {
    ModelConfig known = chosen;
    if (!config.isGiven() && !download.repoId().isEmpty()) {
      try (Stream<Path> files = Files.list(context.folders().modelConfigs())) {
        List<Path> shipped = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        for (Path file : shipped) {
          ModelConfig candidate = pipeline.loadConfig(file);
          if (candidate.repoId().equals(download.repoId())) {
            known = candidate;
          }
        }
      }
    }
    return ConfigOverrides.ofSource(
            Optional.of(download.repoId()).filter(id -> !id.isEmpty()),
            Optional.empty(),
            Optional.empty(),
            Optional.of(download.modelPath()))
        .applyTo(known);
  }
}
