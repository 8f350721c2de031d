package org.invoicelens.download;

import org.invoicelens.hub.HubException;

/** A range that did not come as it should, and what follows for its file. */
final class PieceException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What follows for the file. */
  enum Consequence {
    /** What has come stays; the rest is asked for again. */
    GO_ON,
    /** What has come belongs to another content; the file begins again. */
    START_AGAIN,
    /** The server does not serve ranges reliably; the file begins again over one connection. */
    START_AGAIN_IN_ONE
  }

  private final HubException failure;
  private final Consequence consequence;

  PieceException(HubException failure, Consequence consequence) {
    super(failure);
    this.failure = failure;
    this.consequence = consequence;
  }

  HubException failure() {
    return failure;
  }

  Consequence consequence() {
    return consequence;
  }
}
