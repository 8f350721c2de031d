package org.invoicelens.cli;

import org.invoicelens.stage.ProgramVersion;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command above all others; alone it asks for one of them. */
@CommandLine.Command(
    name = "invoicelens",
    header = "Reads invoices on this computer with the vision-language model Pixtral.",
    versionProvider = RootCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Without arguments the window opens. Results go to standard output, progress",
      "to standard error.",
      "Exit codes: 0 done, 1 unexpected, 2 usage or configuration, 3 hardware,",
      "4 download, 5 verification, 6 initialisation, 7 optimisation, 8 inference,",
      "130 cancelled."
    })
final class RootCommand implements Runnable {

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
  boolean version;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }

  /** The version as the build wrote it. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"InvoiceLens " + ProgramVersion.current().program()};
    }
  }
}
