package org.invoicelens.invoice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address as it is printed, taken apart as far as that is clear.
 *
 * @param street what stands before the place, in one line; the whole address where no place is
 *     found
 * @param postcode empty where none is found
 * @param city empty where none is found
 * @param country the code of ISO 3166, where the address names it, or its postcode and the party's
 *     VAT id agree
 */
record PostalAddress(String street, String postcode, String city, Optional<String> country) {

  /** Languages in which the country is looked for. */
  private static final List<Locale> LANGUAGES =
      List.of(
          Locale.ENGLISH,
          Locale.GERMAN,
          Locale.FRENCH,
          Locale.ITALIAN,
          Locale.of("es"),
          Locale.of("nl"));

  private static final Map<String, String> COUNTRIES = countries();

  /** The signs of vehicles, which stand before postcodes. */
  private static final Map<String, String> SIGNS =
      Map.of(
          "D", "DE", "A", "AT", "F", "FR", "I", "IT", "B", "BE", "L", "LU", "E", "ES", "P", "PT",
          "S", "SE", "N", "NO");

  private static final Map<String, String> POSTCODES =
      Map.ofEntries(
          Map.entry("AT", "\\d{4}"),
          Map.entry("BE", "\\d{4}"),
          Map.entry("BG", "\\d{4}"),
          Map.entry("CH", "\\d{4}"),
          Map.entry("CY", "\\d{4}"),
          Map.entry("CZ", "\\d{3} ?\\d{2}"),
          Map.entry("DE", "\\d{5}"),
          Map.entry("DK", "\\d{4}"),
          Map.entry("EE", "\\d{5}"),
          Map.entry("ES", "\\d{5}"),
          Map.entry("FI", "\\d{5}"),
          Map.entry("FR", "\\d{5}"),
          Map.entry("GB", "[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}"),
          Map.entry("GR", "\\d{3} ?\\d{2}"),
          Map.entry("HR", "\\d{5}"),
          Map.entry("HU", "\\d{4}"),
          Map.entry("IE", "[A-Z]\\d[\\dW] ?[A-Z\\d]{4}"),
          Map.entry("IT", "\\d{5}"),
          Map.entry("LT", "\\d{5}"),
          Map.entry("LU", "\\d{4}"),
          Map.entry("LV", "\\d{4}"),
          Map.entry("MT", "[A-Z]{3} ?\\d{4}"),
          Map.entry("NL", "\\d{4} ?[A-Z]{2}"),
          Map.entry("NO", "\\d{4}"),
          Map.entry("PL", "\\d{2}-\\d{3}"),
          Map.entry("PT", "\\d{4}-\\d{3}"),
          Map.entry("RO", "\\d{6}"),
          Map.entry("SE", "\\d{3} ?\\d{2}"),
          Map.entry("SI", "\\d{4}"),
          Map.entry("SK", "\\d{3} ?\\d{2}"));

  /** A place with its postcode in front, as on the continent, or behind it, as in Britain. */
  private static final Pattern PLACE =
      Pattern.compile(
          "(?:(?<sign>[A-Z]{1,3})[- –])?(?<code>\\d{2}-\\d{3}|\\d{4}-\\d{3}|\\d{3} \\d{2}"
              + "|\\d{4} ?[A-Z]{2}(?= )|\\d{4,6})\\s+(?<city>\\p{L}.*)");

  private static final Pattern BRITISH =
      Pattern.compile("(?:(?<city>\\p{L}.*?)\\s+)?(?<code>[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2})");

  /**
   * @param vatId the party's VAT id without spaces, where it is right
   */
  static PostalAddress of(String text, Optional<String> vatId) {
    List<String> parts =
        new ArrayList<>(
            Arrays.stream(text.strip().split("\\s*[,;\\r\\n|·•]+\\s*"))
                .filter(part -> !part.isBlank())
                .toList());
    Optional<String> named = Optional.empty();
    if (parts.size() > 1) {
      named = Optional.ofNullable(COUNTRIES.get(parts.getLast().toLowerCase(Locale.ROOT)));
      if (named.isPresent()) {
        parts.removeLast();
      }
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      Matcher place = PLACE.matcher(parts.get(i));
      Matcher british = BRITISH.matcher(parts.get(i));
      if (place.matches()) {
        String sign = place.group("sign");
        Optional<String> signed = sign == null ? Optional.empty() : country(sign);
        return at(
            parts, i, place.group("code"), place.group("city"), named.or(() -> signed), vatId);
      }
      if (british.matches()) {
        String city = british.group("city");
        boolean alone = city == null && i > 0;
        return at(
            parts,
            alone ? i - 1 : i,
            british.group("code"),
            alone ? parts.get(i - 1) : city == null ? "" : city,
            named,
            vatId);
      }
    }
    return new PostalAddress(String.join(", ", parts), "", "", named);
  }

  private static PostalAddress at(
      List<String> parts,
      int place,
      String postcode,
      String city,
      Optional<String> named,
      Optional<String> vatId) {
    Optional<String> registered =
        vatId
            .map(PostalAddress::countryOf)
            .filter(country -> postcode.matches(POSTCODES.getOrDefault(country, "")));
    return new PostalAddress(
        String.join(", ", parts.subList(0, place)),
        postcode,
        city.strip(),
        named.or(() -> registered));
  }

  private static Optional<String> country(String sign) {
    return Optional.ofNullable(SIGNS.get(sign))
        .or(() -> Optional.of(sign).filter(POSTCODES::containsKey));
  }

  /** The country of a VAT id, which Greece and Northern Ireland have letters of their own for. */
  private static String countryOf(String vatId) {
    String letters = vatId.substring(0, 2);
    return switch (letters) {
      case "EL" -> "GR";
      case "XI" -> "GB";
      default -> letters;
    };
  }

  private static Map<String, String> countries() {
    Map<String, String> names = new HashMap<>();
    for (String code : Locale.getISOCountries()) {
      Locale country = Locale.of("", code);
      names.put(code.toLowerCase(Locale.ROOT), code);
      for (Locale language : LANGUAGES) {
        names.putIfAbsent(country.getDisplayCountry(language).toLowerCase(Locale.ROOT), code);
      }
    }
    names.put("uk", "GB");
    names.put("great britain", "GB");
    names.put("england", "GB");
    names.put("usa", "US");
    names.put("holland", "NL");
    return Map.copyOf(names);
  }
}
