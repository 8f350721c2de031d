package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.PreviousCommit;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.setup.ConfigOverrides;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.verify.ModelCompatibility;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code download}: the third stage alone, for the configured model or any repository. */
@CommandLine.Command(
    name = "download",
    header = "Download the model's files, going on where it stopped.",
    description = {
      "An access token is taken from HF_TOKEN or the file that HF_TOKEN_PATH names, never from an",
      "argument."
    })
final class DownloadCommand extends Command {

  private static final int MOST_CONNECTIONS = 32;

  @Mixin private ConfigOption config;
  @Mixin private HubOptions hub;

  @Option(
      names = "--repo-id",
      paramLabel = "OWNER/NAME",
      description = "Another repository; all its files are fetched.")
  private String repoId;

  @Option(
      names = "--revision",
      paramLabel = "V",
      description = "A branch, tag or commit of the repository.")
  private String revision;

  @Option(names = "--dir", paramLabel = "DIR", description = "Where the files go.")
  private Path dir;

  @Option(
      names = "--include",
      paramLabel = "PATTERN",
      description = "Fetch only files whose path matches, such as *.json. May be repeated.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description = "Leave out files whose path matches. May be repeated.")
  private List<String> exclude = List.of();

  @Option(names = "--connections", paramLabel = "N", description = "Connections at once, 1 to 32.")
  private Integer connections;

  @Option(
      names = "--limit-rate",
      paramLabel = "BYTES/S",
      description = "The highest rate, in bytes a second.")
  private Long limitRate;

  @Option(
      names = "--back",
      description = {
        "Put the version that the last update replaced in the place of the one that is here,",
        "without a network. Afterwards 'verify' proves it."
      })
  private boolean back;

  DownloadCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    validate();
    SetupPipeline pipeline = context.pipeline(hub.settings(this));
    ModelConfig file = pipeline.loadConfig(config.file(context));
    ModelConfig model = overrides().applyTo(file);
    if (back) {
      return goBack(model, progress);
    }
    TransferOptions options =
        new TransferOptions(
            include,
            exclude,
            repoId != null,
            Optional.ofNullable(connections),
            Optional.ofNullable(limitRate).orElse(0L));
    Suitability suitable = measure(pipeline, model, progress);
    DownloadResult result =
        pipeline.download(model, suitable.hardware(), options, progress, cancellation());
    progress.clear();
    ModelCompatibility.Report report = ModelCompatibility.of(result.modelPath());
    if (json) {
      JsonObject document = JsonReports.download(result);
      document.add("compatible", suitable.json(report));
      printJson(document);
    } else {
      print(result, suitable, report);
    }
    return ExitCode.DONE;
  }

  private ExitCode goBack(ModelConfig model, ProgressPrinter progress) throws DownloadException {
    DownloadResult result = new PreviousCommit(model.modelPath()).restore();
    progress.clear();
    if (json) {
      printJson(JsonReports.download(result));
    } else {
      context
          .out()
          .println(
              model.modelPath()
                  + " is commit "
                  + result.commit()
                  + " again. The next download fetches what the revision "
                  + model.revision()
                  + " names then; name a commit as the revision to stay.");
    }
    return ExitCode.DONE;
  }

  private void validate() {
    if (back && (repoId != null || revision != null)) {
      throw usage("--back needs no repository and no revision.");
    }
    if (repoId != null && !repoId.matches("[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")) {
      throw usage(
          "--repo-id must be OWNER/NAME, such as mistral-community/pixtral-12b, not '"
              + repoId
              + "'.");
    }
    if (revision != null && (revision.isBlank() || !revision.equals(revision.strip()))) {
      throw usage("--revision must be a branch, tag or commit, not '" + revision + "'.");
    }
    if (connections != null && (connections < 1 || connections > MOST_CONNECTIONS)) {
      throw usage("--connections must be between 1 and 32, not " + connections + ".");
    }
    if (limitRate != null && limitRate < 1) {
      throw usage("--limit-rate must be a number of bytes above 0, not " + limitRate + ".");
    }
  }

  private ConfigOverrides overrides() {
    Optional<Path> folder =
        Optional.ofNullable(dir)
            .or(() ->
                Optional.ofNullable(repoId)
                    .map(id ->
                        context
                            .folders()
                            .data()
                            .resolve("models")
                            .resolve(id.substring(id.indexOf('/') + 1))));
    return ConfigOverrides.ofSource(
        Optional.ofNullable(repoId), Optional.ofNullable(revision), hub.endpoint(this), folder);
  }

  /**
   * How this computer suits the model.
   *
   * @param hardware what was measured
   * @param refusal why the model cannot run here; empty where it can
   */
  private record Suitability(HardwareStatus hardware, Optional<HardwareException> refusal) {

    /** The same with what the files themselves say. */
    JsonObject json(ModelCompatibility.Report model) {
      JsonObject json = new JsonObject();
      json.addProperty("model", model.compatible());
      json.addProperty("hardware", refusal.isEmpty());
      JsonArray obstacles = new JsonArray();
      model.obstacles().forEach(obstacles::add);
      refusal.ifPresent(e -> obstacles.add(e.problem().text()));
      json.add("obstacles", obstacles);
      json.addProperty("recommended", hardware.recommended().map(Precision::id).orElse(null));
      return json;
    }
  }

  /** A repository named on the command line is fetched whether or not it can be used here. */
  private Suitability measure(SetupPipeline pipeline, ModelConfig model, ProgressPrinter progress)
      throws Exception {
    try {
      return new Suitability(
          pipeline.verifyHardware(model, progress, cancellation()), Optional.empty());
    } catch (HardwareException e) {
      if (repoId == null) {
        throw e;
      }
      return new Suitability(e.status(), Optional.of(e));
    }
  }

  private void print(
      DownloadResult result, Suitability suitable, ModelCompatibility.Report report) {
    context.out().println(result.modelPath());
    context
        .out()
        .printf(
            "%s, %s; %s of that received now, in %s%n",
            Counts.files(result.checksums().size()),
            ByteSize.text(result.totalSize()),
            ByteSize.text(result.transferred()),
            Durations.text(result.downloadTime()));
    if (result.transferred() > 0 && result.sources().size() > 1) {
      context.out().println("from " + sources(result));
    }
    if (!result.commit().isEmpty()) {
      context.out().println("commit " + result.commit() + " of " + result.repoId());
    }
    suitable
        .refusal()
        .ifPresent(e -> context.out().println("It cannot run here: " + e.problem().text()));
    report
        .obstacles()
        .forEach(obstacle -> context.out().println("It cannot be used as a model: " + obstacle));
  }

  /** How much came from which server, where there were several. */
  private static String sources(DownloadResult result) {
    return result.sources().stream()
        .map(use ->
            use.name()
                + " "
                + ByteSize.text(use.received())
                + (use.wrong() ? " (left, because it sent wrong data)" : ""))
        .collect(Collectors.joining(", "));
  }
}
