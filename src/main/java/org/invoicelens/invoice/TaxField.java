package org.invoicelens.invoice;

import java.util.List;

/** A field of the tax of one rate. */
public enum TaxField implements ListField {
  RATE(
      "rate",
      "tax_rate",
      "vat_rate",
      "percent",
      "percentage",
      "tax_percent",
      "vat_percent",
      "satz",
      "steuersatz",
      "mwst_satz",
      "ust_satz",
      "taux",
      "taux_tva"),
  NET(
      "net",
      "net_amount",
      "base",
      "tax_base",
      "taxable_amount",
      "taxable",
      "basis",
      "netto",
      "nettobetrag",
      "bemessungsgrundlage",
      "base_ht",
      "montant_ht"),
  TAX(
      "tax",
      "tax_amount",
      "amount",
      "vat",
      "vat_amount",
      "gst_amount",
      "value",
      "steuer",
      "steuerbetrag",
      "mwst",
      "mwst_betrag",
      "betrag",
      "montant_tva",
      "montant");

  private final List<String> names;

  TaxField(String... names) {
    this.names = List.of(names);
  }

  @Override
  public InvoiceList list() {
    return InvoiceList.TAXES;
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public boolean isAmount() {
    return true;
  }
}
