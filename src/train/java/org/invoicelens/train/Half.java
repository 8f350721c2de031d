package org.invoicelens.train;

/** Which of two worlds a slip is from; what one has, the other never shows. */
enum Half {
  /** Learned from. */
  TRAINING,
  /** Only ever asked: vendors, layouts and fonts that no training slip has. */
  HELD_OUT
}
