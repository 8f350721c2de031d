package org.invoicelens.invoice;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Units as they are printed, by the codes that e-invoices have for them: those of UN/ECE
 * Recommendation 20, and behind an X the packages of Recommendation 21.
 */
final class UnitCode {

  /** What is counted without a unit. */
  static final String ONE = "C62";

  private static final Map<String, String> CODES = new HashMap<>();

  static {
    put("H87", "stk", "stck", "st", "stück", "stueck", "pc", "pcs", "pce", "piece", "pieces");
    put("H87", "pièce", "pièces", "pza", "pz", "szt");
    put("EA", "ea", "each");
    put("C62", "unit", "units", "unité", "unités", "einheit", "einheiten", "x", "mal");
    put("MIN", "min", "mins", "minute", "minutes", "minuten");
    put("HUR", "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures");
    put("HUR", "ora", "ore", "hora", "horas", "uur", "uren");
    put("DAY", "day", "days", "tag", "tage", "tagessatz", "jour", "jours", "giorni", "días");
    put("DAY", "pt", "personentag", "personentage", "manntag", "manntage");
    put("WEE", "week", "weeks", "wk", "woche", "wochen", "semaine", "semaines");
    put("MON", "month", "months", "mon", "monat", "monate", "mois", "mese", "mesi");
    put("ANN", "year", "years", "yr", "jahr", "jahre", "an", "ans", "année", "années");
    put("MGM", "mg");
    put("GRM", "g", "gr", "gramm", "gram", "grams");
    put("KGM", "kg", "kgs", "kilo", "kilos", "kilogramm", "kilogram", "kilograms");
    put("TNE", "t", "to", "tonne", "tonnen", "tonnes");
    put("LBR", "lb", "lbs");
    put("MLT", "ml", "milliliter");
    put("LTR", "l", "ltr", "liter", "litre", "litres", "litri");
    put("MMT", "mm");
    put("CMT", "cm");
    put("MTR", "m", "mtr", "meter", "metre", "metres", "mètre", "mètres");
    put("LM", "lfm", "lfdm", "lfd m", "lm");
    put("KMT", "km", "kilometer", "kilometre");
    put("MTK", "m2", "m²", "qm", "sqm");
    put("MTQ", "m3", "m³", "cbm");
    put("KWH", "kwh");
    put("MWH", "mwh");
    put("PR", "paar", "paare", "pair", "pairs", "paire", "paires");
    put("SET", "set", "sets", "satz", "sätze");
    put("DZN", "dutzend", "dozen", "dz");
    put("LS", "psch", "pausch", "pauschal", "pauschale", "pauschalen", "lump sum", "flat");
    put("LS", "flat rate", "forfait");
    put("XPK", "pack", "packs", "packung", "packungen", "pkg", "pck", "vpe", "paket", "pakete");
    put("XCT", "karton", "kartons", "krt", "ktn", "carton", "cartons");
    put("XBX", "box", "boxes", "kiste", "kisten");
    put("XBO", "flasche", "flaschen", "fl", "bottle", "bottles", "bouteille", "bouteilles");
    put("XRO", "rolle", "rollen", "rll", "roll", "rolls");
    put("XSA", "sack", "säcke", "sacks");
    put("XPX", "palette", "paletten", "pal", "pallet", "pallets");
  }

  private UnitCode() {}

  private static void put(String code, String... names) {
    for (String name : names) {
      CODES.put(name, code);
    }
  }

  /** The code of a unit; empty where it is none that is known. */
  static Optional<String> of(String unit) {
    String plain =
        unit.strip().toLowerCase(Locale.ROOT).replaceAll("[.]", "").replaceAll("\\s+", " ");
    return plain.isEmpty() ? Optional.of(ONE) : Optional.ofNullable(CODES.get(plain));
  }
}
