package org.invoicelens.engine;

import org.invoicelens.config.ModelConfig;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.verify.VerificationStatus;

/** The fifth stage: loads the model, going down the configured fallbacks where memory runs out. */
public final class ModelInitializer {

  public ModelInitializer(ProgressListener listener, Cancellation cancellation) {}

  /**
   * Loads the model; what was tried and chosen stands in the instance's notes.
   *
   * @throws InitializationException where nothing the configuration allows works; nothing stays in
   *     memory
   */
  public ModelInstance initialize(VerificationStatus verification, ModelConfig config)
      throws InitializationException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
