package org.invoicelens.invoice;

import org.invoicelens.pixtral.GenerationResult;

/**
 * What was read from one document.
 *
 * @param document the document's name
 * @param fields the fields found
 * @param generation the model's answer and its timings
 * @param pages how many pages the document has
 * @param pagesRead how many of them, from the first, the model was given; fewer where all together
 *     do not fit into its context
 */
public record Extraction(
    String document, InvoiceFields fields, GenerationResult generation, int pages, int pagesRead) {}
