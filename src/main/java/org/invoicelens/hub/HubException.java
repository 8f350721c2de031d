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

  public HubException(Reason reason, Problem problem, String detail, Throwable cause) {
    this(reason, problem, detail, cause, null);
  }

  HubException(
      Reason reason, Problem problem, String detail, Throwable cause, Duration retryAfter) {
    super(problem, detail, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
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
      default -> false;
    };
  }
}
