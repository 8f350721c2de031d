package org.invoicelens.hub;

import java.time.Duration;
import java.util.Optional;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A request to the Hub that did not bring what was asked for. */
public final class HubException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No request may leave this computer. */
    OFFLINE,
    /** No answer, or one that broke off. */
    NO_CONNECTION,
    UNTRUSTED_CERTIFICATE,
    PROXY,
    REPOSITORY_NOT_FOUND,
    REVISION_NOT_FOUND,
    FILE_NOT_FOUND,
    /** The repository asks for a token and none was given. */
    TOKEN_NEEDED,
    /** The token is known, but its owner may not read this repository yet. */
    ACCESS_NOT_GRANTED,
    /** The token is not valid or may not be used for this. */
    TOKEN_REFUSED,
    RATE_LIMITED,
    SERVER_ERROR,
    /** An answer that is not what the protocol says. */
    BAD_ANSWER,
    /** A signed address that is no longer valid; the file has to be resolved anew. */
    ADDRESS_EXPIRED,
    UNSAFE_NAME,
    BAD_SETTING
  }

  private final Reason reason;
  private final Duration retryAfter;
  private final boolean wayLost;

  public HubException(Reason reason, Problem problem, String detail, Throwable cause) {
    this(reason, problem, detail, cause, null);
  }

  HubException(
      Reason reason, Problem problem, String detail, Throwable cause, Duration retryAfter) {
    this(reason, problem, detail, cause, retryAfter, false);
  }

  private HubException(
      Reason reason,
      Problem problem,
      String detail,
      Throwable cause,
      Duration retryAfter,
      boolean wayLost) {
    super(problem, detail, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.wayLost = wayLost;
  }

  /** The same failure, where the server answered before and no way leads there now. */
  public HubException withWayLost() {
    return new HubException(reason, problem(), detail(), getCause(), retryAfter, true);
  }

  /**
   * Whether a server that answered before cannot be reached at all, as after sleep or with the
   * cable out: waiting helps, however long that takes.
   */
  public boolean isWayLost() {
    return wayLost;
  }

  @Override
  public Reason reason() {
    return reason;
  }

  /** How long the server asks to wait before the next request. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the same request may well succeed a little later. */
  public boolean isPassing() {
    return switch (reason) {
      case NO_CONNECTION, RATE_LIMITED, SERVER_ERROR, BAD_ANSWER, ADDRESS_EXPIRED -> true;
      default -> wayLost;
    };
  }
}
