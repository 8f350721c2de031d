package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Problem;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code check}: what this computer has, and whether the model can run on it. */
@CommandLine.Command(
    name = "check",
    header = "Show what this computer has and whether the model can run on it.",
    description = {
      "With engine: remote the computer only has to reach the server, which is asked about a page;",
      "the exit code is 6 where that fails."
    })
final class CheckCommand extends Command {

  @Mixin private ConfigOption config;

  CheckCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    SetupPipeline pipeline = context.pipeline();
    ModelConfig model = pipeline.loadConfig(config.file(context));
    try {
      HardwareStatus status = pipeline.verifyHardware(model, progress, cancellation());
      progress.clear();
      if (model.isRemote()) {
        return server(model, status, pipeline.checkServer(model, progress, cancellation()));
      }
      print(model, status, new JsonObject());
      return ExitCode.DONE;
    } catch (HardwareException e) {
      progress.clear();
      JsonObject refusal = new JsonObject();
      refusal.add(
          "error",
          JsonReports.error(ExitCode.HARDWARE, e.reason().name(), e.problem().text(), e.detail()));
      refusal.addProperty("exit_code", ExitCode.HARDWARE.number());
      print(model, e.status(), refusal);
      context.err().println(e.problem().text());
      return ExitCode.HARDWARE;
    }
  }

  /** Both checks together; the server alone decides. */
  private ExitCode server(
      ModelConfig model, HardwareStatus status, List<ServerCheck.Finding> findings) {
    Optional<Problem> problem =
        findings.stream().flatMap(finding -> finding.problem().stream()).findFirst();
    JsonObject beside = new JsonObject();
    beside.add("server", JsonReports.server(findings));
    problem.ifPresent(failed -> {
      beside.add(
          "error", JsonReports.error(ExitCode.INITIALIZATION, "SERVER_FAILED", failed.text(), ""));
      beside.addProperty("exit_code", ExitCode.INITIALIZATION.number());
    });
    print(model, status, beside);
    if (!json) {
      TextTable table = new TextTable("");
      for (ServerCheck.Finding finding : findings) {
        table.row(mark(finding.state()), finding.subject().title(), finding.found());
      }
      context.out().printf("%nThe server %s:%n%s", model.server().orElseThrow().address(), table);
    }
    problem.ifPresent(failed -> context.err().println(failed.text()));
    return problem.isEmpty() ? ExitCode.DONE : ExitCode.INITIALIZATION;
  }

  private static String mark(ServerCheck.State state) {
    return switch (state) {
      case GOOD -> "✓";
      case FAILED -> "✗";
      case SKIPPED -> "-";
    };
  }

  private void print(ModelConfig model, HardwareStatus status, JsonObject refusal) {
    if (json) {
      JsonObject document = JsonReports.hardware(status);
      document.addProperty("model", model.name());
      refusal.asMap().forEach(document::add);
      printJson(document);
      return;
    }
    TextTable checks = new TextTable("");
    for (HardwareStatus.Check check : status.checks()) {
      String mark =
          switch (check.state()) {
            case GOOD -> "✓";
            case REMARK -> "!";
            case FAILED -> "✗";
          };
      String source = check.source().isEmpty() ? "" : " (" + check.source() + ")";
      checks.row(mark, check.subject().title(), check.found() + source);
      for (String line : new String[] {check.meaning(), check.remedy()}) {
        if (!line.isEmpty()) {
          checks.row("", "", line);
        }
      }
    }
    context.out().print(checks);
    if (!status.fits().isEmpty()) {
      context.out().printf("%nMemory that %s needs:%n", model.name());
      context.out().print(memory(status));
    }
    status
        .recommended()
        .ifPresent(precision -> context.out().printf("%nRecommended: %s%n", precision.title()));
  }

  private static TextTable memory(HardwareStatus status) {
    TextTable table = new TextTable("  ");
    table.row("", "weights", "KV cache", "runtime", "reserve", "needed", "free", "");
    for (MemoryEstimate estimate : status.fits()) {
      table.row(
          estimate.precision().title() + ", " + device(estimate),
          ByteSize.binaryText(estimate.weights()),
          ByteSize.binaryText(estimate.kvCache()),
          ByteSize.binaryText(estimate.runtime()),
          ByteSize.binaryText(estimate.reserve()),
          ByteSize.binaryText(estimate.needed()),
          ByteSize.binaryText(estimate.available()),
          estimate.fits() ? "fits" : "does not fit");
    }
    return table;
  }

  private static String device(MemoryEstimate estimate) {
    return estimate.cards() > 1
        ? estimate.cards() + " graphics cards"
        : estimate.onGpu() ? "graphics card" : "processor";
  }
}
