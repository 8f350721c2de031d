package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number as it is written on invoices, with one or two meanings: {@code 1.250} is one and a
 * quarter where the point is the decimal sign, and one thousand two hundred and fifty where it
 * groups digits. {@code 27,80} has one meaning only.
 *
 * @param decimal its value where the sign in it is the decimal sign; empty where it cannot be
 * @param grouped its value where the sign in it groups digits; empty where it cannot
 * @param sign the sign in question, a point or a comma; empty where there is none, or where it says
 *     nothing about other numbers
 * @param currency the currency beside the number, where there is one
 */
record AmountReading(
    Optional<BigDecimal> decimal,
    Optional<BigDecimal> grouped,
    Optional<Character> sign,
    Optional<CurrencyReading> currency) {

  /** Longest number that is taken for one. */
  private static final int LONGEST = 30;

  private static final Pattern FRAME =
      Pattern.compile(
          "(?<before>[\\p{L}\\p{Sc}.]*?) *(?<minus>[-+(]?) *(?<inner>[\\p{L}\\p{Sc}]*)"
              + " *(?<number>[.,]?\\d[\\d.,' ]*?) *(?<dash>[.,]?--?)?(?<close>\\)?)"
              + " *(?<after>(?:[\\p{L}\\p{Sc}][\\p{L}\\p{Sc}.]*)?)");

  private static final Pattern EXPONENT = Pattern.compile("-?\\d+(\\.\\d+)?[eE][+-]?\\d{1,2}");
  private static final Pattern SPACED = Pattern.compile("(\\d{1,3}(?:[ ']\\d{3})+)([.,]\\d+)?");
  private static final Pattern PLAIN = Pattern.compile("\\d+");
  private static final Pattern ONE_SIGN = Pattern.compile("(\\d*)([.,])(\\d*)");
  private static final Pattern GROUPS =
      Pattern.compile("\\d{1,3}(?:(?<sign>[.,])\\d{3})(?:\\k<sign>\\d{3})*");
  private static final Pattern INDIAN_GROUPS = Pattern.compile("\\d{1,2}(?:,\\d{2})+,\\d{3}");

  private static final AmountReading NONE =
      new AmountReading(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** An amount of money: beside the number there may be nothing but a currency. */
  static AmountReading ofMoney(String text) {
    return of(text, false);
  }

  /** A quantity: a unit may follow the number. */
  static AmountReading ofQuantity(String text) {
    return of(text, true);
  }

  /** A rate in percent. {@code 0.19} without a sign is 19 %. */
  static AmountReading ofRate(String text) {
    String plain = text.strip();
    boolean percent = plain.endsWith("%");
    AmountReading read = ofMoney(percent ? plain.substring(0, plain.length() - 1) : plain);
    boolean share =
        !percent
            && read.decimal()
                .filter(value -> value.signum() > 0 && value.compareTo(BigDecimal.ONE) < 0)
                .isPresent();
    return new AmountReading(
        read.decimal().map(value -> share ? value.movePointRight(2) : value),
        // No rate is a thousand percent.
        Optional.empty(),
        read.sign(),
        Optional.empty());
  }

  private static AmountReading of(String text, boolean unitAllowed) {
    String plain =
        text.strip()
            .replaceAll("[\\u00a0\\u202f\\u2009\\s]+", " ")
            .replaceAll("[−–—]", "-")
            .replace('’', '\'');
    if (plain.length() > LONGEST) {
      return NONE;
    }
    if (EXPONENT.matcher(plain).matches()) {
      return certain(new BigDecimal(plain), Optional.empty());
    }
    Matcher frame = FRAME.matcher(plain);
    if (!frame.matches()) {
      return NONE;
    }
    Optional<CurrencyReading> currency = Optional.empty();
    for (String group : new String[] {"before", "inner", "after"}) {
      String word = frame.group(group);
      if (word.isEmpty()) {
        continue;
      }
      Optional<CurrencyReading> known = CurrencyReading.of(word);
      if (known.isEmpty() && !(unitAllowed && group.equals("after"))) {
        return NONE;
      }
      currency = currency.or(() -> known);
    }
    boolean dash = frame.group("dash") != null;
    boolean trailingMinus = dash && frame.group("dash").equals("-");
    boolean bracketed = frame.group("minus").equals("(") && frame.group("close").equals(")");
    boolean negative = frame.group("minus").equals("-") || bracketed || trailingMinus;
    return number(frame.group("number").strip()).with(negative, currency);
  }

  private static AmountReading number(String digits) {
    Matcher spaced = SPACED.matcher(digits);
    if (spaced.matches()) {
      String whole = spaced.group(1).replaceAll("[ ']", "");
      String fraction = spaced.group(2);
      return fraction == null
          ? certain(new BigDecimal(whole), Optional.empty())
          : certain(value(whole, fraction.substring(1)), Optional.of(fraction.charAt(0)));
    }
    if (PLAIN.matcher(digits).matches()) {
      return certain(new BigDecimal(digits), Optional.empty());
    }
    if (GROUPS.matcher(digits).matches() || INDIAN_GROUPS.matcher(digits).matches()) {
      return groups(digits);
    }
    Matcher one = ONE_SIGN.matcher(digits);
    if (one.matches()) {
      return certain(
          value(one.group(1), one.group(3)),
          one.group(3).isEmpty() ? Optional.empty() : Optional.of(one.group(2).charAt(0)));
    }
    int last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
    if (last < 0) {
      return NONE;
    }
    String whole = digits.substring(0, last);
    char decimalSign = digits.charAt(last);
    boolean grouped =
        whole.indexOf(decimalSign) < 0
            && (GROUPS.matcher(whole).matches() || INDIAN_GROUPS.matcher(whole).matches());
    return grouped
        ? certain(
            value(whole.replaceAll("[.,]", ""), digits.substring(last + 1)),
            Optional.of(decimalSign))
        : NONE;
  }

  /** Digits in groups of three; with a single sign that may be the decimal sign as well. */
  private static AmountReading groups(String digits) {
    char sign = digits.contains(".") ? '.' : ',';
    int first = digits.indexOf(sign);
    boolean single = first == digits.lastIndexOf(sign);
    BigDecimal grouped = new BigDecimal(digits.replaceAll("[.,]", ""));
    BigDecimal decimal =
        single ? value(digits.substring(0, first), digits.substring(first + 1)) : null;
    // No number that is grouped begins with a zero.
    boolean groupable = !digits.startsWith("0");
    return new AmountReading(
        Optional.ofNullable(decimal),
        groupable ? Optional.of(grouped) : Optional.empty(),
        Optional.of(sign),
        Optional.empty());
  }

  private static BigDecimal value(String whole, String fraction) {
    return new BigDecimal(
        (whole.isEmpty() ? "0" : whole) + (fraction.isEmpty() ? "" : "." + fraction));
  }

  private static AmountReading certain(BigDecimal value, Optional<Character> sign) {
    return new AmountReading(Optional.of(value), Optional.empty(), sign, Optional.empty());
  }

  private AmountReading with(boolean negative, Optional<CurrencyReading> beside) {
    return negative
        ? new AmountReading(
            decimal.map(BigDecimal::negate), grouped.map(BigDecimal::negate), sign, beside)
        : new AmountReading(decimal, grouped, sign, beside);
  }

  /** Whether it is a number at all. */
  boolean isNumber() {
    return decimal.isPresent() || grouped.isPresent();
  }

  /** Whether it can be two numbers. */
  boolean isAmbiguous() {
    return decimal.isPresent() && grouped.isPresent();
  }

  /** The decimal sign that this number proves for its document; empty where it proves none. */
  Optional<Character> provenDecimalSign() {
    if (isAmbiguous() || !isNumber()) {
      return Optional.empty();
    }
    return decimal.isPresent() ? sign : sign.map(groups -> groups == '.' ? ',' : '.');
  }
}
