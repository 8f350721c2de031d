package org.invoicelens.hardware;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A workstation that cannot run the model as configured. */
public final class HardwareException extends StageException {

  private static final long serialVersionUID = 1L;

  /** What is lacking. */
  public enum Reason {
    NO_USABLE_DEVICE,
    /** The card no longer answers. */
    CARD_LOST,
    /** The driver does not answer. */
    NO_DRIVER,
    DRIVER_TOO_OLD,
    COMPUTE_CAPABILITY_TOO_LOW,
    /** The card is divided (MIG), and no part of it can be used. */
    CARD_DIVIDED,
    /** The card would suffice, but other programs hold its memory. */
    MEMORY_TAKEN,
    TOO_LITTLE_MEMORY,
    TOO_LITTLE_DISK,
    MODEL_FOLDER_NOT_WRITABLE,
    TEMPORARY_FOLDER_NOT_WRITABLE
  }

  private final Reason reason;
  private final transient HardwareStatus status;

  /**
   * @param status all that was measured before giving up, for the user to see
   */
  public HardwareException(
      Reason reason, HardwareStatus status, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
    this.status = status;
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** All that was measured. */
  public HardwareStatus status() {
    return status;
  }
}
