package org.invoicelens.pixtral;

import java.time.Duration;

/**
 * How long the product of one row with a packed weight of the model took, each way.
 *
 * @param rowKernel by {@link RowKernel}, from the packed codes
 * @param unpacked by PyTorch, which unpacks the weight first
 */
public record RowTrial(Duration rowKernel, Duration unpacked) {

  /** Whether the kernel is worth its while. */
  public boolean isKernelFaster() {
    return rowKernel.compareTo(unpacked) < 0;
  }
}
