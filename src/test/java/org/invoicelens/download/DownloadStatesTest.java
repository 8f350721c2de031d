package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.invoicelens.stage.CancelledException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A download that dies in any state and goes on from what the disk holds then.
 *
 * <p>Death is an image of the model folder, taken in the middle of the work: the files as they are
 * at that moment, which is what a kill leaves. Worse than a kill, every byte that no journal claims
 * is spoilt in the image, as after a power loss. {@link DownloadKillTest} kills real processes.
 */
class DownloadStatesTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir Path folder;

  @Test
  void diesAtAHundredRandomBytesAndEndsWithTheRightOnesFetchingNothingTwiceThatWasClaimed()
      throws Exception {
    // Chains beside each other spend their time waiting for the paced server.
    List<CompletableFuture<Void>> chains = new ArrayList<>();
    for (int chain = 0; chain < 5; chain++) {
      int number = chain;
      chains.add(CompletableFuture.runAsync(() -> dieAgainAndAgain(number, 20)));
    }
    for (CompletableFuture<Void> chain : chains) {
      chain.get(2, TimeUnit.MINUTES);
    }
  }

  private void dieAgainAndAgain(int chain, int deaths) {
    Random random = new Random(SEED + chain);
    int died = 0;
    try {
      for (int model = 0; died < deaths; model++) {
        died += oneModel(folder.resolve(chain + "-" + model), random, deaths - died);
      }
    } catch (Exception | AssertionError failure) {
      throw new CompletionException("seed " + SEED + ", after " + died + " deaths", failure);
    }
  }

  /** Downloads one model to its end, dying on the way; returns how often. */
  private int oneModel(Path first, Random random, int most) throws Exception {
    byte[] content = FaultyHub.bytes(3_000_000 + random.nextInt(1000), random.nextLong());
    byte[] config = FaultyHub.bytes(500, random.nextLong());
    Path model = first;
    int deaths = 0;
    try (FaultyHub hub = new FaultyHub().with("config.json", config).with(WEIGHTS, content)) {
      long paces = random.nextLong();
      hub.fault =
          (request, normal) -> {
            normal.bytesPerSecond =
                request.isFor(WEIGHTS)
                    ? new Random(paces + normal.from).nextLong(800_000, 3_000_000)
                    : 0;
            return normal;
          };
      while (deaths < most) {
        long before = new PartialData(model).size();
        long until = hub.served.sum() + random.nextLong(1, content.length - before + 1);
        Fixture life = new Fixture(model);
        CompletableFuture<DownloadResult> run = inBackground(life, hub);
        while (hub.served.sum() < until && !run.isDone()) {
          Thread.sleep(1);
        }
        Path image = first.resolveSibling(first.getFileName() + "." + deaths);
        copy(model, image);
        life.cancellation.cancel();
        ended(run);
        deaths++;
        assertThat(image.resolve(WEIGHTS))
            .satisfiesAnyOf(
                none -> assertThat(none).doesNotExist(),
                whole -> assertThat(whole).hasBinaryContent(content));
        if (Files.exists(image.resolve(WEIGHTS))) {
          model = image;
          break;
        }
        long claimed = new PartialData(image).size();
        assertThat(claimed).as("what is claimed never shrinks").isGreaterThanOrEqualTo(before);
        spoilUnclaimed(image, content);
        model = image;
      }
    }
    long kept = new PartialData(model).size();
    boolean isWhole = Files.exists(model.resolve(WEIGHTS));
    try (FaultyHub hub = new FaultyHub().with("config.json", config).with(WEIGHTS, content)) {
      Fixture last = new Fixture(model);
      last.download(hub);
      assertThat(last.content(WEIGHTS)).isEqualTo(content);
      assertThat(last.content("config.json")).isEqualTo(config);
      assertThat(last.ownFiles())
          .containsExactlyInAnyOrder(
              ".invoicelens/lock", ".invoicelens/listing.json", ".invoicelens/manifest.json");
      long missing = isWhole ? 0 : content.length - kept;
      assertThat(hub.served.sum()).isBetween(missing, missing + config.length);
    }
    return deaths;
  }

  @Test
  void goingOnAfterADeathServesAtMostOnePercentMoreThanTheFile() throws Exception {
    // One percent of this is more than the buffers of four connections, 64 KiB each, can hold.
    byte[] content = FaultyHub.bytes(32_000_000, SEED);
    Random random = new Random(SEED);
    try (FaultyHub hub = new FaultyHub().with(WEIGHTS, content)) {
      Path model = folder.resolve("model");
      for (int death = 0; death < 3; death++) {
        long before = new PartialData(model).size();
        // A request past these bytes finds the server silent.
        AtomicLong left = new AtomicLong(random.nextLong(2_000_000, 9_000_000));
        long handedOut = left.get();
        hub.fault =
            (request, normal) -> {
              if (request.isFor(WEIGHTS)) {
                long had = left.getAndUpdate(n -> Math.max(0, n - normal.length()));
                normal.stall = had < normal.length();
                return normal.stall ? normal.cut(had) : normal;
              }
              return normal;
            };
        Fixture life = new Fixture(model);
        CompletableFuture<DownloadResult> run = inBackground(life, hub);
        long buffers = 4L * (64 << 10);
        while (new PartialData(model).size() < before + handedOut - buffers) {
          assertThat(run).as("seed " + SEED).isNotDone();
          Thread.sleep(5);
        }
        Path image = folder.resolve("image" + death);
        copy(model, image);
        life.cancellation.cancel();
        ended(run);
        spoilUnclaimed(image, content);
        model = image;
      }
      hub.fault = (request, normal) -> normal;
      Fixture last = new Fixture(model);
      last.download(hub);
      assertThat(last.content(WEIGHTS)).isEqualTo(content);
      long extra = hub.served.sum() - content.length;
      assertThat(extra / 3)
          .as("extra for each death, seed " + SEED)
          .isLessThan(content.length / 100);
    }
  }

  private static CompletableFuture<DownloadResult> inBackground(Fixture life, FaultyHub hub) {
    CompletableFuture<DownloadResult> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            result.complete(life.download(hub));
          } catch (Exception | AssertionError failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  private static void ended(CompletableFuture<DownloadResult> run) throws Exception {
    try {
      run.get(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException failure) {
      assertThat(failure).hasCauseInstanceOf(CancelledException.class);
    }
  }

  /**
   * Copies what is there now. Journals first: the bytes they claim are in the data files before,
   * and only more of them by the time these are copied.
   */
  private static void copy(Path model, Path image) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(model)) {
      files =
          tree.filter(Files::isRegularFile)
              .sorted(java.util.Comparator.comparing(file -> !file.toString().endsWith(".journal")))
              .toList();
    } catch (java.io.UncheckedIOException renamedMeanwhile) {
      copy(model, image);
      return;
    }
    for (Path file : files) {
      Path target = image.resolve(model.relativize(file));
      Files.createDirectories(target.getParent());
      try {
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      } catch (NoSuchFileException renamedMeanwhile) {
        // Its new name, if it has one, may not be among those that were listed.
      }
    }
    Path weights = model.resolve(WEIGHTS);
    if (Files.exists(weights)) {
      Files.copy(weights, image.resolve(WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Leaves of the data only what the journal claims. */
  private static void spoilUnclaimed(Path image, byte[] content) throws IOException {
    Path partial = image.resolve(".invoicelens/partial/" + FaultyHub.sha256(content) + ".part");
    Path journal =
        partial.resolveSibling(partial.getFileName().toString().replace("part", "journal"));
    if (!Files.exists(partial)) {
      return;
    }
    Checksum checksum =
        new Checksum(Checksum.Algorithm.SHA256, FaultyHub.sha256(content), content.length);
    ByteRanges claimed =
        Journal.read(journal, checksum).map(Journal::present).orElseGet(ByteRanges::new);
    try (RandomAccessFile data = new RandomAccessFile(partial.toFile(), "rw")) {
      for (ByteRanges.Range gap : claimed.gaps(data.length())) {
        data.seek(gap.from());
        data.write(new byte[(int) gap.length()]);
      }
    }
  }
}
