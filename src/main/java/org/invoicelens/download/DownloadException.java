package org.invoicelens.download;

import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/** A download that did not end; what is good of it is kept for the next run. */
public final class DownloadException extends StageException {

  private static final long serialVersionUID = 1L;

  /** Why it did not end. */
  public enum Reason {
    OFFLINE,
    NO_CONNECTION,
    UNTRUSTED_CERTIFICATE,
    PROXY,
    REPOSITORY_NOT_FOUND,
    REVISION_NOT_FOUND,
    TOKEN_NEEDED,
    ACCESS_NOT_GRANTED,
    TOKEN_REFUSED,
    RATE_LIMITED,
    SERVER_ERROR,
    BAD_ANSWER,
    UNSAFE_NAME,
    WRONG_CHECKSUM,
    DISK_FULL,
    NOT_WRITABLE,
    IN_USE,
    NOTHING_TO_DOWNLOAD,
    BAD_SETTING
  }

  private final Reason reason;

  public DownloadException(Reason reason, Problem problem, String detail, Throwable cause) {
    super(problem, detail, cause);
    this.reason = reason;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
