package org.invoicelens.invoice;

/**
 * Where an invoice is to be paid to, in a record.
 *
 * @param iban its value has no spaces and is there only where length and check digits are right
 * @param bic its value is there only where its form is right
 * @param reference what is to be named at the payment
 */
public record RecordPayment(
    RecordEntry<String> iban, RecordEntry<String> bic, RecordEntry<String> reference) {}
