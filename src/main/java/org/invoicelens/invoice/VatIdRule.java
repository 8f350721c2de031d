package org.invoicelens.invoice;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.invoicelens.invoice.VatIdReading.Fault;

/**
 * The form of the VAT ids of a country and how their check digits are made.
 *
 * <p>Where nothing else is named, forms and check digits are those that the European Commission
 * published as "VIES VAT number construction rules", functional description, version 15.0. Some
 * countries give ids to persons whose check digits that paper does not tell; of these the form
 * alone is looked at.
 */
enum VatIdRule {
  /** The Luhn sum of the first seven digits, to which 4 is added. */
  AT("U\\d{8}", id -> (luhn(id.substring(1, 8)) + 4 + digit(id, 8)) % 10 == 0),

  /** The last two digits make the others divisible by 97. */
  BE("[01]\\d{9}", id -> (number(id, 0, 8) + number(id, 8, 10)) % 97 == 0),

  /** Of ten digits, which persons have, the form alone. */
  BG("\\d{9,10}", id -> id.length() == 10 || twice(id, "12345678", "3456789:")),

  /** Digits at odd places count as a table says; the sum modulo 26 is a letter. */
  CY("[013459]\\d{7}[A-Z]", VatIdRule::isCypriot),

  /** Of nine and ten digits, which persons have, the form alone. */
  CZ(
      "\\d{8,10}",
      id -> id.length() > 8 || digit(id, 7) == (11 - sum(id, 8, 7, 6, 5, 4, 3, 2) % 11) % 10),

  /** ISO 7064, modulo 11 and 10. */
  DE("[1-9]\\d{8}", VatIdRule::isIso7064),

