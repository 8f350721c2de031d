package org.invoicelens.ui.place;

/** What the window can show as a whole. */
public enum Place {
  /** The wizard. */
  SETUP,
  /** Where documents are read. */
  WORKSPACE,
  /** What is installed. */
  MODELS,
  /** What the user chose about the program itself. */
  SETTINGS,
  /** How the network is used, for those who come from work that needs it. */
  NETWORK,
  /** Newer versions of the program, for those who come from the news of one. */
  UPDATES;

  /** Whether work is done here; the others are only visited, and left by going back. */
  boolean isHome() {
    return this == SETUP || this == WORKSPACE;
  }
}
