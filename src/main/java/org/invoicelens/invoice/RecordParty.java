package org.invoicelens.invoice;

/**
 * The seller or the buyer of a record.
 *
 * @param vatId its value has no spaces and is there only where form and check digits are right
 */
public record RecordParty(
    RecordEntry<String> name, RecordEntry<String> address, RecordEntry<String> vatId) {}
