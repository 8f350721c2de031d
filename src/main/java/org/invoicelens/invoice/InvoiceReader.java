package org.invoicelens.invoice;

import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** Reads documents with a ready model, by the prompt of its configuration. */
public final class InvoiceReader {

  public InvoiceReader(OptimizedModel model, ModelConfig config) {}

  /** Reads one document, telling of every token as it comes. */
  public Extraction read(
      InvoiceDocument document, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