  DK("[1-9]\\d{7}", id -> sum(id, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0),

  EE("\\d{9}", id -> sum(id, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0),

  /** Greece, which does not use the letters that ISO 3166 gives it. */
  EL("\\d{9}", id -> sum(id, 256, 128, 64, 32, 16, 8, 4, 2) % 11 % 10 == digit(id, 8)),

  /** Companies have a digit or a letter at the end, persons a letter from a table of 23. */
  ES("[A-HJNP-SUVW]\\d{7}[0-9A-J]|[XYZKLM0-9]\\d{7}[A-Z]", VatIdRule::isSpanish),

  FI("\\d{8}", id -> sum(id, 7, 9, 10, 5, 8, 4, 2, 1) % 11 == 0),

  /** A SIREN with its own Luhn digit behind a key of two digits, or of signs without I and O. */
  FR("[0-9A-HJ-NP-Z]{2}\\d{9}", VatIdRule::isFrench),

  /** Nine digits, three more for a branch; departments and health authorities have no check. */
  GB("\\d{9}(\\d{3})?|GD[0-4]\\d{2}|HA[5-9]\\d{2}", VatIdRule::isBritish),

  HR("\\d{11}", VatIdRule::isIso7064),

  HU("\\d{8}", id -> sum(id, 9, 7, 3, 1, 9, 7, 3, 1) % 10 == 0),

  /** Old ids have a letter or sign at the second place, new ones may have a second letter. */
  IE("\\d{7}[A-W][A-IW]?|\\d[A-Z+*]\\d{5}[A-W]", VatIdRule::isIrish),

  /** Luhn. */
  IT("\\d{11}", id -> luhn(id) % 10 == 0),

  /** Nine digits for companies, twelve for others, weighted a second time where 10 is left. */
  LT(
      "\\d{7}1\\d|\\d{10}1\\d",
      id ->
          id.length() == 9
              ? twice(id, "12345678", "34567891")
              : twice(id, "12345678912", "34567891234")),

  LU("\\d{8}", id -> number(id, 0, 6) % 89 == number(id, 6, 8)),

  /** Of persons, whose ids begin with 0 to 3, the form alone. */
  LV("\\d{11}", id -> digit(id, 0) <= 3 || sum(id, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1) % 11 == 3),

  MT("[1-9]\\d{7}", id -> sum(id, 3, 4, 6, 7, 8, 9, 10, 1) % 37 == 0),

  /** Modulo 11 of the digits or, since 2020, modulo 97 of all signs as in ISO 7064. */
  NL(
      "\\d{9}B\\d{2}",
      id ->
          sum(id, 9, 8, 7, 6, 5, 4, 3, 2) % 11 == digit(id, 8)
              // N, L and B are 23, 21 and 11 there.
              || modulo97("2321" + id.replace("B", "11")) == 1),

  PL("\\d{10}", id -> sum(id, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == digit(id, 9)),

  PT("[1-9]\\d{8}", id -> (11 - sum(id, 9, 8, 7, 6, 5, 4, 3, 2) % 11) % 11 % 10 == digit(id, 8)),

  /** Two to ten digits, weighted from the last one on. */
  RO("[1-9]\\d{1,9}", VatIdRule::isRomanian),

  /** Luhn over the first ten, behind them a number from 01 on. */
  SE("\\d{10}(?!00)\\d{2}", id -> luhn(id.substring(0, 10)) % 10 == 0),

  SI("[1-9]\\d{7}", VatIdRule::isSlovenian),

  SK("[1-9]\\d[2-47-9]\\d{7}", id -> Long.parseLong(id) % 11 == 0),

  /** Switzerland: the UID of eCH-0097, modulo 11, with or without what the tax is called. */
  CH("E\\d{9}(MWST|TVA|IVA|VAT)?", id -> sum(id.substring(1), 5, 4, 3, 2, 7, 6, 5, 4, 1) % 11 == 0),

  /** Norway: the number of the register in Brønnøysund, modulo 11. */
  NO("\\d{9}(MVA)?", id -> sum(id, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0);

  private static final Map<String, VatIdRule> BY_LETTERS =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  /** The letters before ids of Northern Ireland, and before those of the EU's one-stop shop. */
  private static final Set<String> OTHERS = Set.of("XI", "EU");

  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

  private static final String SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
  private static final String FRENCH_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  private static final String IRISH_LETTERS = "WABCDEFGHIJKLMNOPQRSTUV";

  private final Pattern form;
  private final Predicate<String> check;

  /**
   * @param form what stands behind the country's letters
   * @param check whether the check digits of something in this form are right
   */
  VatIdRule(String form, Predicate<String> check) {
    this.form = Pattern.compile(form);
    this.check = check;
  }

  /**
   * What is wrong with an id; empty where nothing is, or the country's rule is not known.
   *
   * @param letters the two letters that it begins with
   * @param id what stands behind them
   */
  static Optional<Fault> fault(String letters, String id) {
    VatIdRule rule = BY_LETTERS.get(letters.equals("XI") ? "GB" : letters);
    if (rule == null) {
      boolean known =
          OTHERS.contains(letters) || (COUNTRIES.contains(letters) && !letters.equals("GR"));
      return known ? Optional.empty() : Optional.of(Fault.COUNTRY);
    }
    if (!rule.form.matcher(id).matches()) {
      return Optional.of(Fault.FORM);
    }
    return rule.check.test(id) ? Optional.empty() : Optional.of(Fault.CHECK_DIGITS);
  }

  private static int digit(String id, int at) {
    return Character.digit(id.charAt(at), 10);
  }

  private static int number(String id, int from, int to) {
    return Integer.parseInt(id, from, to, 10);
  }

  /** The sum of the first digits, each times its weight. */
  private static int sum(String id, int... weights) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * digit(id, i);
    }
    return sum;
  }

  /** The Luhn sum of ISO/IEC 7812: from the last digit on, every second one is doubled. */
  private static int luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digit(digits, digits.length() - 1 - i);
      int counted = i % 2 == 0 ? digit : 2 * digit;
      sum += counted > 9 ? counted - 9 : counted;
    }
    return sum;
  }

