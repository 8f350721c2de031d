package org.invoicelens.invoice;

/**
 * A reason not to trust a field as it stands.
 *
 * @param path the field, such as {@code total} or {@code items[0].amount}; empty where it is about
 *     the document as a whole
 * @param check what did not hold
 * @param reason a sentence for the user, with the numbers in it
 */
public record Doubt(String path, Check check, String reason) {

  /** What is checked. */
  public enum Check {
    /** The answer holds a field at all. */
    ANY_FIELD,
    /** The answer came to its end. */
    COMPLETE,
    /** The model was given every page. */
    ALL_PAGES,
    /** Seller, number, date and total are there. */
    PRESENT,
    /** A date is one. */
    DATE,
    /** Day and month of a date are told apart. */
    DATE_ORDER,
    /** A date lies in a time that makes sense. */
    DATE_RANGE,
    /** Due on its date or later. */
    DUE_AFTER_DATE,
    /** The currency is known. */
    CURRENCY,
    /** An amount is a number. */
    AMOUNT,
    /** Decimal sign and grouping of an amount are told apart. */
    DECIMAL_SIGN,
    /** Quantity times unit price is the line's amount. */
    LINE,
    /** The lines make the net amount, or the total. */
    LINES,
    /** Net and tax make the total. */
    TOTAL,
    /** The rate of the net amount is the tax. */
    TAX,
    /** The taxes for each rate make the tax as a whole, and their net amounts the net amount. */
    TAXES,
    /** The lines of one rate make the net amount at this rate. */
    LINES_OF_RATE,
    /** Form and check digits of a VAT id are right. */
    VAT_ID,
    /** Length and check digits of an IBAN are right. */
    IBAN,
    /** A BIC has the form of one. */
    BIC,
    /** BIC and IBAN are of one country. */
    BANK_COUNTRY,
    /** The model was sure of what it read. */
    CONFIDENCE
  }
}
