package org.invoicelens.engine;

import org.invoicelens.config.ModelConfig;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/** The sixth stage: warms the model up, tests it and checks the conditions of success. */
public final class ModelOptimizer {

  public ModelOptimizer(ProgressListener listener, Cancellation cancellation) {}

  /**
   * Warms up and tests. Takes the instance over: it is closed when this fails.
   *
   * @throws OptimizationException where the test's answer is not finite or a condition is not met
   */
  public OptimizedModel optimize(ModelInstance instance, ModelConfig config)
      throws OptimizationException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
