package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.setup.ConfigOverrides;
import org.invoicelens.setup.SetupPipeline;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code setup}: all six stages. */
@CommandLine.Command(
    name = "setup",
    header = "Set the model up: check, download, verify, start and test it.",
    description = {
      "What was done before and is still right is not done again. With engine: remote nothing is",
      "downloaded: the server is reached and asked about a page."
    })
final class SetupCommand extends Command {

  @Mixin private ConfigOption config;

  @Option(
      names = "--quantization",
      paramLabel = "Q",
      converter = Choices.Quantization.class,
      completionCandidates = Choices.Quantization.class,
      description = "How weights are packed: ${COMPLETION-CANDIDATES}.")
  private Choices.QuantizationChoice quantization;

  @Option(
      names = "--device",
      paramLabel = "D",
      converter = Choices.Device.class,
      completionCandidates = Choices.Device.class,
      description = "Where the model runs: auto, cpu, cuda or cuda:N.")
  private String device;

  SetupCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    SetupPipeline pipeline = context.pipeline();
    ModelConfig file = pipeline.loadConfig(config.file(context));
    ModelConfig chosen =
        ConfigOverrides.ofLoading(
                Optional.ofNullable(quantization).map(q -> q.or(file.loading().dtype())),
                Optional.ofNullable(device))
            .applyTo(file);
    StageReport report = new StageReport(context, progress, json);
    report.configured(chosen);
    try (Engine engine = pipeline.run(chosen, report, progress, cancellation())) {
      pipeline.remember(chosen, engine.facts());
      progress.clear();
      if (json) {
        JsonObject document = report.json();
        document.addProperty("ready", true);
        printJson(document);
      } else {
        context.out().println();
        context.out().println(chosen.name() + " is ready to read.");
      }
      return ExitCode.DONE;
    }
  }
}
