package org.invoicelens.update;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A look for a newer version that found nothing out. */
public final class UpdateException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No address to look at, or one that is not safe to look at. */
    BAD_SETTING,
    /** The server could not be reached. */
    UNREACHABLE,
    /** What came is no release manifest of this program. */
    BAD_MANIFEST,
    /** What came is not signed by the key that was set. */
    BAD_SIGNATURE
  }

  private final Reason reason;

  UpdateException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
