package org.invoicelens.invoice;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What seller, buyer, payment and their fields are called in answers. */
final class FieldNames {

  static final List<String> SELLER =
      List.of(
          "vendor",
          "seller",
          "supplier",
          "issuer",
          "merchant",
          "company",
          "lieferant",
          "verkaeufer",
          "aussteller",
          "rechnungssteller",
          "fournisseur",
          "vendeur",
          "emetteur");

  static final List<String> BUYER =
      List.of(
          "buyer",
          "customer",
          "client",
          "recipient",
          "bill_to",
          "billed_to",
          "invoice_to",
          "purchaser",
          "kaeufer",
          "kunde",
          "empfaenger",
          "rechnungsempfaenger",
          "leistungsempfaenger",
          "acheteur",
          "destinataire");

  static final List<String> PAYMENT =
      List.of(
          "payment",
          "payment_details",
          "payment_info",
          "payment_information",
          "bank",
          "bank_account",
          "bank_details",
          "bank_information",
          "account",
          "zahlung",
          "bankverbindung",
          "bankdaten",
          "konto",
          "paiement",
          "banque",
          "seller",
          "vendor",
          "supplier");

  static final List<String> ADDRESS =
      List.of("address", "full_address", "postal_address", "adresse", "anschrift");

  static final List<String> LONE_VAT_ID =
      List.of(
          "vat_id",
          "vat_number",
          "vat_no",
          "vat_nr",
          "vat_reg_no",
          "vat_registration_number",
          "vat_identification_number",
          "vatin",
          "uid",
          "uid_nr",
          "uid_nummer",
          "ust_id",
          "ust_idnr",
          "ust_id_nr",
          "ust_id_nummer",
          "umsatzsteuer_id",
          "umsatzsteuer_identifikationsnummer",
          "mwst_nr",
          "mwst_nummer",
          "numero_tva",
          "tva_intracommunautaire",
          "tax_id");

  /** The last two, alone, are the amount of the tax. */
  static final List<String> VAT_ID =
      Stream.concat(LONE_VAT_ID.stream(), Stream.of("vat", "tva")).toList();

  static final List<String> IBAN = List.of("iban", "iban_number", "iban_no", "iban_nr");

  static final List<String> BIC =
      List.of("bic", "swift", "bic_swift", "swift_bic", "bic_code", "swift_code");

  static final List<String> LONE_REFERENCE =
      List.of(
          "reference",
          "payment_ref",
          "remittance_information",
          "remittance",
          "verwendungszweck",
          "zahlungsreferenz",
          "referenz",
          "qr_reference",
          "creditor_reference",
          "structured_reference",
          "communication");

  static final List<String> REFERENCE =
      List.of(
          "reference",
          "ref",
          "reference_number",
          "remittance_information",
          "remittance",
          "verwendungszweck",
          "referenz",
          "communication");

  private FieldNames() {}

  /**
   * Every name of a field: its own, its words in the objects that hold it, and those it has alone.
   */
  static List<String> of(String own, List<String> holders, List<String> words, List<String> alone) {
    Set<String> names = new LinkedHashSet<>();
    names.add(own);
    for (String holder : holders) {
      words.forEach(word -> {
        if (word.equals("name")) {
          names.add(holder);
        }
        names.add(holder + "_" + word);
      });
    }
    names.addAll(alone);
    return List.copyOf(names);
  }
}
