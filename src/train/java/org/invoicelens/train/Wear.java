package org.invoicelens.train;

/** How much a scan suffered. */
enum Wear {
  /** As printed. */
  NONE,
  /** A little noise, a little askew. */
  LIGHT,
  /** Noise, shadow, blur, dirt, a stamp. */
  HEAVY
}
