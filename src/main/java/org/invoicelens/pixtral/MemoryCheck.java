package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;

/** Compares what a model needs with what is free, before it is loaded. */
final class MemoryCheck {

  private static final Words WORDS = Words.of(MemoryCheck.class);

  /** A picture of full size, its prompt and an answer, by which cards are filled. */
  private static final int EXPECTED_POSITIONS = 6144;

  private static final int EXPECTED_SIDE = 1024;

  private MemoryCheck() {}

  /**
   * Chooses where a model goes: one card of several where it fits on one, the one with the most
   * free memory, and otherwise all of them by what is free on each. Refuses before the system would
   * end the process.
   *
   * @param options of one device, or of several to choose from
   */
  static DeviceSplit split(
      Checkpoint checkpoint,
      LoadOptions options,
      LongSupplier mainMemory,
      Function<String, OptionalLong> cardMemory)
      throws CheckpointException {
    List<String> devices = List.of(options.device().split(","));
    int layers = checkpoint.config().text().layers();
    if (devices.size() > 1) {
      return spread(checkpoint, options, devices, cardMemory);
    }
    boolean onCard = !options.device().equals("cpu");
    OptionalLong available =
        onCard ? cardMemory.apply(options.device()) : OptionalLong.of(mainMemory.getAsLong());
    check(checkpoint, options, onCard, available);
    return DeviceSplit.none(options.device(), layers);
  }

  private static void check(
      Checkpoint checkpoint, LoadOptions options, boolean onCard, OptionalLong available)
      throws CheckpointException {
    long weights = WeightLoader.bytes(checkpoint, options);
    long working = WeightLoader.working(checkpoint);
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

  private static DeviceSplit spread(
      Checkpoint checkpoint,
      LoadOptions options,
      List<String> devices,
      Function<String, OptionalLong> cardMemory)
      throws CheckpointException {
    PixtralConfig config = checkpoint.config();
    int layers = config.text().layers();
    // by a split over one device the sizes of its parts are told apart
    long[] layerBytes = new long[layers];
    Arrays.fill(layerBytes, cache(config, options));
    long firstBytes = 0;
    long lastBytes = 0;
    List<String> names = new ArrayList<>(List.of("first"));
    for (int i = 0; i < layers; i++) {
      names.add(Integer.toString(i));
    }
    DeviceSplit places = new DeviceSplit("first", names.subList(1, layers + 1), "last");
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      long bytes = WeightLoader.bytes(weight, options);
      String place = places.deviceOf(weight.name());
      switch (place) {
        case "first" -> firstBytes += bytes;
        case "last" -> lastBytes += bytes;
        default -> layerBytes[Integer.parseInt(place)] += bytes;
      }
    }
    long beside = WeightLoader.working(checkpoint) + activations(config, options);
    long[] free = new long[devices.size()];
    int largest = 0;
    for (int i = 0; i < free.length; i++) {
      OptionalLong known = cardMemory.apply(devices.get(i));
      if (known.isEmpty()) {
        // without knowing what is free nothing can be spread by it
        return DeviceSplit.none(devices.getFirst(), layers);
      }
      free[i] = Math.max(0, known.getAsLong() - beside);
      largest = free[i] > free[largest] ? i : largest;
    }
    long needed = firstBytes + Arrays.stream(layerBytes).sum() + lastBytes;
    if (needed <= free[largest]) {
      return DeviceSplit.none(devices.get(largest), layers);
    }
    Optional<DeviceSplit> split = DeviceSplit.of(devices, free, firstBytes, layerBytes, lastBytes);
    return split.orElseThrow(() ->
        new CheckpointException(
            CheckpointException.Reason.OUT_OF_MEMORY,
            WORDS.problem(
                "memory.cards",
                options.precision().title(),
                ByteSize.binaryText(needed),
                ByteSize.binaryText(beside),
                ByteSize.binaryText(Arrays.stream(free).sum()),
                devices.size()),
            needed + " > " + Arrays.toString(free),
            null));
  }

  /** Keys and values of a layer. */
  private static long cache(PixtralConfig config, LoadOptions options) {
    long bytes = options.dtype() == Precision.BFLOAT16 ? 2 : 4;
    long positions = Math.min(EXPECTED_POSITIONS, config.text().context());
    return 2 * positions * config.text().kvHeads() * config.text().headDim() * bytes;
  }

  /** What a picture of full size and its prompt take while they are computed. */
  private static long activations(PixtralConfig config, LoadOptions options) {
    Prompt page =
        new Prompt(
            new int[Math.min(EXPECTED_POSITIONS, config.text().context())],
            List.of(new ImagePixels(new float[0], EXPECTED_SIDE, EXPECTED_SIDE)));
    AnswerMemory memory = AnswerMemory.of(config, options, page, 0, 0);
    return memory.patches() + memory.working();
  }
}
