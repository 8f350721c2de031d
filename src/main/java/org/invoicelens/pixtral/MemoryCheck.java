package org.invoicelens.pixtral;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;

/** Compares what a model needs with what is free, before it is loaded. */
final class MemoryCheck {

  private static final Words WORDS = Words.of(MemoryCheck.class);

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
        WORDS.problem(
            onCard ? "memory.card" : "memory.main",
            options.precision().title(),
            ByteSize.binaryText(weights),
            ByteSize.binaryText(working),
            ByteSize.binaryText(available.getAsLong())),
        weights + " + " + working + " > " + available.getAsLong(),
        null);
  }
}
