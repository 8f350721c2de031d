package org.invoicelens.remote;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A question that a server did not answer. */
public final class RemoteException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No connection came about. */
    UNREACHABLE,
    UNTRUSTED_CERTIFICATE,
    PROXY,
    /** The key is configured, but not where it should be. */
    KEY_MISSING,
    /** The server wants a key, or does not accept the one it got. */
    KEY_REFUSED,
    /** Nothing of this protocol is at the address. */
    NOT_FOUND,
    MODEL_NOT_SERVED,
    /** Text and pages are more than the model's context holds. */
    PROMPT_TOO_LONG,
    /** More pages than the server takes in one question. */
    TOO_MANY_PAGES,
    /** More bytes than the server, or something before it, takes. */
    REQUEST_TOO_LARGE,
    /** The server understands the question and does not want it. */
    REFUSED,
    /** The server asks for a pause. */
    BUSY,
    /** The server has a fault of its own. */
    SERVER_ERROR,
    /** An answer that is not what the protocol says. */
    BAD_ANSWER,
    /** The connection broke, or the answer ended before its end. */
    BROKEN_OFF,
    /** The server stayed silent for too long. */
    STALLED
  }

  private final Reason reason;
  private final Duration retryAfter;
  private final int mostPages;

  RemoteException(Reason reason, Problem problem, String detail, Throwable cause) {
    this(reason, problem, detail, cause, null);
  }

  RemoteException(
      Reason reason, Problem problem, String detail, Throwable cause, Duration retryAfter) {
    this(reason, problem, detail, cause, retryAfter, 0);
  }

  private RemoteException(
      Reason reason,
      Problem problem,
      String detail,
      Throwable cause,
      Duration retryAfter,
      int mostPages) {
    super(problem, detail, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.mostPages = mostPages;
  }

  /**
   * The server takes fewer pages in one question.
   *
   * @param mostPages how many
   */
  static RemoteException tooManyPages(int mostPages, Problem problem, String detail) {
    return new RemoteException(Reason.TOO_MANY_PAGES, problem, detail, null, null, mostPages);
  }

  /** How many pages the server takes in one question, where it said so. */
  public OptionalInt mostPages() {
    return mostPages > 0 ? OptionalInt.of(mostPages) : OptionalInt.empty();
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** How long the server asks to wait before the next request. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the same question may well be answered a little later. */
  public boolean isPassing() {
    return switch (reason) {
      case BUSY, SERVER_ERROR, BROKEN_OFF -> true;
      default -> false;
    };
  }

  /** Whether the same question with fewer pages may be answered. */
  public boolean isAboutPages() {
    return switch (reason) {
      case PROMPT_TOO_LONG, TOO_MANY_PAGES, REQUEST_TOO_LARGE -> true;
      default -> false;
    };
  }
}
