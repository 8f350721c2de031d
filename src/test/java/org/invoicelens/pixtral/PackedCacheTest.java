package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed weights that are kept on disk between two starts. */
class PackedCacheTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String GATE = "text.0.gate";
  private static final Prompt PROMPT =
      new Prompt(new int[] {1, 5, 9, 100, 120, 37, 12, 55, 90, 41}, List.of());

  @TempDir Path folder;

  private PackedCache cache() {
    return new PackedCache(folder, COMMIT, "contents", 1);
  }

  private static LoadOptions options(Precision precision, boolean twice) {
    return new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, twice);
  }

  private record Loaded(byte[] codes, float[] unpacked, int[] answer, long memory) {}

  private static Loaded load(LoadOptions options, Optional<PackedCache> cache) throws Exception {
    return load(options, cache, progress -> {}, new Cancellation());
  }

  private static Loaded load(
      LoadOptions options,
      Optional<PackedCache> cache,
      ProgressListener listener,
      Cancellation cancellation)
      throws Exception {
    Path model = BundledModelTest.FOLDER;
    try (PixtralProcessor processor = PixtralProcessor.open(model);
        PixtralModel loaded =
            PixtralModel.load(
                model, processor, options, cache, listener, cancellation, () -> Long.MAX_VALUE)) {
      return new Loaded(
          loaded.program().fetch(GATE),
          options.precision().isQuantized() ? loaded.program().unpack(GATE) : new float[0],
          ReferenceTest.greedy(loaded, PROMPT),
          loaded.memory());
    }
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, false, 0123456789ab-int8.safetensors",
    "FP8, false, 0123456789ab-fp8.safetensors",
    "NF4, false, 0123456789ab-nf4-64.safetensors",
    "NF4, true, 0123456789ab-nf4-64-double.safetensors",
    "INT4, false, 0123456789ab-int4-64.safetensors"
  })
  void theSecondStartTakesWhatTheFirstPacked(Precision precision, boolean twice, String name)
      throws Exception {
    LoadOptions options = options(precision, twice);
    Loaded without = load(options, Optional.empty());
    Loaded first = load(options, Optional.of(cache()));
    assertThat(kept()).containsExactly(name);
    Loaded second = load(options, Optional.of(cache()));
    for (Loaded loaded : List.of(first, second)) {
      assertThat(loaded.codes()).isEqualTo(without.codes());
      assertThat(loaded.unpacked()).isEqualTo(without.unpacked());
      assertThat(loaded.answer()).isEqualTo(without.answer());
      assertThat(loaded.memory()).isEqualTo(without.memory());
    }
  }

  @Test
  void whatLiesThereIsWhatIsLoaded() throws Exception {
    LoadOptions options = options(Precision.INT4, false);
    Loaded packed = load(options, Optional.of(cache()));
    Path file = cache().file(options);
    long at;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      at = opened.header().dataOffset() + opened.tensors().get(GATE).begin();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) ~packed.codes()[0]}), at);
    }
    Loaded again = load(options, Optional.of(cache()));
    assertThat(again.codes()[0]).isEqualTo((byte) ~packed.codes()[0]);
    assertThat(Arrays.copyOfRange(again.codes(), 1, 1000))
        .isEqualTo(Arrays.copyOfRange(packed.codes(), 1, 1000));
  }

  @Test
  void weightsOfOtherFilesAreNotUsed() throws Exception {
    LoadOptions options = options(Precision.NF4, true);
    load(options, Optional.of(cache()));
    byte[] before = Files.readAllBytes(cache().file(options));
    PackedCache repaired = new PackedCache(folder, COMMIT, "other contents", 1);
    load(options, Optional.of(repaired));
    byte[] after = Files.readAllBytes(cache().file(options));
    assertThat(after).isNotEqualTo(before);
    try (SafetensorsFile file = SafetensorsFile.open(cache().file(options))) {
      assertThat(file.metadata()).containsEntry("contents", "other contents");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "100", "50000"})
  void aFileThatWasCutIsMadeAnew(int length) throws Exception {
    LoadOptions options = options(Precision.INT8, false);
    Loaded first = load(options, Optional.of(cache()));
    Path file = cache().file(options);
    long size = Files.size(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
    Loaded second = load(options, Optional.of(cache()));
    assertThat(second.answer()).isEqualTo(first.answer());
    assertThat(Files.size(file)).isEqualTo(size);
  }

  @Test
  void anotherFormTakesThePlaceOfTheFirst() throws Exception {
    Path foreign = Files.writeString(folder.resolve("ffffffffffff-int8.safetensors"), "other");
    load(options(Precision.INT8, false), Optional.of(cache()));
    // as a killed program leaves it while it writes
    String unfinished = ".0123456789ab-fp8.safetensors.00000000-0000-0000-0000-000000000000";
    Files.writeString(folder.resolve(unfinished), "half");
    load(options(Precision.NF4, false), Optional.of(cache()));
    assertThat(kept())
        .containsExactly("0123456789ab-nf4-64.safetensors", foreign.getFileName().toString());
  }

  @Test
  void whatIsNotPackedOrIsSmallIsNotKept() throws Exception {
    load(options(Precision.BFLOAT16, false), Optional.of(cache()));
    load(options(Precision.INT8, false), Optional.of(new PackedCache(folder, COMMIT, "contents")));
    assertThat(kept()).isEmpty();
  }

  @Test
  void cancellingWhileItIsWrittenLeavesNothing() throws Exception {
    Cancellation cancellation = new Cancellation();
    ProgressListener listener =
        progress -> {
          if (progress.message().startsWith("Keeping")) {
            cancellation.cancel();
          }
        };
    LoadOptions options = options(Precision.INT8, false);
    assertThatThrownBy(() -> load(options, Optional.of(cache()), listener, cancellation))
        .isInstanceOf(CancelledException.class);
    assertThat(kept()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenDoesNotHinderTheStart() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    PackedCache nowhere = new PackedCache(file.resolve("cache"), COMMIT, "contents", 1);
    Loaded loaded = load(options(Precision.INT4, false), Optional.of(nowhere));
    assertThat(loaded.answer()).isNotEmpty();
  }
}
