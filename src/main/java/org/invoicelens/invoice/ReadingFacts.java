package org.invoicelens.invoice;

import java.time.Instant;
import org.invoicelens.config.ModelConfig;

/**
 * By what a document was read.
 *
 * @param at when the reading began
 * @param model the name of the model's configuration
 * @param precision the precision it is in
 * @param device where it is
 * @param prompt what it was asked
 * @param promptChanged whether that is not what its configuration says
 */
public record ReadingFacts(
    Instant at,
    String model,
    String precision,
    String device,
    ModelConfig.Prompt prompt,
    boolean promptChanged) {}
