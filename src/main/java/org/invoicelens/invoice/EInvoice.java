package org.invoicelens.invoice;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.stage.Words;
import org.mustangproject.BankDetails;
import org.mustangproject.Invoice;
import org.mustangproject.Item;
import org.mustangproject.PaymentTerms;
import org.mustangproject.Product;
import org.mustangproject.TradeParty;
import org.mustangproject.ZUGFeRD.IZUGFeRDExportableItem;
import org.mustangproject.ZUGFeRD.IZUGFeRDPaymentTerms;
import org.mustangproject.ZUGFeRD.Profiles;
import org.mustangproject.ZUGFeRD.TransactionCalculator;
import org.mustangproject.ZUGFeRD.ZUGFeRD2PullProvider;

/**
 * A record as an e-invoice by EN 16931, in UN/CEFACT's syntax, as it lies in Factur-X files too.
 *
 * <p>Only what stands in the record is written, and sums only where they come to what is printed.
 * What the standard demands and the record lacks is told, all of it at once.
 */
final class EInvoice {

  private static final Words WORDS = Words.of(EInvoice.class);

  /** Digits of a price that was found by division. */
  private static final int PRICE_DIGITS = 6;

  /** Characters that no XML can hold. */
  private static final String NOT_IN_XML =
      "[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]";

  private final InvoiceRecord record;
  private final List<String> lacks = new ArrayList<>();
  private final PrintedInvoice invoice = new PrintedInvoice();

  /**
   * The library's invoice with a due date and no words beside it: of its own it writes a sentence
   * in English, and where terms are set, the same terms twice.
   */
  private static final class PrintedInvoice extends Invoice {

    private IZUGFeRDPaymentTerms terms;

    @Override
    public IZUGFeRDPaymentTerms getPaymentTerms() {
      return terms;
    }
  }

  private EInvoice(InvoiceRecord record) {
    this.record = record;
  }

  /**
   * The XML in UTF-8.
   *
   * @param document what the document is called
   * @throws InferenceException with {@code NOT_AN_E_INVOICE} where something is missing or does not
   *     add up
   */
  static byte[] xml(String document, InvoiceRecord record) throws InferenceException {
    EInvoice made = new EInvoice(record);
    made.fill();
    if (!made.lacks.isEmpty()) {
      throw refused("einvoice.lacks", document, String.join("; ", made.lacks));
    }
    ZUGFeRD2PullProvider writer = new ZUGFeRD2PullProvider();
    writer.setProfile(Profiles.getByName("EN16931"));
    writer.generateXML(made.invoice);
    byte[] xml = writer.getXML();
    List<String> broken = EInvoiceRules.broken(xml);
    if (!broken.isEmpty()) {
      throw refused("einvoice.rules", document, String.join(" ", broken));
    }
    return xml;
  }

  private static InferenceException refused(String key, String document, String detail) {
    return new InferenceException(
        InferenceException.Reason.NOT_AN_E_INVOICE,
        WORDS.problem(key, document, detail),
        detail,
        null);
  }

  private void lack(String key, Object... words) {
    lacks.add(WORDS.text("einvoice." + key, words));
  }

  private <T> Optional<T> need(RecordEntry<T> entry, String key) {
    if (entry.value().isEmpty()) {
      lack(key);
    }
    return entry.value();
  }

  private void fill() {
    need(record.number(), "number").ifPresent(number -> invoice.setNumber(plain(number)));
    need(record.date(), "date").ifPresent(date -> invoice.setIssueDate(date(date)));
    // A due date or the terms of payment have to be there, and terms are nothing that is read.
    need(record.dueDate(), "dueDate")
        .ifPresent(due -> invoice.terms = new PaymentTerms(null, date(due)));
    need(record.currency(), "currency").ifPresent(invoice::setCurrency);
    TradeParty seller = party(record.seller(), "seller");
    need(record.seller().vatId(), "seller.vatId").ifPresent(seller::addVATID);
    record.payment().iban().value().ifPresent(iban -> seller.addBankDetails(account(iban)));
    record
        .payment()
        .reference()
        .value()
        .ifPresent(reference -> invoice.setPaymentReference(plain(reference)));
    TradeParty buyer = party(record.buyer(), "buyer");
    record.buyer().vatId().value().ifPresent(buyer::addVATID);
    invoice.setSender(seller);
    invoice.setRecipient(buyer);
    lines();
    if (lacks.isEmpty()) {
      sums();
    }
  }

  private BankDetails account(String iban) {
    BankDetails account = new BankDetails(iban);
    record.payment().bic().value().ifPresent(account::setBIC);
    return account;
  }

  private TradeParty party(RecordParty read, String who) {
    TradeParty party = new TradeParty();
    need(read.name(), who + ".name").ifPresent(name -> party.setName(plain(name)));
    Optional<String> text = need(read.address(), who + ".address");
    if (text.isPresent()) {
      PostalAddress address = PostalAddress.of(plain(text.get()), read.vatId().value());
      filled(address.street()).ifPresent(party::setStreet);
      filled(address.postcode()).ifPresent(party::setZIP);
      filled(address.city()).ifPresent(party::setLocation);
      address.country().ifPresentOrElse(party::setCountry, () -> lack(who + ".country"));
    }
    return party;
  }

