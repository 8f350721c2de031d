package org.invoicelens.pixtral;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A prompt that could not be answered. The model stays usable. */
public final class InferenceException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why it could not be answered. */
  public enum Reason {
    EMPTY_PROMPT,
    NO_TOKENIZER,
    PROMPT_TOO_LONG,
    IMAGES_DO_NOT_MATCH,
    UNKNOWN_TOKEN,
    BAD_SCHEMA,
    BAD_DOCUMENT,
    DOCUMENT_TOO_LARGE,
    NOT_FINITE,
    OUT_OF_MEMORY,
    /** The graphics card or its driver failed; only a restart of the program heals that. */
    CARD_FAULT,
    /** The server that answers in the place of a model here did not. */
    SERVER_FAILED,
    OUTPUT_NOT_WRITABLE,
    /** What was read lacks something that an e-invoice has to tell. */
    NOT_AN_E_INVOICE,
    RUNTIME_FAILED
  }

  private final Reason reason;

  public InferenceException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
