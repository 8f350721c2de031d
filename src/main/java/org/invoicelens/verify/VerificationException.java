package org.invoicelens.verify;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A model folder that is not what it must be. */
public final class VerificationException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    FOLDER_MISSING,
    FILES_WRONG,
    NOT_A_MODEL
  }

  private final Reason reason;
  private final transient VerificationStatus status;

  public VerificationException(
      Reason reason, VerificationStatus status, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
    this.status = status;
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** Everything found, the good and the bad. */
  public VerificationStatus status() {
    return status;
  }
}
