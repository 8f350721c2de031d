package org.invoicelens.invoice;

import java.util.List;

/** A field of one line item. */
public enum LineField implements ListField {
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
  UNIT(
      "unit",
      "uom",
      "unit_of_measure",
      "measure",
      "quantity_unit",
      "unit_code",
      "einheit",
      "mengeneinheit",
      "me",
      "unite"),
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
      "total_ht"),
  TAX_RATE(
      "tax_rate",
      "vat_rate",
      "gst_rate",
      "tax_percent",
      "vat_percent",
      "tax_percentage",
      "vat_percentage",
      "tax",
      "vat",
      "steuersatz",
      "mwst_satz",
      "ust_satz",
      "mwst",
      "ust",
      "taux_tva",
      "tva");

  private final List<String> names;

  LineField(String... names) {
    this.names = List.of(names);
  }

  @Override
  public InvoiceList list() {
    return InvoiceList.LINES;
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public boolean isAmount() {
    return this != DESCRIPTION && this != UNIT;
  }
}
