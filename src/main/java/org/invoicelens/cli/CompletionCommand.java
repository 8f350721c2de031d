package org.invoicelens.cli;

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
    context.out().print(AutoComplete.bash("invoicelens", spec.root().commandLine()));
    return ExitCode.DONE;
  }
}
