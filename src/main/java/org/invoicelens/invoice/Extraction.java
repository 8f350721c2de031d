package org.invoicelens.invoice;

import org.invoicelens.pixtral.GenerationResult;

/**
 * What was read from one document.
 *
 * @param document the document's name
 * @param fields the fields found
 * @param generation the model's answer and its timings
 */
public record Extraction(String document, InvoiceFields fields, GenerationResult generation) {}
