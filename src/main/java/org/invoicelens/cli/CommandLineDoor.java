package org.invoicelens.cli;

/** The command line's entry. */
public final class CommandLineDoor {

  private CommandLineDoor() {}

  /** Runs a command and returns its exit code. */
  public static int run(String... arguments) {
    throw new UnsupportedOperationException();
  }
}
