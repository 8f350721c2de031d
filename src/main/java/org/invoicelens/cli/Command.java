package org.invoicelens.cli;

import com.google.gson.JsonElement;
import java.util.concurrent.Callable;
import org.invoicelens.stage.Cancellation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common. A command's value is its exit code. */
abstract class Command implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @Option(names = "--json", description = "Print one JSON document for other programs.")
  boolean json;

  final CommandContext context;

  Command(CommandContext context) {
    this.context = context;
  }

  /** Does the work and returns how it ended. */
  abstract ExitCode execute(ProgressPrinter progress) throws Exception;

  @Override
  public final Integer call() throws Exception {
    try (ProgressPrinter progress = new ProgressPrinter(context.err(), context.terminal())) {
      return execute(progress).number();
    }
  }

  Cancellation cancellation() {
    return context.cancellation();
  }

  void printJson(JsonElement document) {
    context.out().println(JsonReports.text(document));
  }

  ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
