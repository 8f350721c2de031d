package org.invoicelens.pixtral;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.Precision;

/**
 * Products of one row of activations with weights, on the processor's cores.
 *
 * <p>For the tokens of an answer, which come one at a time. PyTorch's processor library has a
 * kernel of this kind for int8, none for the other packed forms, and one for bfloat16 that leaves a
 * third of the memory's speed unused. Not thread-safe.
 */
final class RowProducts implements AutoCloseable {

  /** The module with the vector instructions; it is there only where Java was started with it. */
  private static final String VECTORS = "jdk.incubator.vector";

  /** Bytes of a weight that a thread takes at a time, where enough turns are left for all. */
  private static final int BYTES = 1 << 19;

  /** Turns that each thread should have at least, so that the last one is not waited for long. */
  private static final int TURNS = 8;

  private final Map<Precision, RowKernel> kernels = new EnumMap<>(Precision.class);

  /** Code by the form of weights, their number of rows set to 0: that is all the same to it. */
  private final Map<PackedForm, Optional<RowMachineCode>> codes = new HashMap<>();

  private final RowThreads threads;
  private boolean machineCode;

  /** Makes products of some rows of a weight, and puts them from a place on. */
  @FunctionalInterface
  private interface Kernel {
    void multiply(PackedWeight weight, int from, int to, float[] products, int at);
  }

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

  /** Makes products by {@link RowMachineCode} where it takes a weight, or by none. */
  void useMachineCode(boolean wanted) {
    machineCode = wanted;
  }

  /** Whether the products of such a weight can be made here. */
  boolean take(PackedForm form) {
    return hasMachineCode(form) || RowKernel.takes(form);
  }

  /** Whether those of such a weight are made in machine code. */
  boolean hasMachineCode(PackedForm form) {
    return machineCode && code(form).isPresent();
  }

  private Optional<RowMachineCode> code(PackedForm form) {
    return codes.computeIfAbsent(form.ofRows(0), RowMachineCode::of);
  }

  /**
   * The products of an input with several weights of the same kind and as many columns, one after
   * the other.
   */
  float[] project(float[] input, List<PackedWeight> weights) {
    Kernel kernel = kernel(weights.getFirst().form(), input);
    int total = 0;
    for (PackedWeight weight : weights) {
      total += Math.toIntExact(weight.form().rows());
    }
    float[] products = new float[total];
    threads.share(
        total,
        step(weights.getFirst().form(), total),
        (from, to) -> rows(kernel, weights, from, to, products));
    return products;
  }

  /** Rows that a thread takes at a time: a multiple of {@link RowThreads#ROWS}. */
  private int step(PackedForm form, int rows) {
    long rowBytes = form.columns() * form.precision().bits() / Byte.SIZE;
    long most = Math.min(BYTES / rowBytes, rows / (TURNS * threads.count()));
    return (int) Math.max(RowThreads.ROWS, most / RowThreads.ROWS * RowThreads.ROWS);
  }

  /** The products of an input with some rows of a weight for which there is a {@link RowKernel}. */
  float[] project(float[] input, PackedWeight weight, int[] rows) {
    Kernel kernel = vectors(weight.form(), input);
    float[] products = new float[rows.length];
    threads.share(
        rows.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            kernel.multiply(weight, rows[i], rows[i] + 1, products, i);
          }
        });
    return products;
  }

  private Kernel kernel(PackedForm form, float[] input) {
    if (hasMachineCode(form)) {
      RowMachineCode code = code(form).orElseThrow();
      RowInput arranged = code.arrange(input);
      return (weight, from, to, products, at) ->
          code.multiply(weight, from, to, arranged, products, at);
    }
    return vectors(form, input);
  }

  private Kernel vectors(PackedForm form, float[] input) {
    RowKernel vectors = kernels.computeIfAbsent(form.precision(), RowKernel::of);
    float[] arranged = vectors.arrange(input);
    return (weight, from, to, products, at) -> {
      int columns = Math.toIntExact(weight.form().columns());
      float[] scales = new float[weight.scalesOfRow()];
      float[] lanes = new float[RowKernel.LANES];
      for (int row = from; row < to; row++) {
        weight.scales(row, scales);
        products[at + row - from] =
            vectors.dot(weight.codes(), row, columns, scales, arranged, lanes);
      }
    };
  }

  /** Rows from one up to another, counted through all weights. */
  private static void rows(
      Kernel kernel, List<PackedWeight> weights, int from, int to, float[] products) {
    int first = 0;
    for (PackedWeight weight : weights) {
      int rows = (int) weight.form().rows();
      int begin = Math.max(from - first, 0);
      int end = Math.min(to - first, rows);
      if (begin < end) {
        kernel.multiply(weight, begin, end, products, first + begin);
      }
      first += rows;
    }
  }

  /** Frees machine code; no product may be under way. */
  @Override
  public void close() {
    codes.values().forEach(code -> code.ifPresent(RowMachineCode::close));
    codes.clear();
  }
}
