package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a model is spread over several cards. */
class DeviceSplitTest {

  private static final Path MINI = Path.of("models/bundled/pixtral-mini");

  private static final List<String> TWO = List.of("cuda:0", "cuda:1");

  @Test
  void layersGoByFreeMemoryAndInOrder() {
    DeviceSplit split = DeviceSplit.of(TWO, new long[] {300, 100}, 0, layers(12, 10), 0).get();

    assertThat(split.layers().subList(0, 9)).containsOnly("cuda:0");
    assertThat(split.layers().subList(9, 12)).containsOnly("cuda:1");
    assertThat(split.first()).isEqualTo("cuda:0");
    assertThat(split.last()).isEqualTo("cuda:1");
  }

  @Test
  void theEmbeddingsAndTheOutputLayerCountWithTheirCards() {
    DeviceSplit split = DeviceSplit.of(TWO, new long[] {100, 100}, 40, layers(10, 10), 20).get();

    assertThat(split.layers().stream().filter("cuda:0"::equals)).hasSize(4);
    assertThat(split.deviceOf("vision.3.q")).isEqualTo("cuda:0");
    assertThat(split.deviceOf("projector.in")).isEqualTo("cuda:0");
    assertThat(split.deviceOf("text.embeddings")).isEqualTo("cuda:0");
    assertThat(split.deviceOf("text.3.q")).isEqualTo("cuda:0");
    assertThat(split.deviceOf("text.4.down")).isEqualTo("cuda:1");
    assertThat(split.deviceOf("text.norm")).isEqualTo("cuda:1");
    assertThat(split.deviceOf("text.head")).isEqualTo("cuda:1");
  }

  @Test
  void aCardWithoutRoomIsLeftOut() {
    List<String> three = List.of("cuda:0", "cuda:1", "cuda:2");
    DeviceSplit split =
        DeviceSplit.of(three, new long[] {100, 5, 100}, 10, layers(10, 10), 10).get();

    assertThat(split.devices()).containsExactly("cuda:0", "cuda:2");
  }

  @Test
  void noCardIsFilledBeyondWhatIsFree() {
    long[] free = {64, 91, 33};
    List<String> three = List.of("cuda:0", "cuda:1", "cuda:2");
    DeviceSplit split = DeviceSplit.of(three, free, 17, layers(11, 13), 9).get();

    for (int i = 0; i < free.length; i++) {
      String name = three.get(i);
      long used =
          13 * split.layers().stream().filter(name::equals).count()
              + (split.first().equals(name) ? 17 : 0)
              + (split.last().equals(name) ? 9 : 0);
      assertThat(used).as(name).isLessThanOrEqualTo(free[i]);
    }
    assertThat(DeviceSplit.of(three, free, 17, layers(13, 13), 9)).isEmpty();
  }

  static Stream<Arguments> forms() {
    return Stream.of(
        Arguments.of(Precision.FLOAT32, AttentionVariant.EAGER),
        Arguments.of(Precision.FLOAT32, AttentionVariant.SDPA),
        Arguments.of(Precision.INT8, AttentionVariant.SDPA),
        Arguments.of(Precision.NF4, AttentionVariant.EAGER),
        Arguments.of(Precision.INT4, AttentionVariant.FLASH));
  }

