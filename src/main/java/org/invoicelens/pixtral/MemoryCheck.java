package org.invoicelens.pixtral;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Problem;

/** Compares what a model needs with what is free, before it is loaded. */
final class MemoryCheck {

  private MemoryCheck() {}

  /** Refuses before the system would end the process. */
  static void check(Checkpoint checkpoint, LoadOptions options, LongSupplier mainMemory)
      throws CheckpointException {
    long weights = WeightLoader.bytes(checkpoint, options);
    long working = WeightLoader.working(checkpoint);
    boolean onCard = !options.device().equals("cpu");
    OptionalLong available =
        onCard
            ? Placement.freeCardMemory(options.device())
            : OptionalLong.of(mainMemory.getAsLong());
    if (available.isEmpty() || weights + working <= available.getAsLong()) {
      return;
    }
    throw new CheckpointException(
        CheckpointException.Reason.OUT_OF_MEMORY,
        new Problem(
            String.format(
                Locale.ROOT,
                "The model does not fit into the memory %s: in %s it needs %s for its weights and"
                    + " %s for loading them, and %s are free.",
                onCard ? "of the graphics card" : "of this computer",
                options.precision().title(),
                ByteSize.binaryText(weights),
                ByteSize.binaryText(working),
                ByteSize.binaryText(available.getAsLong())),
            "",
            "Close other programs, or choose a precision with fewer bits."),
        weights + " + " + working + " > " + available.getAsLong(),
        null);
  }
}
