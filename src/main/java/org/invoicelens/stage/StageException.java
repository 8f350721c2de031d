package org.invoicelens.stage;

/**
 * A failure of a stage, with a {@link Problem} for the user and a detail for the log.
 *
 * <p>Every stage has one subclass, whose {@code Reason} tells the cases apart in code; the text is
 * for people only. A secret never goes into either.
 */
public abstract class StageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final String detail;

  /**
   * @param problem the failure in the user's words
   * @param detail what an engineer needs beside it; may be empty
   * @param cause what was caught, or null
   */
  protected StageException(Problem problem, String detail, Throwable cause) {
    super(problem.text(), cause);
    this.problem = problem;
    this.detail = detail;
  }

  /** The failure in the user's words. */
  public Problem problem() {
    return problem;
  }

  /** What an engineer needs beside the message; may be empty. */
  public String detail() {
    return detail;
  }

  /** Why the stage failed: a constant of the subclass's own enumeration. */
  public abstract Enum<?> reason();
}
