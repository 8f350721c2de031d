package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.config.Precision;

/**
 * Products of one row of activations with packed weights, on the processor's cores.
 *
 * <p>For the tokens of an answer, which come one at a time: PyTorch's processor library has a
 * kernel of this kind for int8 alone, and none that is as fast for other forms. Not thread-safe.
 */
final class RowProducts implements AutoCloseable {

  /** The module with the vector instructions; it is there only where Java was started with it. */
  private static final String VECTORS = "jdk.incubator.vector";

  /** Rows that a thread takes at a time: enough work, and the last one is not waited for long. */
  private static final int ROWS = 64;

  private final RowKernel kernel;
  private ExecutorService others;
  private int threads;

  /**
   * @param threads that share the work, the caller's included
   */
  RowProducts(Precision precision, int threads) {
    this.kernel = RowKernel.of(precision);
    useThreads(threads);
  }

  /** Whether this Java and this processor make such products fast. */
  static boolean arePossible() {
    return ModuleLayer.boot().findModule(VECTORS).isPresent() && RowKernel.isFast();
  }

  /** Whether the products of such a weight can be made here; those of int8 are PyTorch's. */
  static boolean take(PackedForm form) {
    return form.precision() != Precision.INT8
        && form.group() % RowKernel.BLOCK == 0
        && form.columns() % form.group() == 0;
  }

  /** Changes how many threads share the work. */
  void useThreads(int count) {
    if (count != threads) {
      close();
      threads = count;
      others =
          count == 1
              ? null
              : Executors.newFixedThreadPool(
                  count - 1, Thread.ofPlatform().daemon().name("products-", 1).factory());
    }
  }

  /** The products of an input with several weights of as many columns, one after the other. */
  float[] project(float[] input, List<PackedWeight> weights) {
    float[] arranged = kernel.arrange(input);
    int total = 0;
    for (PackedWeight weight : weights) {
      total += Math.toIntExact(weight.form().rows());
    }
    float[] products = new float[total];
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          int from;
          while ((from = next.getAndAdd(ROWS)) < products.length) {
            rows(arranged, weights, from, Math.min(from + ROWS, products.length), products);
          }
        };
    List<Future<?>> shares = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      shares.add(others.submit(share));
    }
    share.run();
    shares.forEach(RowProducts::await);
    return products;
  }

  private void rows(float[] input, List<PackedWeight> weights, int from, int to, float[] products) {
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

  private static void await(Future<?> share) {
    boolean interrupted = false;
    while (true) {
      try {
        share.get();
        break;
      } catch (InterruptedException e) {
        // the product is short, and its memory must not be left in use
        interrupted = true;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
      others = null;
    }
  }
}
