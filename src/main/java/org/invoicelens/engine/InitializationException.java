package org.invoicelens.engine;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A verified model that could not be loaded, in any way the configuration allows. */
public final class InitializationException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    NOT_VERIFIED,
    CHECKPOINT,
    OUT_OF_MEMORY,
    DEVICE_UNAVAILABLE,
    RUNTIME_FAILED,
    /** The server that is to answer cannot be reached, or not used. */
    SERVER_FAILED
  }

  private final Reason reason;

  public InitializationException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
