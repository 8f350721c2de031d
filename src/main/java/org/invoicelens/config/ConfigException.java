package org.invoicelens.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A configuration that cannot be used, with every fault found in it. */
public final class ConfigException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why a configuration cannot be used. */
  public enum Reason {
    MISSING,
    UNREADABLE,
    INVALID
  }

  /**
   * One fault.
   *
   * @param file the file
   * @param line counted from 1; 0 where the fault has no place
   * @param column counted from 1; 0 where the fault has no place
   * @param path the place in the document, such as {@code $.download.connections}
   * @param message what is wrong
   * @param suggestion what to write instead; may be empty
   */
  public record Fault(
      Path file, int line, int column, String path, String message, String suggestion) {

    @Override
    public String toString() {
      String place = line > 0 ? file + ":" + line + ":" + column : file.toString();
      return place
          + ": "
          + (path.isEmpty() ? "" : path + ": ")
          + message
          + (suggestion.isEmpty() ? "" : " " + suggestion);
    }
  }

  private final Reason reason;
  private final transient List<Fault> faults;

  public ConfigException(Reason reason, List<Fault> faults, Problem problem, Throwable cause) {
    super(problem, faults.stream().map(Fault::toString).collect(Collectors.joining("\n")), cause);
    this.reason = reason;
    this.faults = List.copyOf(faults);
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** Every fault, in the order of the file; empty where the file could not be read at all. */
  public List<Fault> faults() {
    return faults;
  }
}
