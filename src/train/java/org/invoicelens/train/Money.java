package org.invoicelens.train;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * How a slip writes its amounts.
 *
 * @param currency its ISO 4217 code
 * @param form how digits are grouped and cents are set apart, see {@link #plain}
 * @param sign how the currency stands by an amount
 */
record Money(String currency, int form, Sign sign) {

  /** How the currency stands by an amount. */
  enum Sign {
    SYMBOL_BEFORE,
    SYMBOL_BEHIND,
    CODE_BEFORE,
    CODE_BEHIND,
    /** In the label. */
    APART
  }

  private static final List<String> COMMON = List.of("EUR", "USD", "GBP");
  private static final List<String> ALL =
      List.of("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "NOK", "DKK");

  static Money any(Dice dice, Phrases phrases) {
    String currency = dice.below(3) < 2 ? dice.of(COMMON) : dice.of(ALL);
    // a language has its habit, and slips that do without
    int form =
        dice.oneIn(3)
            ? dice.below(5)
            : phrases.commaDecimals() ? dice.of(2, 3, 3, 4) : dice.of(0, 0, 1);
    if (currency.equals("CHF") && dice.oneIn(3)) {
      form = 5;
    }
    return new Money(currency, form, dice.of(Sign.values()));
  }

  /** An amount from 1.00 to 99,999.99, of any length alike. */
  static BigDecimal amount(Dice dice) {
    long bound = (long) Math.pow(10, 1 + dice.below(5));
    long whole = bound / 10 + (long) (dice.between(0, 1) * (bound - bound / 10));
    long cents = dice.oneIn(3) ? 0 : dice.below(100);
    return BigDecimal.valueOf(whole * 100 + cents, 2);
  }

  /** An amount as digits. */
  String plain(BigDecimal amount) {
    BigInteger[] parts = amount.unscaledValue().divideAndRemainder(BigInteger.valueOf(100));
    String whole = parts[0].toString();
    String cents = "%02d".formatted(parts[1].intValue());
    return switch (form) {
      case 0 -> whole + "." + cents;
      case 1 -> grouped(whole, ",") + "." + cents;
      case 2 -> grouped(whole, ".") + "," + cents;
      case 3 -> whole + "," + cents;
      case 4 -> grouped(whole, " ") + "," + cents;
      default -> grouped(whole, "'") + "." + cents;
    };
  }

  private static String grouped(String whole, String by) {
    int split = whole.length() - 3;
    return split > 0 ? whole.substring(0, split) + by + whole.substring(split) : whole;
  }

  /** An amount with its currency, unless that stands apart. */
  String full(BigDecimal amount) {
    String symbol =
        switch (currency) {
          case "EUR" -> "€";
          case "USD" -> "$";
          case "GBP" -> "£";
          default -> null;
        };
    String digits = plain(amount);
    return switch (sign) {
      case SYMBOL_BEFORE -> symbol == null ? currency + " " + digits : symbol + digits;
      case SYMBOL_BEHIND -> digits + " " + (symbol == null ? currency : symbol);
      case CODE_BEFORE -> currency + " " + digits;
      case CODE_BEHIND -> digits + " " + currency;
      case APART -> digits;
    };
  }

  /** The label of an amount that carries the currency where it stands apart. */
  String label(Dice dice, String label) {
    if (sign != Sign.APART) {
      return label;
    }
    String bare = label.endsWith(":") ? label.substring(0, label.length() - 1) : label;
    return dice.oneIn(2) ? bare + " " + currency : bare + " (" + currency + ")";
  }
}
