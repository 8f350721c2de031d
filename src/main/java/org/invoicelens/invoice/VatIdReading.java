package org.invoicelens.invoice;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A VAT id as it is written on invoices, with or without spaces, points and hyphens. Nothing in it
 * is ever put right.
 *
 * @param compact the id without what is printed for the eye only; the text where it is no id
 * @param country the letters that it begins with; empty where these are no country's
 * @param fault what is wrong with it; empty where nothing is, or nothing can be known
 */
record VatIdReading(String compact, String country, Optional<Fault> fault) {

  /** What can be wrong. */
  enum Fault {
    /** It does not begin with the letters of a country. */
    COUNTRY,
    /** It has not the form of those of its country. */
    FORM,
    /** Its check digits do not fit. */
    CHECK_DIGITS
  }

  private static final Pattern LABEL =
      Pattern.compile(
          "^(UST-?ID-?(NR|NO)?|UID-?(NR)?|VAT(ID|NO|REGNO|NUMBER)?|MWST-?NR|TVA|BTW|P\\.?IVA)[.:]+");

  private static final Pattern ID = Pattern.compile("(?=.*\\d)([A-Z]{2})([A-Z0-9+*]{1,15})");

  /** Norwegians leave the letters of their country away. */
  private static final Pattern NORWEGIAN = Pattern.compile("\\d{9}MVA");

  static VatIdReading of(String text) {
    String signs = LABEL.matcher(CompactText.of(text)).replaceFirst("").replaceAll("[-./]", "");
    Matcher id = ID.matcher(NORWEGIAN.matcher(signs).matches() ? "NO" + signs : signs);
    if (!id.matches()) {
      return new VatIdReading(
          signs, "", signs.isEmpty() ? Optional.empty() : Optional.of(Fault.COUNTRY));
    }
    return new VatIdReading(id.group(), id.group(1), VatIdRule.fault(id.group(1), id.group(2)));
  }

  /** The id; empty where it is not right. */
  Optional<String> value() {
    return Optional.of(compact).filter(present -> !country.isEmpty() && fault.isEmpty());
  }
}
