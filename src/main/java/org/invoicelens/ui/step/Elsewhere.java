package org.invoicelens.ui.step;

/** Where a step that failed can lead the user, to make another choice. */
public enum Elsewhere {
  /** The choice of a model. */
  ANOTHER_MODEL,
  /** The choice of a precision. */
  ANOTHER_PRECISION,
  /** The choice of a server. */
  SERVER,
  /** How the network is reached. */
  NETWORK,
  /** Where an access token is entered. */
  ACCESS_TOKEN,
  /** The test of the connection. */
  CONNECTION
}
