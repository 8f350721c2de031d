package org.invoicelens.pixtral;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.Precision;

/**
 * Products of one row of activations with weights, on the processor's cores.
 *
 * <p>For the tokens of an answer, which come one at a time. PyTorch's processor library has a
 * kernel of this kind for int8, none for the other packed forms, and one for bfloat16 that leaves a
 * third of the memory's speed unused. Not thread-safe.
 */
final class RowProducts {

  /** The module with the vector instructions; it is there only where Java was started with it. */
  private static final String VECTORS = "jdk.incubator.vector";

  private final Map<Precision, RowKernel> kernels = new EnumMap<>(Precision.class);
  private final RowThreads threads;

  /**
   * @param threads that share the work
   */
  RowProducts(RowThreads threads) {
    this.threads = threads;
  }

  /** Whether this Java and this processor have fast vector instructions. */
  static boolean arePossible() {
    return ModuleLayer.boot().findModule(VECTORS).isPresent() && RowKernel.isFast();
  }

  /** Whether the products of such a weight can be made here; those of int8 are PyTorch's. */
  static boolean take(PackedForm form) {
    return form.precision() != Precision.INT8
        && form.columns() >= RowKernel.BLOCK
        && form.columns() % RowKernel.HALF_BLOCK == 0
        && form.group() % RowKernel.HALF_BLOCK == 0
        && form.columns() % form.group() == 0;
  }

  /**
   * The products of an input with several weights of the same kind and as many columns, one after
   * the other.
   */
  float[] project(float[] input, List<PackedWeight> weights) {
    RowKernel kernel =
        kernels.computeIfAbsent(weights.getFirst().form().precision(), RowKernel::of);
    float[] arranged = kernel.arrange(input);
    int total = 0;
    for (PackedWeight weight : weights) {
      total += Math.toIntExact(weight.form().rows());
    }
    float[] products = new float[total];
    threads.share(total, (from, to) -> rows(kernel, arranged, weights, from, to, products));
    return products;
  }

  private static void rows(
      RowKernel kernel,
      float[] input,
      List<PackedWeight> weights,
      int from,
      int to,
      float[] products) {
    int first = 0;
    for (PackedWeight weight : weights) {
      int rows = (int) weight.form().rows();
      int columns = (int) weight.form().columns();
      float[] scales = new float[weight.scalesOfRow()];
      for (int row = Math.max(from - first, 0); row < Math.min(to - first, rows); row++) {
        weight.scales(row, scales);
        products[first + row] = kernel.dot(weight.codes(), row, columns, scales, input);
      }
      first += rows;
    }
  }
}
