package org.invoicelens.engine;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A loaded model that did not pass its test. */
public final class OptimizationException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    TEST_FAILED,
    NOT_FINITE,
    OUT_OF_MEMORY
  }

  private final Reason reason;

  public OptimizationException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
