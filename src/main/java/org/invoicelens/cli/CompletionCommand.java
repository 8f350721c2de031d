package org.invoicelens.cli;

import com.google.gson.JsonObject;
import picocli.AutoComplete;
import picocli.CommandLine;

/** {@code completion}: the script by which a shell completes this program's arguments. */
@CommandLine.Command(
    name = "completion",
    header = "Print the completion script for bash and zsh.",
    description = "Use it with: source <(invoicelens completion)")
final class CompletionCommand extends Command {

  CompletionCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) {
    String script = AutoComplete.bash("invoicelens", spec.root().commandLine());
    if (json) {
      JsonObject document = new JsonObject();
      document.addProperty("script", script);
      printJson(document);
    } else {
      context.out().print(script);
    }
    return ExitCode.DONE;
  }
}
