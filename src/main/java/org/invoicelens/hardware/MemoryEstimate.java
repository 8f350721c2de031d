package org.invoicelens.hardware;

import org.invoicelens.config.Precision;

/**
 * The memory one precision needs, as a sum, against what is free.
 *
 * @param precision the precision
 * @param onGpu whether the sum is for the graphics card; otherwise for main memory
 * @param weights packed weights with their scales, in bytes
 * @param kvCache keys and values for the configured context, in bytes
 * @param runtime activations and the runtime's own needs, in bytes
 * @param reserve what stays free for other programs, in bytes
 * @param available what is free now, in bytes
 * @param cards the graphics cards over which the model's layers are spread; 1 where they are not
 */
public record MemoryEstimate(
    Precision precision,
    boolean onGpu,
    long weights,
    long kvCache,
    long runtime,
    long reserve,
    long available,
    int cards) {

  /** The sum for one device. */
  public MemoryEstimate(
      Precision precision,
      boolean onGpu,
      long weights,
      long kvCache,
      long runtime,
      long reserve,
      long available) {
    this(precision, onGpu, weights, kvCache, runtime, reserve, available, 1);
  }

  /** What must be free, in bytes. */
  public long needed() {
    return weights + kvCache + runtime + reserve;
  }

  /** Whether what is free suffices. */
  public boolean fits() {
    return needed() <= available;
  }
}
