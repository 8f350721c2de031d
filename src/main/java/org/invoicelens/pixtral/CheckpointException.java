package org.invoicelens.pixtral;

import java.nio.file.Path;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A checkpoint that cannot be loaded. */
public final class CheckpointException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why it cannot be loaded. */
  public enum Reason {
    FILE_MISSING,
    BROKEN_FILE,
    NOT_PIXTRAL,
    MISSING_TENSOR,
    WRONG_SHAPE,
    OUT_OF_MEMORY,
    DEVICE_UNAVAILABLE,
    RUNTIME_FAILED
  }

  private final Reason reason;

  public CheckpointException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  /** A file of the model that is not what it must be; {@code fault} is a clause. */
  static CheckpointException brokenFile(Path file, String fault, Throwable cause) {
    return new CheckpointException(
        Reason.BROKEN_FILE,
        new Problem(
            "The model's file " + file.getFileName() + " is broken: " + fault + ".",
            "",
            "Verify the model's files and repair them."),
        file.toString(),
        cause);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
