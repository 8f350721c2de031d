package org.invoicelens.stage;

/** The end of work that the user asked to stop. What was done so far is kept. */
public final class CancelledException extends StageException {

  private static final long serialVersionUID = 1L;
  private static final Words WORDS = Words.of(CancelledException.class);

  /** The only reason there is. */
  public enum Reason {
    ASKED
  }

  public CancelledException() {
    super(WORDS.problem("cancelled"), "", null);
  }

  @Override
  public Reason reason() {
    return Reason.ASKED;
  }
}