  /** PyTorch has two names for the processor: to the program they are two devices. */
  @ParameterizedTest
  @MethodSource("forms")
  void aSplitModelAnswersAsAWholeOne(Precision precision, AttentionVariant attention)
      throws Exception {
    LoadOptions whole = options(precision, attention, "cpu");
    LoadOptions split = options(precision, attention, "cpu,cpu:0");
    try (PixtralProcessor processor = PixtralProcessor.open(MINI);
        PixtralModel one = load(processor, whole, Map.of());
        PixtralModel two = load(processor, split, shortOf(split))) {
      assertThat(two.options().device()).isEqualTo("cpu,cpu:0");
      assertThat(Set.copyOf(two.layerDevices())).containsExactlyInAnyOrder("cpu", "cpu:0");
      Prompt prompt = page(processor);
      float[][] expected = one.logits(prompt, new Cancellation());
      float[][] found = two.logits(prompt, new Cancellation());
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).usingComparatorWithPrecision(1e-3f).containsExactly(expected[i]);
      }
      GenerationOptions options = new GenerationOptions(12, 0, 1, 0, true);
      assertThat(two.generate(prompt, options, TokenListener.NONE, new Cancellation()).tokenIds())
          .isEqualTo(
              one.generate(prompt, options, TokenListener.NONE, new Cancellation()).tokenIds());
      DeviceProof proof = two.prove();
      assertThat(proof.wanted()).containsExactlyInAnyOrder("cpu", "cpu:0");
      assertThat(proof.error()).isLessThanOrEqualTo(proof.tolerance());
    }
  }

  @Test
  void oneCardIsEnoughWhereTheModelFitsOnOne() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(MINI);
        PixtralModel model =
            load(
                processor,
                options(Precision.FLOAT32, AttentionVariant.EAGER, "cpu:0,cpu"),
                Map.of("cpu:0", 1L << 20, "cpu", 1L << 40))) {
      assertThat(model.options().device()).isEqualTo("cpu");
    }
  }

  @Test
  void whatDoesNotFitOnAllCardsTogetherIsRefusedWithTheSum() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(MINI)) {
      CheckpointException e =
          catchThrowableOfType(
              CheckpointException.class,
              () ->
                  load(
                      processor,
                      options(Precision.FLOAT32, AttentionVariant.EAGER, "cpu,cpu:0"),
                      Map.of("cpu", 1000L, "cpu:0", 1000L)));
      assertThat(e.reason()).isEqualTo(CheckpointException.Reason.OUT_OF_MEMORY);
      assertThat(e.problem().what()).contains("2 graphics cards together", "0 bytes are free");
    }
  }

  /** Memory of two cards with which the model fits on neither, and each gets some layers. */
  private static Map<String, Long> shortOf(LoadOptions options) throws Exception {
    try (Checkpoint checkpoint = Checkpoint.open(MINI)) {
      long tooLittle = 0;
      long enough = 1L << 34;
      while (enough - tooLittle > 1) {
        long middle = (tooLittle + enough) / 2;
        boolean onOne =
            layerDevices(checkpoint, options, Map.of("cpu", middle, "cpu:0", 0L)).size() == 1;
        tooLittle = onOne ? tooLittle : middle;
        enough = onOne ? middle : enough;
      }
      for (long second = tooLittle; second > 0; second -= 50_000) {
        Map<String, Long> free = Map.of("cpu", tooLittle, "cpu:0", second);
        if (layerDevices(checkpoint, options, free).size() == 2) {
          return free;
        }
      }
      throw new AssertionError("there is no such split");
    }
  }

  private static Set<String> layerDevices(
      Checkpoint checkpoint, LoadOptions options, Map<String, Long> free) {
    try {
      return Set.copyOf(
          MemoryCheck.split(
                  checkpoint, options, () -> 0, device -> OptionalLong.of(free.get(device)))
              .layers());
    } catch (CheckpointException e) {
      return Set.of();
    }
  }

  private static PixtralModel load(
      PixtralProcessor processor, LoadOptions options, Map<String, Long> free) throws Exception {
    return PixtralModel.load(
        MINI,
        processor,
        options,
        Optional.empty(),
        ProgressListener.NONE,
        new Cancellation(),
        () -> 1L << 40,
        device -> OptionalLong.of(free.get(device)));
  }

  private static LoadOptions options(
      Precision precision, AttentionVariant attention, String device) {
    return new LoadOptions(precision, Precision.FLOAT32, attention, device, 64, true);
  }

  private static Prompt page(PixtralProcessor processor) throws Exception {
    java.awt.image.BufferedImage picture =
        new java.awt.image.BufferedImage(96, 64, java.awt.image.BufferedImage.TYPE_INT_RGB);
    picture.setRGB(10, 10, 0xffffff);
    return processor.prepare("", "<json>", List.of(picture));
  }

  private static long[] layers(int count, long bytes) {
    long[] layers = new long[count];
    Arrays.fill(layers, bytes);
    return layers;
  }
}
