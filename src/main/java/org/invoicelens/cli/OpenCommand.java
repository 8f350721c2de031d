package org.invoicelens.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code open}: what is left to say where there is no display to open a window on. */
@CommandLine.Command(
    name = "open",
    header = "Open documents in the window.",
    description = "A window that is open already takes them.")
final class OpenCommand extends Command {

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Pictures, PDFs or folders.")
  List<Path> files;

  OpenCommand(CommandContext context) {
    super(context);
  }

  /** Not reached with a display: the window opens before any command is looked for. */
  @Override
  ExitCode execute(ProgressPrinter progress) {
    throw usage(
        "No display was found, so no window can open. \"invoicelens extract\" reads documents"
            + " without one.");
  }
}
