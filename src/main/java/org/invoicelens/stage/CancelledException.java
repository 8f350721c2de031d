package org.invoicelens.stage;

/** The end of work that the user asked to stop. What was done so far is kept. */
public final class CancelledException extends StageException {

  private static final long serialVersionUID = 1L;

  /** The only reason there is. */
  public enum Reason {
    ASKED
  }

  public CancelledException() {
    super(new Problem("Stopped as you asked.", "What was done so far is kept.", ""), "", null);
  }

  @Override
  public Reason reason() {
    return Reason.ASKED;
  }
}
