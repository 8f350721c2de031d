package org.invoicelens.hardware;

import org.invoicelens.config.ModelConfig;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/** The second stage: measures this workstation against a configuration. */
public final class HardwareVerifier {

  private final ProgressListener listener;
  private final Cancellation cancellation;

  public HardwareVerifier(ProgressListener listener, Cancellation cancellation) {
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Measures everything; what is merely not ideal is a remark in the status.
   *
   * @throws HardwareException where the model cannot run here as configured
   */
  public HardwareStatus verify(ModelConfig config) throws HardwareException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
