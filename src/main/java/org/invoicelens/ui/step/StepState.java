package org.invoicelens.ui.step;

/** Where a step of the wizard stands. */
public enum StepState {
  /** Nothing was done yet. */
  WAITING,
  /** Its stage runs. */
  WORKING,
  /** Its stage was stopped by the user and can go on. */
  PAUSED,
  DONE,
  FAILED
}
