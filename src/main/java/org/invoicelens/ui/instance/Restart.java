package org.invoicelens.ui.instance;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new start of the program when this one ends, where a user asked for it. Wanted on the UI
 * thread, done when the window is closed.
 */
public final class Restart {

  private static final Logger log = LoggerFactory.getLogger(Restart.class);

  /** Where an installed program was started from; set by its launcher. */
  private static final String INSTALLED = "jpackage.app-path";

  private final Optional<List<String>> command;
  private boolean wanted;

  /**
   * @param command the words that start the program; empty where they are not known
   */
  Restart(Optional<List<String>> command) {
    this.command = command.map(List::copyOf);
  }

  /** The running program's. */
  public static Restart ofThisProgram() {
    return new Restart(
        command(
            Optional.ofNullable(System.getProperty(INSTALLED)), ProcessHandle.current().info()));
  }

  /** Not every system tells how a process was started; an installed program knows it. */
  static Optional<List<String>> command(Optional<String> installed, ProcessHandle.Info process) {
    return installed
        .map(List::of)
        .or(() ->
            process
                .command()
                .flatMap(java ->
                    process
                        .arguments()
                        .map(arguments ->
                            Stream.concat(Stream.of(java), Stream.of(arguments)).toList())));
  }

  /** Whether the program can start itself again; otherwise the user has to. */
  public boolean isPossible() {
    return command.isPresent();
  }

  /** Wants it, for when the window is closed. */
  public void want() {
    wanted = true;
  }

  /** Starts the program again, where that is wanted and possible. */
  public void begin() {
    if (!wanted || command.isEmpty()) {
      return;
    }
    try {
      new ProcessBuilder(command.get())
          .redirectInput(ProcessBuilder.Redirect.from(new File(nothing())))
          .redirectOutput(ProcessBuilder.Redirect.INHERIT)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      // The window is gone already; the user opens the program as ever.
      log.warn("The program could not be started again", e);
    }
  }

  /** Input for a program that outlives the terminal it was started in. */
  private static String nothing() {
    return System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null";
  }
}
