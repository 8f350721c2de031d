package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.StageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's entry. */
public final class CommandLineDoor {

  private static final Logger log = LoggerFactory.getLogger(CommandLineDoor.class);

  private final CommandContext context;

  public CommandLineDoor(CommandContext context) {
    this.context = context;
  }

  /**
   * Runs a command of this process, which Ctrl-C stops, and returns its exit code.
   *
   * @param window whether this user's window is open
   */
  public static int run(BooleanSupplier window, String... arguments) {
    Cancellation cancellation = new Cancellation();
    Interruption.install(cancellation);
    CommandContext context =
        new CommandContext(
            System.out,
            System.err,
            Terminal.isOnStandardError(),
            ApplicationFolders.current(),
            HubSettings::fromEnvironment,
            cancellation,
            window);
    return new CommandLineDoor(context).execute(arguments);
  }

  /** Runs a command and returns its exit code. Throws nothing. */
  public int execute(String... arguments) {
    boolean json = List.of(arguments).contains("--json");
    int code;
    try {
      code = commandLine(json).execute(arguments);
    } catch (Throwable e) {
      code = failed(e, json).number();
    }
    context.out().flush();
    context.err().flush();
    return code;
  }

  private CommandLine commandLine(boolean json) {
    CommandLine root = new CommandLine(new RootCommand());
    Stream.of(
            new DemoCommand(context),
            new CheckCommand(context),
            new DownloadCommand(context),
            new VerifyCommand(context),
            new SetupCommand(context),
            new MoveCommand(context),
            new RuntimeCommand(context),
            new ExtractCommand(context),
            new OpenCommand(context),
            new PurgeCommand(context),
            new UpdatesCommand(context),
            new GenerateCommand(context),
            new BenchCommand(context),
            new CompletionCommand(context))
        .forEach(root::addSubcommand);
    return root.setOut(writer(context.out()))
        .setErr(writer(context.err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setExecutionExceptionHandler((e, line, result) -> failed(e, json).number())
        .setParameterExceptionHandler((e, words) -> misused(e, json).number());
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true);
  }

  private ExitCode misused(ParameterException e, boolean json) {
    String message = plain(e.getMessage());
    if (json) {
      printError(ExitCode.USAGE, "USAGE", message, "");
    }
    context.err().println(message);
    UnmatchedArgumentException.printSuggestions(e, context.err());
    context
        .err()
        .println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  /** The parser's message without words that only a programmer knows. */
  private static String plain(String message) {
    return message
        .replaceFirst("^Error: ", "")
        .replaceFirst(" is not an? (int|long)$", " is not a whole number in range.")
        .replaceFirst(" is not a double$", " is not a number.")
        .replaceFirst("^Unmatched arguments? (at|from) index \\d+: ", "Not understood: ");
  }

  private ExitCode failed(Throwable failure, boolean json) {
    if (failure instanceof ParameterException e) {
      return misused(e, json);
    }
    // A connection that is closed to stop the work may end it in other words than the wish.
    Throwable told =
        failure instanceof StageException && context.cancellation().isCancelled()
            ? new CancelledException()
            : failure;
    ExitCode code = ExitCode.of(told);
    String message;
    String reason;
    String detail = "";
    if (told instanceof StageException e) {
      message = e.problem().text();
      reason = e.reason().name();
      detail = e.detail();
      if (code != ExitCode.CANCELLED) {
        log.warn("{} {}: {}", code.kind(), reason, detail, failure);
      }
    } else {
      message =
          "Something went wrong that should not have ("
              + told.getClass().getSimpleName()
              + "). What is known of it stands in "
              + context.folders().logs().resolve("invoicelens.log")
              + ".";
      reason = told.getClass().getSimpleName();
      log.error("unexpected", told);
    }
    if (json) {
      printError(code, reason, message, detail);
    }
    context.err().println(message);
    if (told instanceof ConfigException e) {
      e.faults().forEach(fault -> context.err().println("  " + fault));
    }
    return code;
  }

  private void printError(ExitCode code, String reason, String message, String detail) {
    JsonObject document = new JsonObject();
    document.add("error", JsonReports.error(code, reason, message, detail));
    document.addProperty("exit_code", code.number());
    context.out().println(JsonReports.text(document));
  }
}