  private static Optional<String> filled(String text) {
    return Optional.of(text).filter(present -> !present.isBlank());
  }

  private void lines() {
    if (record.lines().isEmpty()) {
      lack("lines");
    }
    int number = 0;
    for (RecordLine line : record.lines()) {
      line(++number, line);
    }
  }

  private void line(int number, RecordLine line) {
    if (line.description().value().isEmpty()) {
      lack("line.description", number);
    }
    Optional<BigDecimal> quantity = line.quantity().value().filter(any -> any.signum() != 0);
    if (quantity.isEmpty()) {
      lack("line.quantity", number);
    }
    Optional<BigDecimal> price = line.unitPrice().value().or(() -> price(line, quantity));
    if (price.isEmpty()) {
      lack("line.price", number);
    }
    Optional<String> unit = UnitCode.of(line.unit().text());
    if (unit.isEmpty()) {
      lack("line.unit", number, plain(line.unit().text()));
    }
    Optional<BigDecimal> rate = line.taxRate().value().or(this::onlyRate);
    if (rate.isEmpty()) {
      lack("line.rate", number);
    } else if (rate.get().signum() <= 0) {
      // Exempt, reverse charge, export: each has a code of its own, and none is read.
      lack("line.noTax", number);
    }
    if (quantity.isPresent() && price.isPresent()) {
      BigDecimal made = money(quantity.get().multiply(price.get()));
      line.amount()
          .value()
          .filter(said -> said.compareTo(made) != 0)
          .ifPresent(said -> lack("line.sum", number, text(made), text(said)));
    }
    if (quantity.isPresent() && price.isPresent() && unit.isPresent() && rate.isPresent()) {
      Product product =
          new Product(plain(line.description().value().orElse("")), null, unit.get(), rate.get());
      // A price is never negative: what is taken off has a negative quantity.
      boolean taken = price.get().signum() < 0;
      invoice.addItem(
          new Item(product, price.get().abs(), taken ? quantity.get().negate() : quantity.get()));
    }
  }

  private static Optional<BigDecimal> price(RecordLine line, Optional<BigDecimal> quantity) {
    return line.amount()
        .value()
        .filter(amount -> quantity.isPresent())
        .map(amount ->
            amount.divide(quantity.get(), PRICE_DIGITS, RoundingMode.HALF_UP).stripTrailingZeros())
        .map(price -> price.scale() < 2 ? price.setScale(2) : price);
  }

  /** The rate of all lines, where the invoice has one only. */
  private Optional<BigDecimal> onlyRate() {
    List<BigDecimal> rates =
        record.taxes().stream().flatMap(tax -> tax.rate().value().stream()).distinct().toList();
    return rates.isEmpty() && record.taxes().isEmpty()
        ? record.taxRate().value()
        : Optional.of(rates).filter(all -> all.size() == 1).map(List::getFirst);
  }

  /** The sums that are written are made of the lines, so they have to be those that were read. */
  private void sums() {
    TransactionCalculator made = new TransactionCalculator(invoice);
    Map<BigDecimal, BigDecimal> nets = new TreeMap<>();
    for (IZUGFeRDExportableItem item : invoice.getZFItems()) {
      nets.merge(
          item.getProduct().getVATPercent().stripTrailingZeros(),
          money(item.getQuantity().multiply(item.getPrice())),
          BigDecimal::add);
    }
    for (RecordTax tax : record.taxes()) {
      Optional<BigDecimal> rate = tax.rate().value().map(BigDecimal::stripTrailingZeros);
      if (rate.isPresent()) {
        BigDecimal net = nets.getOrDefault(rate.get(), BigDecimal.ZERO);
        String percent = rate.get().toPlainString();
        same(tax.net(), net, "rate.net", percent);
        same(tax.tax(), money(net.multiply(rate.get()).movePointLeft(2)), "rate.tax", percent);
      }
    }
    BigDecimal net = money(made.getTaxBasis());
    BigDecimal gross = money(made.getGrandTotal());
    same(record.net(), net, "net");
    same(record.tax(), gross.subtract(net), "tax");
    if (record.total().value().isEmpty()) {
      lack("total");
    }
    same(record.total(), gross, "gross");
    if (gross.signum() < 0) {
      lack("negative");
    }
  }

  private void same(RecordEntry<BigDecimal> read, BigDecimal made, String key, Object... words) {
    read.value()
        .filter(said -> said.compareTo(made) != 0)
        .ifPresent(said -> {
          List<Object> all = new ArrayList<>(List.of(text(made), text(said)));
          all.addAll(List.of(words));
          lack("sum." + key, all.toArray());
        });
  }

  private static BigDecimal money(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.HALF_UP);
  }

  private static String text(BigDecimal amount) {
    NumberFormat format = NumberFormat.getNumberInstance(Locale.getDefault(Locale.Category.FORMAT));
    format.setMinimumFractionDigits(2);
    format.setMaximumFractionDigits(Math.max(2, amount.scale()));
    return format.format(amount);
  }

  private static Date date(LocalDate day) {
    return Date.from(day.atStartOfDay(ZoneId.systemDefault()).toInstant());
  }

  private static String plain(String text) {
    return text.replaceAll(NOT_IN_XML, " ").strip();
  }
}
