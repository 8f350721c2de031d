package org.invoicelens.invoice;

import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A currency as it is written on invoices: a code of ISO 4217, a symbol or a common name.
 *
 * @param code its code of ISO 4217; of a symbol that several currencies share, the most common
 */
record CurrencyReading(String code) {

  private static final Set<String> CODES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          // ISO 4217 gives XXX to no currency at all and XTS to tests.
          .filter(code -> !code.equals("XXX") && !code.equals("XTS"))
          .collect(Collectors.toSet());

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("€", "EUR"),
          Map.entry("EURO", "EUR"),
          Map.entry("EUROS", "EUR"),
          Map.entry("$", "USD"),
          Map.entry("US$", "USD"),
          Map.entry("DOLLAR", "USD"),
          Map.entry("DOLLARS", "USD"),
          Map.entry("CA$", "CAD"),
          Map.entry("C$", "CAD"),
          Map.entry("A$", "AUD"),
          Map.entry("£", "GBP"),
          Map.entry("POUND", "GBP"),
          Map.entry("POUNDS", "GBP"),
          Map.entry("¥", "JPY"),
          Map.entry("FR", "CHF"),
          Map.entry("SFR", "CHF"),
          Map.entry("FRANKEN", "CHF"),
          Map.entry("ZŁ", "PLN"),
          Map.entry("KČ", "CZK"),
          Map.entry("KR", "SEK"),
          Map.entry("FT", "HUF"),
          Map.entry("₺", "TRY"),
          Map.entry("₹", "INR"),
          Map.entry("₩", "KRW"),
          Map.entry("₽", "RUB"),
          Map.entry("₴", "UAH"),
          Map.entry("₪", "ILS"),
          Map.entry("R$", "BRL"));

  private static final List<String> WITH_DECIMAL_POINT =
      List.of(
          "USD", "GBP", "AUD", "NZD", "JPY", "CNY", "HKD", "SGD", "INR", "KRW", "THB", "MYR", "PHP",
          "ILS", "MXN", "CHF", "NGN", "KES");

  private static final List<String> WITH_DECIMAL_COMMA =
      List.of(
          "PLN", "CZK", "SEK", "NOK", "DKK", "ISK", "HUF", "RON", "BGN", "RSD", "TRY", "UAH", "RUB",
          "BRL", "ARS", "CLP", "COP", "IDR", "VND");

  static Optional<CurrencyReading> of(String text) {
    String word = text.strip().toUpperCase(Locale.ROOT).replaceAll("\\.$", "");
    String code = NAMES.getOrDefault(word, word);
    return CODES.contains(code) ? Optional.of(new CurrencyReading(code)) : Optional.empty();
  }

  /** How many digits follow the decimal sign of an amount. */
  int digits() {
    return Math.max(0, Currency.getInstance(code).getDefaultFractionDigits());
  }

  /** The decimal sign that amounts in this currency are written with; empty where both are. */
  Optional<Character> decimalSign() {
    if (WITH_DECIMAL_POINT.contains(code)) {
      return Optional.of('.');
    }
    return WITH_DECIMAL_COMMA.contains(code) ? Optional.of(',') : Optional.empty();
  }
}
