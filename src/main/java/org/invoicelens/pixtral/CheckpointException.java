package org.invoicelens.pixtral;

import java.nio.file.Path;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.Words;

/** A checkpoint that cannot be loaded. */
public final class CheckpointException extends StageException {

  private static final long serialVersionUID = 1L;
  private static final Words WORDS = Words.of(CheckpointException.class);

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

  /** A file of the model that is not what it must be; {@code fault} is a clause for the user. */
  static CheckpointException brokenFile(Path file, String fault, Throwable cause) {
    return new CheckpointException(
        Reason.BROKEN_FILE,
        WORDS.problem("file.broken", file.getFileName(), fault),
        file.toString(),
        cause);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
