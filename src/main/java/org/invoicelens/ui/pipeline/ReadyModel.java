package org.invoicelens.ui.pipeline;

import java.awt.image.BufferedImage;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** A model that passed its test: in memory here, or on a server. */
public interface ReadyModel extends AutoCloseable {

  /** What is known of it; changes where memory ran out and another way was loaded. */
  EngineFacts facts();

  /** Reads one document by a prompt, telling of every token as it comes; not on the UI thread. */
  Extraction read(
      InvoiceDocument document,
      ModelConfig.Prompt prompt,
      TokenListener listener,
      Cancellation cancellation)
      throws InferenceException, CancelledException;

  /** What it sees of an upright page; not on the UI thread. */
  SeenPicture seen(BufferedImage page) throws InferenceException;

  /** Frees its memory; waits for a document that is being read. */
  @Override
  void close();
}
