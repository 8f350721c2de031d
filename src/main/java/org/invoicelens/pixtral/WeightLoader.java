package org.invoicelens.pixtral;

import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;

/**
 * Moves the weights of a checkpoint into a program, a few megabytes at a time.
 *
 * <p>Beside the weights in their final form only one piece is in memory, in float32 where it is
 * quantised.
 */
final class WeightLoader {

  private static final Words WORDS = Words.of(WeightLoader.class);

  /** Bytes of a piece in the file: enough for speed, small beside any weight of a large model. */
  private static final long PIECE = 32 << 20;

  /** Pieces of packed weights begin at multiples of this, so that no block of values is cut. */
  private static final int BLOCK_ROWS = 256;

  private final ProgressListener listener;
  private final Cancellation cancellation;

  WeightLoader(ProgressListener listener, Cancellation cancellation) {
    this.listener = listener;
    this.cancellation = cancellation;
  }

  void load(Checkpoint checkpoint, PixtralProgram program) throws CancelledException {
    long total = checkpoint.bytes();
    long done = 0;
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      long[] shape = weight.source().shape();
      program.begin(weight.name(), shape, weight.packable());
      long rows = weight.rowCount();
      long step = step(weight);
      for (long first = 0; first < rows; first += step) {
        cancellation.throwIfCancelled();
        long count = Math.min(step, rows - first);
        int length = Math.toIntExact(count * weight.rowBytes());
        program.rows(
            weight.name(),
            weight.file().buffer(weight.source().name(), first * weight.rowBytes(), length),
            Checkpoint.scalarType(weight.source().type()),
            first,
            count,
            shape,
            weight.headRows(),
            weight.packable());
        done += length;
        listener.onProgress(
            Progress.of(
                Stage.INITIALIZATION, done, total, Progress.Unit.BYTES, WORDS.text("loading")));
      }
      program.finish(weight.name(), weight.packable());
    }
  }

  private static long step(Checkpoint.Weight weight) {
    long unit = 1;
    if (weight.packable()) {
      unit = BLOCK_ROWS;
    }
    if (weight.headRows() > 0) {
      unit = unit / greatestCommonDivisor(unit, weight.headRows()) * weight.headRows();
    }
    return Math.max(unit, PIECE / weight.rowBytes() / unit * unit);
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** What the weights of a checkpoint take in memory when loaded so, in bytes. */
  static long bytes(Checkpoint checkpoint, LoadOptions options) {
    long total = 0;
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      long values = weight.source().count();
      if (weight.packable() && options.precision().isQuantized()) {
        total += PackedForm.of(weight.source().shape(), options).bytes();
      } else {
        total += values * options.dtype().bits() / 8;
      }
    }
    return total;
  }

  /**
   * What loading needs for a moment beside the weights, in bytes: a piece and its float32 forms.
   */
  static long working(Checkpoint checkpoint) {
    long largest = 0;
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      largest =
          Math.max(largest, Math.min(weight.source().size(), step(weight) * weight.rowBytes()));
    }
    return 8 * largest;
  }
}
