package org.invoicelens.invoice;

import java.util.List;

/** A list that an invoice has: its line items, or its taxes for each rate. */
public enum InvoiceList {
  LINES(
      "items",
      "line_items",
      "lines",
      "invoice_lines",
      "invoice_items",
      "positions",
      "products",
      "articles",
      "entries",
      "positionen",
      "posten",
      "artikel",
      "lignes"),
  TAXES(
      "taxes",
      "tax_lines",
      "tax_breakdown",
      "tax_details",
      "tax_summary",
      "tax_rates",
      "tax_subtotals",
      "vat",
      "vats",
      "vat_lines",
      "vat_breakdown",
      "vat_details",
      "vat_summary",
      "vat_rates",
      "tax",
      "steuern",
      "steuer",
      "steuersaetze",
      "mwst",
      "mehrwertsteuer",
      "umsatzsteuer",
      "ust",
      "tva",
      "taux_tva");

  private final List<String> names;

  InvoiceList(String... names) {
    this.names = List.of(names);
  }

  /** Its path in records, edits, doubts and exports. */
  public String path() {
    return names.getFirst();
  }

  /** The path of one row, such as {@code items[0]}. */
  public String path(int row) {
    return path() + "[" + row + "]";
  }

  /** The keys it goes by in answers, as {@link FieldPlaces} spells keys; the best of them first. */
  List<String> names() {
    return names;
  }

  /** The fields of each row, in order. */
  public List<ListField> fields() {
    return switch (this) {
      case LINES -> List.of(LineField.values());
      case TAXES -> List.of(TaxField.values());
    };
  }

  /** What a row is that is a mere value and has no fields. */
  ListField whole() {
    return switch (this) {
      case LINES -> LineField.DESCRIPTION;
      case TAXES -> TaxField.TAX;
    };
  }
}
