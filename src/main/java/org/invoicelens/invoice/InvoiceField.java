package org.invoicelens.invoice;

import java.util.List;

/** A field that an invoice has once. */
public enum InvoiceField {
  VENDOR("vendor", FieldNames.SELLER, List.of("name"), List.of()),
  VENDOR_ADDRESS("vendor_address", FieldNames.SELLER, FieldNames.ADDRESS, FieldNames.ADDRESS),
  VENDOR_VAT_ID("vendor_vat_id", FieldNames.SELLER, FieldNames.VAT_ID, FieldNames.LONE_VAT_ID),
  BUYER("buyer", FieldNames.BUYER, List.of("name"), List.of()),
  BUYER_ADDRESS("buyer_address", FieldNames.BUYER, FieldNames.ADDRESS, List.of("billing_address")),
  BUYER_VAT_ID("buyer_vat_id", FieldNames.BUYER, FieldNames.VAT_ID, List.of()),
  NUMBER(
      "number",
      "invoice_number",
      "invoice_no",
      "invoice_nr",
      "invoice_id",
      "bill_number",
      "document_number",
      "receipt_number",
      "nummer",
      "rechnungsnummer",
      "rechnungs_nr",
      "numero",
      "numero_facture",
      "facture_numero"),
  DATE(
      "date",
      "invoice_date",
      "issue_date",
      "date_of_issue",
      "issued",
      "issued_on",
      "bill_date",
      "document_date",
      "datum",
      "rechnungsdatum",
      "ausstellungsdatum",
      "date_facture",
      "date_emission"),
  DUE_DATE(
      "due_date",
      "due",
      "due_on",
      "due_by",
      "date_due",
      "payment_due",
      "payment_due_date",
      "pay_by",
      "faellig",
      "faellig_am",
      "faelligkeit",
      "faelligkeitsdatum",
      "zahlbar_bis",
      "echeance",
      "date_echeance"),
  CURRENCY(
      "currency",
      "currency_code",
      "currency_symbol",
      "waehrung",
      "waehrungscode",
      "devise",
      "monnaie"),
  NET(
      "net",
      "net_total",
      "total_net",
      "net_amount",
      "subtotal",
      "sub_total",
      "subtotal_amount",
      "total_excl_tax",
      "total_excluding_tax",
      "total_without_tax",
      "total_before_tax",
      "netto",
      "nettobetrag",
      "nettosumme",
      "zwischensumme",
      "total_ht",
      "montant_ht",
      "sous_total"),
  TAX_RATE(
      "tax_rate",
      "vat_rate",
      "gst_rate",
      "tax_percent",
      "vat_percent",
      "tax_percentage",
      "vat_percentage",
      "taxes_rate",
      "steuersatz",
      "mwst_satz",
      "ust_satz",
      "taux_tva",
      "tva_taux"),
  TAX(
      "tax",
      "tax_amount",
      "tax_total",
      "total_tax",
      "sales_tax",
      "taxes",
      "taxes_amount",
      "vat",
      "vat_amount",
      "vat_total",
      "total_vat",
      "gst",
      "gst_amount",
      "steuer",
      "steuerbetrag",
      "mwst",
      "mwst_betrag",
      "mehrwertsteuer",
      "ust",
      "umsatzsteuer",
      "tva",
      "montant_tva"),
  TOTAL(
      "total",
      "total_amount",
      "amount_total",
      "grand_total",
      "invoice_total",
      "gross",
      "gross_total",
      "total_gross",
      "gross_amount",
      "total_incl_tax",
      "total_including_tax",
      "total_to_pay",
      "total_due",
      "amount_due",
      "amount_payable",
      "balance_due",
      "amount",
      "brutto",
      "bruttobetrag",
      "gesamt",
      "gesamtbetrag",
      "gesamtsumme",
      "rechnungsbetrag",
      "endbetrag",
      "total_ttc",
      "montant_ttc",
      "net_a_payer"),
  IBAN("iban", FieldNames.PAYMENT, FieldNames.IBAN, FieldNames.IBAN),
  BIC("bic", FieldNames.PAYMENT, FieldNames.BIC, FieldNames.BIC),
  PAYMENT_REFERENCE(
      "payment_reference", FieldNames.PAYMENT, FieldNames.REFERENCE, FieldNames.LONE_REFERENCE);

  private final List<String> names;
  private final List<String> holders;
  private final String keyInHolder;

  InvoiceField(String... names) {
    this.names = List.of(names);
    holders = List.of();
    keyInHolder = names[0];
  }

  /**
   * A field that belongs to an object of the answer, such as the seller.
   *
   * @param holders what this object goes by
   * @param words what the field goes by in it; the first of them in {@code invoice.schema.json}
   * @param alone what it goes by where it stands by itself
   */
  InvoiceField(String path, List<String> holders, List<String> words, List<String> alone) {
    names = FieldNames.of(path, holders, words, alone);
    this.holders = holders;
    keyInHolder = words.getFirst();
  }

  /** Its path in records, edits, doubts and exports. */
  public String path() {
    return names.getFirst();
  }

  /** The keys it goes by in answers, as {@link FieldPlaces} spells keys; the best of them first. */
  List<String> names() {
    return names;
  }

  /** What the object goes by that has it in it; empty where it belongs to the invoice itself. */
  List<String> holders() {
    return holders;
  }

  /** Its key in such an object. */
  String keyInHolder() {
    return keyInHolder;
  }

  /** Whether it is a number: an amount of money, or the rate of the tax. */
  public boolean isAmount() {
    return compareTo(NET) >= 0 && compareTo(TOTAL) <= 0;
  }
}
