package org.invoicelens.runtime;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** PyTorch for graphics cards that could not be fetched, adopted or used. */
public final class CudaRuntimeException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** There is none for this kind of computer. */
    NO_PLATFORM,
    /** The server could not be asked, or what it says is not usable. */
    SERVER,
    /** The server does not have it. */
    NOT_ON_SERVER,
    /** What the server has is larger than it can be. */
    TOO_LARGE,
    /** A file arrived damaged, twice. */
    DAMAGED,
    DISK_FULL,
    NOT_WRITABLE,
    /** A folder that holds no such library, or another version. */
    NOT_ADOPTABLE,
    /** A file is gone that was there. */
    VANISHED,
    /** A file is another one than was unpacked. */
    CHANGED
  }

  private final Reason reason;

  CudaRuntimeException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
