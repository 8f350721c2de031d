package org.invoicelens.pixtral;

import java.time.Duration;

/**
 * How long the products of one row with weights of the model took, each way.
 *
 * @param rowKernel by {@link RowKernel}
 * @param pytorch by PyTorch, which unpacks packed weights first
 */
public record RowTrial(Duration rowKernel, Duration pytorch) {

  /** Whether the kernel is worth its while. */
  public boolean isKernelFaster() {
    return rowKernel.compareTo(pytorch) < 0;
  }
}
