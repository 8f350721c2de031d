package org.invoicelens.invoice;

import java.util.List;

/** A field of one line item. */
public enum LineField {
  DESCRIPTION(
      "description",
      "name",
      "item",
      "text",
      "product",
      "product_name",
      "title",
      "article",
      "service",
      "details",
      "bezeichnung",
      "beschreibung",
      "artikel",
      "leistung",
      "designation",
      "libelle"),
  QUANTITY("quantity", "qty", "count", "units", "hours", "menge", "anzahl", "stueck", "quantite"),
  UNIT_PRICE(
      "unit_price",
      "price_per_unit",
      "unit_cost",
      "price_each",
      "price",
      "rate",
      "einzelpreis",
      "stueckpreis",
      "preis",
      "prix_unitaire",
      "prix"),
  AMOUNT(
      "amount",
      "line_total",
      "total",
      "total_price",
      "total_amount",
      "line_amount",
      "net_amount",
      "net",
      "subtotal",
      "sum",
      "betrag",
      "gesamt",
      "gesamtpreis",
      "summe",
      "montant",
      "montant_ht",
      "total_ht");

  private static final String LINES = "items";

  private final List<String> names;

  LineField(String... names) {
    this.names = List.of(names);
  }

  /** Its key in an exported line. */
  public String key() {
    return names.getFirst();
  }

  /** Its path in records, edits, doubts and exports, such as {@code items[0].amount}. */
  public String path(int line) {
    return linePath(line) + "." + key();
  }

  /** The path of a whole line, such as {@code items[0]}. */
  public static String linePath(int line) {
    return LINES + "[" + line + "]";
  }

  /** The keys it goes by in answers, as {@link FieldPlaces} spells keys; the best of them first. */
  List<String> names() {
    return names;
  }

  /** Whether it is a number. */
  public boolean isAmount() {
    return this != DESCRIPTION;
  }
}
