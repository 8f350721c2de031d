package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.download.DownloadException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers, disks and neighbours do rarely. */
class DownloadOddCasesTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(1_500_000, 4);

  @TempDir Path folder;
  private FaultyHub hub;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = new FaultyHub().with(WEIGHTS, CONTENT);
    run = new Fixture(folder.resolve("model"));
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  private void assertComplete() throws Exception {
    assertThat(run.files()).containsExactly(WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
  }

  private DownloadException failure() {
    return catchThrowableOfType(DownloadException.class, () -> run.download(hub));
  }

  @Test
  void aPauseMayEndAtATimeOfDay() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) ->
            new FaultyHub.Reply()
                .status(503)
                .header(
                    "Retry-After",
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10))));
    run.download(hub);
    assertComplete();
    assertThat(run.ticker.pauses)
        .anyMatch(pause -> pause.toSeconds() > 500 && pause.toSeconds() <= 600);
  }

  @Test
  void aPauseThatEndedBeforeItBeganIsNone() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) ->
            new FaultyHub.Reply()
                .status(429)
                .header("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"));
    run.download(hub);
    assertComplete();
    assertThat(run.ticker.pauses).allMatch(pause -> pause.toSeconds() < 30);
  }

  @Test
  void aWholeFileThatIsTooShortIsRefusedBeforeItIsRead() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) -> new FaultyHub.Reply().body(Arrays.copyOf(CONTENT, 1_000_000)));
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length);
    assertComplete();
  }

  @Test
  void aRangeThatIsShorterThanAskedForIsTakenAsFarAsItGoes() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          normal.to = normal.from + 1000;
          return normal.header("Content-Range", "bytes 0-999/" + CONTENT.length);
        });
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length);
    assertComplete();
    assertThat(run.ticker.pauses).isEmpty();
  }

  @Test
  void aWebPageThatCallsItselfNothingIsFoundByTheDigest() throws Exception {
    byte[] page = new byte[CONTENT.length];
    Arrays.fill(page, (byte) ' ');
    System.arraycopy("<html>log in".getBytes(StandardCharsets.US_ASCII), 0, page, 0, 12);
    hub.once(WEIGHTS, (request, normal) -> new FaultyHub.Reply().body(page));
    run.download(hub);
    assertComplete();
    assertThat(run.messages()).anyMatch(m -> m.contains("wrong content and is fetched again"));
  }

  @Test
  void anEmptyBodyIsNoFile() throws Exception {
    hub.once(WEIGHTS, (request, normal) -> new FaultyHub.Reply().body(new byte[0]));
    run.download(hub);
    assertComplete();
  }

  @Test
  void aConnectionThatBringsAByteNowAndThenIsGivenUp() throws Exception {
    run.connections = 1;
    run.settings = run.settings.withReadTimeout(Duration.ofSeconds(60));
    AtomicInteger requests = new AtomicInteger();
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          if (requests.getAndIncrement() == 0) {
            normal.bytesPerSecond = 50;
            Thread.ofPlatform()
                .daemon()
                .start(() -> {
                  // A minute passes between two bytes until it asks again.
                  while (requests.get() == 1 && !run.cancellation.isCancelled()) {
                    run.ticker.await(this, Duration.ofMinutes(1).plusSeconds(1).toNanos());
                    try {
                      Thread.sleep(20);
                    } catch (InterruptedException stopped) {
                      return;
                    }
                  }
                });
          }
          return normal;
        });
    run.download(hub);
    assertComplete();
    assertThat(requests.get()).isGreaterThan(1);
  }

  @Test
  void contentThatIsWrongInAnotherWayEachTimePointsToMemoryOrDisk() {
    AtomicInteger times = new AtomicInteger();
    run.connections = 1;
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          normal.body = CONTENT.clone();
          normal.body[normal.from + 5] ^= (byte) times.incrementAndGet();
          return normal;
        });
    DownloadException failure = failure();
    assertThat(failure.reason()).isEqualTo(Reason.WRONG_CHECKSUM);
    assertThat(failure.getMessage()).contains(WEIGHTS).contains("memory or disk");
    assertThat(run.model.resolve(WEIGHTS)).doesNotExist();
  }

  @Test
  void anUpdateFetchesOnlyTheFilesThatChanged() throws Exception {
    hub.with("config.json", "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    run.download(hub);
    byte[] changed = "{\"a\":2}".getBytes(StandardCharsets.UTF_8);
    hub.files.put("config.json", changed);
    hub.commit = "b".repeat(40);
    hub.requests.clear();
    assertThat(run.download(hub).transferred()).isEqualTo(changed.length);
    assertThat(hub.requestsFor(WEIGHTS)).isZero();
    assertThat(run.content("config.json")).isEqualTo(changed);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
  }

  @Test
  void aDownloadOfAnotherProcessIntoTheSameFolderIsRespectedAndNamed() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                FolderLockInChild.class.getName(),
                run.model.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("taken");
      DownloadException failure = failure();
      assertThat(failure.reason()).isEqualTo(Reason.IN_USE);
      assertThat(failure.getMessage()).contains(run.model.toString());
    } finally {
      other.destroyForcibly().waitFor();
    }
    run.download(hub);
    assertComplete();
  }

  @Test
  void aDiskThatFillsUpStopsNoFileWhoseRoomIsReserved() throws Exception {
    try (SmallVolume small = SmallVolume.mount(folder, 70)) {
      Path volume = small.folder();
      run = new Fixture(volume.resolve("model"));
      Path filler = volume.resolve("filler");
      AtomicInteger ranges = new AtomicInteger();
      hub.always(
          WEIGHTS,
          (request, normal) -> {
            if (ranges.incrementAndGet() == 3) {
              awaitFirstBytes();
              fill(filler);
            }
            return ranges.get() >= 5 ? new FaultyHub.Reply().status(500) : normal;
          });
      assertThat(failure().reason()).isEqualTo(Reason.SERVER_ERROR);
      long kept = new PartialData(run.model).size();
      assertThat(kept).isPositive();
      assertThat(new PartialData(run.model).reserved()).isEqualTo(CONTENT.length - kept);
      // Far less than a download leaves free, but for the notes that it makes.
      try (RandomAccessFile shorter = new RandomAccessFile(filler.toFile(), "rw")) {
        shorter.setLength(shorter.length() - (256 << 10));
      }
      assertThat(DownloadFailures.freeSpace(run.model)).isLessThan(CONTENT.length - kept);
      hub.fault = (request, normal) -> normal;
      assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length - kept);
      assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
    }
  }

  @Test
  void aDiskThatFillsUpStopsTheDownloadAndWithRoomItGoesOn() throws Exception {
    byte[] content = Arrays.copyOf(CONTENT, PartialFile.LARGE - 1);
    hub.with(WEIGHTS, content);
    try (SmallVolume small = SmallVolume.mount(folder, 70)) {
      Path volume = small.folder();
      run = new Fixture(volume.resolve("model"));
      Path filler = volume.resolve("filler");
      AtomicInteger ranges = new AtomicInteger();
      hub.always(
          WEIGHTS,
          (request, normal) -> {
            if (ranges.incrementAndGet() == 3) {
              awaitFirstBytes();
              fill(filler);
            }
            return normal;
          });
      DownloadException failure = failure();
      assertThat(failure.reason()).isEqualTo(Reason.DISK_FULL);
      assertThat(failure.problem().remedy()).contains("what has arrived is kept");
      long kept = new PartialData(run.model).size();
      assertThat(kept).isPositive();
      Files.delete(filler);
      hub.fault = (request, normal) -> normal;
      assertThat(run.download(hub).transferred()).isEqualTo(content.length - kept);
      assertThat(run.content(WEIGHTS)).isEqualTo(content);
    }
  }

  /** Where a computer is busy, three ranges are asked for before one of them is written. */
  private void awaitFirstBytes() {
    try {
      while (new PartialData(run.model).size() == 0) {
        Thread.sleep(5);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void fill(Path filler) {
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      // As wished.
    }
  }

  @Test
  void aListingThatNamesTwoFilesAFileSystemTakesForOneIsRefused() {
    hub.with("Config.json", new byte[10]).with("config.json", new byte[10]);
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE_NAME));
    assertThat(hub.requests).noneMatch(FaultyHub.Request::isForCdn);
  }
}
