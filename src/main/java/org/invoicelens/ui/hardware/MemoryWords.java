package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.text.Amounts;

/** The memory a precision needs, in words. */
final class MemoryWords {

  private MemoryWords() {}

  /**
   * A line of the sum.
   *
   * @param sign what stands before it
   * @param name what it is for
   * @param amount how much
   */
  record Line(String sign, String name, String amount) {}

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

  /** The sum line by line, with what remains or lacks at the end. */
  static List<Line> lines(MemoryEstimate fit) {
    long left = fit.available() - fit.needed();
    return List.of(
        new Line("", text("memory.sum.weights"), Amounts.memory(fit.weights())),
        new Line("+", text("memory.sum.kv-cache"), Amounts.memory(fit.kvCache())),
        new Line("+", text("memory.sum.runtime"), Amounts.memory(fit.runtime())),
        new Line("+", text("memory.sum.reserve"), Amounts.memory(fit.reserve())),
        new Line("=", text("memory.sum.needed"), Amounts.memory(fit.needed())),
        new Line("", text("memory.sum.available"), Amounts.memory(fit.available())),
        new Line(
            "",
            text(left < 0 ? "memory.sum.lacks" : "memory.sum.left"),
            Amounts.memory(Math.abs(left))));
  }
}
