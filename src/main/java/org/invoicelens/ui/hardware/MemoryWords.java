package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.text.Amounts;

/** The memory a precision needs, in words. */
final class MemoryWords {

  private MemoryWords() {}

  /** The sum and whether it fits: {@code 9.0 + 1.3 + 1.0 + 1.5 = 12.8 GiB, fits}. */
  static String sum(MemoryEstimate fit) {
    return text(
        fit.fits() ? "memory.fits" : "memory.tooLarge",
        Amounts.memory(fit.weights()),
        Amounts.memory(fit.kvCache()),
        Amounts.memory(fit.runtime()),
        Amounts.memory(fit.reserve()),
        Amounts.memory(fit.needed()),
        Amounts.memory(fit.available()));
  }

  /** The result alone. */
  static String verdict(MemoryEstimate fit) {
    return text(
        fit.fits() ? "memory.fits.short" : "memory.tooLarge.short", Amounts.memory(fit.needed()));
  }
}
