package org.invoicelens.stage;

/** A step on the way from a configuration file to the fields of an invoice, in order. */
public enum Stage {
  CONFIGURATION("Configuration"),
  HARDWARE("This computer"),
  DOWNLOAD("Download"),
  VERIFICATION("Verification"),
  INITIALIZATION("Model start"),
  OPTIMIZATION("Optimisation"),
  INFERENCE("Reading");

  private final String title;

  Stage(String title) {
    this.title = title;
  }

  /** The stage's name as a user reads it. */
  public String title() {
    return title;
  }
}
