package org.invoicelens.invoice;

import java.util.Optional;
import java.util.regex.Pattern;
import org.iban4j.CountryCode;
import org.iban4j.Iban4jException;
import org.iban4j.IbanFormatException;
import org.iban4j.IbanUtil;
import org.iban4j.InvalidCheckDigitException;

/**
 * An IBAN as it is written on invoices, with or without spaces. Nothing in it is ever put right: a
 * letter O that was printed as a zero is a fault like any other.
 *
 * @param compact the text in capitals and without spaces
 * @param fault what is wrong with it; empty where it is right or there is no text
 */
record IbanReading(String compact, Optional<Fault> fault) {

  /** What can be wrong. */
  enum Fault {
    /** It does not begin with two letters and two digits, or has other signs in it. */
    FORM,
    /** Its first two letters are of no country that has IBANs. */
    COUNTRY,
    /** It has more or fewer signs than those of its country. */
    LENGTH,
    /** There is a letter where its country has digits, or a digit where it has letters. */
    SIGNS,
    /** Its check digits do not fit. */
    CHECK_DIGITS
  }

  private static final Pattern LABEL = Pattern.compile("^IBAN[:.]?(?=[A-Z]{2}\\d)");
  private static final Pattern FORM = Pattern.compile("[A-Z]{2}\\d{2}[A-Z0-9]{0,50}");

  static IbanReading of(String text) {
    String compact = LABEL.matcher(CompactText.of(text)).replaceFirst("");
    return new IbanReading(
        compact, compact.isEmpty() ? Optional.empty() : Optional.ofNullable(fault(compact)));
  }

  /** The fault by ISO 13616: signs and length as its registry has them, check digits modulo 97. */
  private static Fault fault(String compact) {
    if (!FORM.matcher(compact).matches()) {
      return Fault.FORM;
    }
    CountryCode country = CountryCode.getByCode(compact.substring(0, 2));
    if (country == null || !IbanUtil.isSupportedCountry(country)) {
      return Fault.COUNTRY;
    }
    if (compact.length() != IbanUtil.getIbanLength(country)) {
      return Fault.LENGTH;
    }
    try {
      IbanUtil.validate(compact);
      return null;
    } catch (InvalidCheckDigitException e) {
      return Fault.CHECK_DIGITS;
    } catch (IbanFormatException e) {
      return Fault.SIGNS;
    } catch (Iban4jException e) {
      return Fault.FORM;
    }
  }

  /** The IBAN without spaces; empty where it is not right. */
  Optional<String> value() {
    return Optional.of(compact).filter(present -> !present.isEmpty() && fault.isEmpty());
  }

  /** The code of its country; empty where it begins with none. */
  String country() {
    return FORM.matcher(compact).matches() ? compact.substring(0, 2) : "";
  }

  /** How many signs the IBANs of its country have. */
  int lengthOfCountry() {
    return IbanUtil.getIbanLength(CountryCode.getByCode(country()));
  }
}
