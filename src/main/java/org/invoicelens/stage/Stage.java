package org.invoicelens.stage;

/** A step on the way from a configuration file to the fields of an invoice, in order. */
public enum Stage {
  CONFIGURATION,
  HARDWARE,
  DOWNLOAD,
  VERIFICATION,
  INITIALIZATION,
  OPTIMIZATION,
  INFERENCE;

  private static final Words WORDS = Words.of(Stage.class);

  /** The stage's name as a user reads it. */
  public String title() {
    return WORDS.text("stage." + name());
  }
}
