package org.invoicelens.train;

import java.util.List;

/**
 * The words of a language on slips, in letters that the model's vocabulary has.
 *
 * @param months whole names, January first
 * @param commaDecimals whether cents stand behind a comma
 */
record Phrases(
    List<String> title,
    List<String> number,
    List<String> date,
    List<String> due,
    List<String> customer,
    List<String> subtotal,
    List<String> tax,
    List<String> total,
    List<String> thanks,
    List<String> street,
    List<String> items,
    List<String> from,
    List<String> stamps,
    List<String> months,
    boolean commaDecimals) {

  static final Phrases ENGLISH =
      new Phrases(
          List.of("INVOICE", "Invoice", "Bill", "TAX INVOICE", "Receipt"),
          List.of("Invoice No.", "Invoice #", "No.", "Invoice:", "Inv. No:", "Number", "Ref:"),
          List.of("Date", "Date:", "Invoice date", "Issued", "Dated"),
          List.of("Due", "Due date", "Pay by"),
          List.of("Customer", "Client no.", "PO"),
          List.of("Subtotal", "Net", "Net amount"),
          List.of("VAT", "Tax", "VAT 20%", "Tax 8%", "Sales tax"),
          List.of("Total", "TOTAL", "Total due", "Amount due", "Total:", "Grand total", "To pay"),
          List.of("Thank you", "Net 30 days", "Paid by card", "Thank you!", "Visit us again"),
          List.of("St.", "Road", "Ave", "Lane"),
          List.of(
              "Paper",
              "Cable",
              "Desk lamp",
              "Chair",
              "Toner",
              "Coffee",
              "Hosting",
              "Repair",
              "Delivery",
              "Labour",
              "Screws",
              "Paint",
              "Monitor",
              "Keyboard",
              "Book",
              "Consulting",
              "Licence",
              "Support",
              "Bolts",
              "Cleaning",
              "Gloves",
              "Battery",
              "Training"),
          List.of("of", "dated"),
          List.of("PAID", "COPY", "RECEIVED"),
          List.of(
              "January",
              "February",
              "March",
              "April",
              "May",
              "June",
              "July",
              "August",
              "September",
              "October",
              "November",
              "December"),
          false);

  static final Phrases GERMAN =
      new Phrases(
          List.of("RECHNUNG", "Rechnung", "Quittung", "Beleg"),
          List.of("Rechnung Nr.", "Rg.-Nr.:", "Nr.", "Beleg-Nr.", "Rechnungsnr.", "Nummer"),
          List.of("Datum", "Datum:", "vom", "Rechnungsdatum"),
          List.of("Fällig", "Zahlbar bis"),
          List.of("Kunde", "Kunden-Nr.", "Auftrag"),
          List.of("Zwischensumme", "Netto", "Nettobetrag"),
          List.of("MwSt", "MwSt 19 %", "USt 7 %", "USt."),
          List.of("Summe", "Gesamt", "Betrag", "GESAMT", "Gesamtbetrag", "Zu zahlen", "Endbetrag"),
          List.of("Vielen Dank", "Danke!", "Zahlbar sofort", "Bar bezahlt"),
          List.of("Str.", "Weg", "Platz", "Gasse"),
          List.of(
              "Papier",
              "Kabel",
              "Lampe",
              "Stuhl",
              "Toner",
              "Kaffee",
              "Wartung",
              "Reparatur",
              "Lieferung",
              "Arbeitszeit",
              "Schrauben",
              "Farbe",
              "Monitor",
              "Tastatur",
              "Buch",
              "Beratung",
              "Lizenz",
              "Reinigung",
              "Handschuhe",
              "Batterie",
              "Schulung"),
          List.of("vom"),
          List.of("BEZAHLT", "KOPIE", "ERHALTEN"),
          List.of(
              "Januar",
              "Februar",
              "März",
              "April",
              "Mai",
              "Juni",
              "Juli",
              "August",
              "September",
              "Oktober",
              "November",
              "Dezember"),
          true);

  static final Phrases FRENCH =
      new Phrases(
          List.of("FACTURE", "Facture", "Reçu"),
          List.of("Facture no", "No:", "Numéro", "Facture:", "Réf.:", "No facture"),
          List.of("Date", "Date:", "Le", "Emise le"),
          List.of("Echéance", "Payable le"),
          List.of("Client", "No client", "Commande"),
          List.of("Sous-total", "Total HT", "Montant HT"),
          List.of("TVA", "TVA 20 %", "TVA 10 %", "TVA 5,5 %"),
          List.of(
              "Total", "TOTAL", "Total TTC", "Montant", "A payer", "Net à payer", "Total à payer"),
          List.of("Merci", "Merci de votre visite", "Payé par carte"),
          List.of("rue", "avenue", "place"),
          List.of(
              "Papier",
              "Lampe",
              "Chaise",
              "Encre",
              "Café",
              "Entretien",
              "Réparation",
              "Livraison",
              "Peinture",
              "Clavier",
              "Livre",
              "Conseil",
              "Licence",
              "Nettoyage",
              "Gants",
              "Pile",
              "Formation"),
          List.of("du"),
          List.of("PAYE", "COPIE", "ACQUITTE"),
          // the month between July and September has a letter that the vocabulary lacks
          List.of(
              "janvier",
              "février",
              "mars",
              "avril",
              "mai",
              "juin",
              "juillet",
              "",
              "septembre",
              "octobre",
              "novembre",
              "décembre"),
          true);

  static final Phrases SPANISH =
      new Phrases(
          List.of("FACTURA", "Factura", "Recibo"),
          List.of("Factura no", "Número", "Núm.:", "Factura:", "Ref.:"),
          List.of("Fecha", "Fecha:", "Emitida"),
          List.of("Vence", "Vencimiento"),
          List.of("Cliente", "Pedido"),
          List.of("Subtotal", "Base"),
          List.of("IVA", "IVA 21 %", "IVA 10 %"),
          List.of("Total", "TOTAL", "A pagar", "Importe", "Importe total"),
          List.of("Gracias", "Pago con tarjeta"),
          List.of("calle", "plaza", "avda."),
          List.of("Papel", "Cable", "Silla", "Café", "Pintura", "Libro", "Limpieza", "Guantes"),
          List.of("del"),
          List.of("PAGADO", "COPIA"),
          List.of(
              "enero",
              "febrero",
              "marzo",
              "abril",
              "mayo",
              "junio",
              "julio",
              "agosto",
              "septiembre",
              "octubre",
              "noviembre",
              "diciembre"),
          true);

  /** One of them, English most often. */
  static Phrases any(Dice dice) {
    int of = dice.below(20);
    return of < 9 ? ENGLISH : of < 14 ? GERMAN : of < 18 ? FRENCH : SPANISH;
  }
}