  /** The hybrid system of ISO 7064 with modulo 11 and 10. */
  private static boolean isIso7064(String id) {
    int product = 10;
    for (int i = 0; i < id.length() - 1; i++) {
      int sum = (digit(id, i) + product) % 10;
      product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    return (11 - product) % 10 == digit(id, id.length() - 1);
  }

  private static int modulo97(String digits) {
    int rest = 0;
    for (int i = 0; i < digits.length(); i++) {
      rest = (10 * rest + digit(digits, i)) % 97;
    }
    return rest;
  }

  /** Modulo 11, with the second weights where the first ones leave 10. */
  private static boolean twice(String id, String first, String second) {
    int rest = sum(id, weights(first)) % 11;
    int check = rest == 10 ? sum(id, weights(second)) % 11 % 10 : rest;
    return check == digit(id, id.length() - 1);
  }

  /** Weights as signs: the digits, and a colon, which follows the 9, for 10. */
  private static int[] weights(String signs) {
    return signs.chars().map(sign -> sign - '0').toArray();
  }

  private static boolean isCypriot(String id) {
    int[] odd = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += i % 2 == 0 ? odd[digit(id, i)] : digit(id, i);
    }
    return 'A' + sum % 26 == id.charAt(8);
  }

  private static boolean isSpanish(String id) {
    char first = id.charAt(0);
    char last = id.charAt(8);
    int person = Character.isDigit(first) ? 0 : "XYZ".indexOf(first);
    if (person >= 0) {
      String digits = Character.isDigit(first) ? id.substring(0, 8) : person + id.substring(1, 8);
      return SPANISH_LETTERS.charAt(Integer.parseInt(digits) % 23) == last;
    }
    if ("KLM".indexOf(first) >= 0) {
      return SPANISH_LETTERS.charAt(number(id, 1, 8) % 23) == last || isSpanishCompany(id);
    }
    return isSpanishCompany(id);
  }

  private static boolean isSpanishCompany(String id) {
    // A zero in the place of the check digit leaves what it has to be.
    int check = (10 - luhn(id.substring(1, 8) + "0") % 10) % 10;
    char last = id.charAt(8);
    boolean letter = "JABCDEFGHI".charAt(check) == last;
    boolean digit = '0' + check == last;
    return switch (id.charAt(0)) {
      case 'A', 'B', 'E', 'H' -> digit;
      case 'P', 'Q', 'R', 'S', 'W', 'K', 'L', 'M' -> letter;
      default -> letter || digit;
    };
  }

  private static boolean isFrench(String id) {
    String siren = id.substring(2);
    // Monaco's, which begin so, have no Luhn digit.
    boolean luhn = siren.startsWith("000") || luhn(siren) % 10 == 0;
    int first = FRENCH_SIGNS.indexOf(id.charAt(0));
    int second = FRENCH_SIGNS.indexOf(id.charAt(1));
    if (first < 10 && second < 10) {
      return luhn && (12 + 3 * (Long.parseLong(siren) % 97)) % 97 == 10 * first + second;
    }
    int key = first < 10 ? 24 * first + second - 10 : 34 * first + second - 100;
    return luhn && (Long.parseLong(siren) + 1 + key / 11) % 11 == key % 11;
  }

  private static boolean isBritish(String id) {
    if (!Character.isDigit(id.charAt(0))) {
      return true;
    }
    int rest = (sum(id, 8, 7, 6, 5, 4, 3, 2) + number(id, 7, 9)) % 97;
    // 55 is added to ids given since 2010.
    return rest == 0 || rest == 42;
  }

  private static boolean isIrish(String id) {
    boolean old = !Character.isDigit(id.charAt(1));
    String digits = old ? "0" + id.substring(2, 7) + id.charAt(0) : id.substring(0, 7);
    int more = id.length() == 9 ? 9 * IRISH_LETTERS.indexOf(id.charAt(8)) : 0;
    return IRISH_LETTERS.charAt((sum(digits, 8, 7, 6, 5, 4, 3, 2) + more) % 23) == id.charAt(7);
  }

  private static boolean isRomanian(String id) {
    String digits = "0".repeat(10 - id.length()) + id;
    return 10 * sum(digits, 7, 5, 3, 2, 1, 7, 5, 3, 2) % 11 % 10 == digit(digits, 9);
  }

  private static boolean isSlovenian(String id) {
    int check = 11 - sum(id, 8, 7, 6, 5, 4, 3, 2) % 11;
    return check != 11 && check % 10 == digit(id, 7);
  }
}
