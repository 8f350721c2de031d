package org.invoicelens.invoice;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.iban4j.BicUtil;
import org.iban4j.Iban4jException;

/**
 * A BIC as it is written on invoices: by ISO 9362 four signs for the bank, two letters for its
 * country, two signs for the place, and three more for a branch or none.
 *
 * @param compact the text in capitals and without spaces
 * @param isRight whether it has the form of a BIC
 */
record BicReading(String compact, boolean isRight) {

  private static final Pattern LABEL = Pattern.compile("^(BIC|SWIFT|BIC/SWIFT|SWIFT/BIC)[:.]");

  /**
   * Countries whose banks have IBANs of another: the overseas territories in the EPC's list of SEPA
   * countries, document EPC409-09.
   */
  private static final Set<String> OF_FRANCE =
      Set.of("GF", "GP", "MQ", "RE", "YT", "PM", "BL", "MF", "PF", "NC", "WF", "TF", "MC");

  private static final Set<String> OF_BRITAIN = Set.of("GG", "IM", "JE");

  static BicReading of(String text) {
    String compact = LABEL.matcher(CompactText.of(text)).replaceFirst("");
    return new BicReading(compact, isBic(compact));
  }

  private static boolean isBic(String compact) {
    try {
      BicUtil.validate(compact);
      return true;
    } catch (Iban4jException e) {
      return false;
    }
  }

  /** Whether there is a text that is no BIC. */
  boolean isDoubted() {
    return !compact.isEmpty() && !isRight;
  }

  /** The BIC without spaces; empty where it is not right. */
  Optional<String> value() {
    return Optional.of(compact).filter(any -> isRight);
  }

  /** The code of the bank's country; empty where it is no BIC. */
  String country() {
    return isRight ? compact.substring(4, 6) : "";
  }

  /** Whether both can be of one account; true where one of them is missing or wrong itself. */
  boolean fits(IbanReading iban) {
    return !isRight
        || iban.value().isEmpty()
        || country().equals(iban.country())
        || (iban.country().equals("FR") && OF_FRANCE.contains(country()))
        || (iban.country().equals("GB") && OF_BRITAIN.contains(country()))
        || (iban.country().equals("FI") && country().equals("AX"));
  }
}
