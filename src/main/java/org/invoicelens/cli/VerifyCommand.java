package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.CommitSwitch;
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
    SetupPipeline pipeline = context.pipeline();
    ModelConfig file = pipeline.loadConfig(config.file(context));
    Path folder = (dir == null ? file.modelPath() : dir).toAbsolutePath().normalize();
    CommitSwitch.finishIn(folder);
    Optional<Manifest> manifest = Manifest.read(folder);
    DownloadResult download =
        manifest
            .map(recorded -> recorded.asDownloadResult(folder))
            .orElseGet(() -> new DownloadResult(folder, "", "", Map.of(), Duration.ZERO, 0, 0));
    try {
      VerificationStatus status = verify(pipeline, file, download, progress);
      progress.clear();
      print(status, new JsonObject(), isKnown(download));
      return ExitCode.DONE;
    } catch (VerificationException e) {
      progress.clear();
      JsonObject refusal = new JsonObject();
      refusal.add(
          "error",
          JsonReports.error(
              ExitCode.VERIFICATION, e.reason().name(), e.problem().text(), e.detail()));
      refusal.addProperty("exit_code", ExitCode.VERIFICATION.number());
      print(e.status(), refusal, isKnown(download));
      context.err().println(e.problem().text());
      return ExitCode.VERIFICATION;
    }
  }

  private VerificationStatus verify(
      SetupPipeline pipeline, ModelConfig file, DownloadResult download, ProgressPrinter progress)
      throws Exception {
    if (repair) {
      ModelConfig source = source(pipeline, file, download);
      if (!isKnown(download) && dir != null && !config.isGiven()) {
        throw usage(
            "Nothing in "
                + dir
                + " says what repository it came from; name its configuration with --config.");
      }
      DownloadResult promised =
          isKnown(download)
              ? download
              : pipeline.download(source, null, TransferOptions.DEFAULT, progress, cancellation());
      StageReport report = new StageReport(context, progress, json);
      return isModel(promised)
          ? pipeline.verify(source, promised, report, progress, cancellation())
          : pipeline.verifyRepository(source, promised, report, progress, cancellation());
    }
    return isModel(download)
        ? pipeline.check(download, progress, cancellation())
        : pipeline.checkRepository(download, progress, cancellation());
  }

  /** Any repository can be downloaded; only of a model is more required than its files' digests. */
  private static boolean isModel(DownloadResult download) {
    return !isKnown(download)
        || download.checksums().containsKey("config.json")
        || download.checksums().containsKey("params.json")
        || ModelCompatibility.of(download.modelPath()).layout() != ModelCompatibility.Layout.NONE;
  }

  /** Whether it stands written what each file must be. */
  private static boolean isKnown(DownloadResult download) {
    return !download.checksums().isEmpty();
  }

  private void print(VerificationStatus status, JsonObject refusal, boolean isKnown) {
    if (json) {
      JsonObject document = JsonReports.verification(status);
      refusal.asMap().forEach(document::add);
      printJson(document);
      return;
    }
    if (status.fileCount() > 0) {
      String files = Counts.files(status.fileCount());
      String found =
          isKnown || status.checksumMatches() > 0
              ? "right digest: " + status.checksumMatches() + " of " + files
              : files + "; no digests are known, so only the structure was checked";
      String size = ByteSize.text(status.totalSize());
      context.out().println(status.modelPath() + ": " + size + "; " + found);
    }
    for (VerificationStatus.Finding finding : status.findings()) {
      context.out().println("✗ " + finding.message());
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
      for (Path file : context.folders().allModelConfigs()) {
        ModelConfig candidate = pipeline.loadConfig(file);
        if (candidate.repoId().equals(download.repoId())) {
          known = candidate;
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
