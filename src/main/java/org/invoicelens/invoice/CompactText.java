package org.invoicelens.invoice;

import java.util.Locale;

/** A number of an account, a bank or a tax payer without what is printed for the eye only. */
final class CompactText {

  private CompactText() {}

  /** The text in capitals, without spaces of any kind. */
  static String of(String text) {
    return text.replaceAll("[\\s\\p{Z}\\p{Cf}]+", "").toUpperCase(Locale.ROOT);
  }
}
