package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatesAndRangesTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  @Test
  void rangesAgreeWithASetOfSingleBytes() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      ByteRanges ranges = new ByteRanges();
      BitSet bytes = new BitSet();
      for (int i = 0; i < 40; i++) {
        int from = random.nextInt(100);
        int to = from + random.nextInt(12);
        if (random.nextInt(3) == 0) {
          ranges.remove(from, to);
          bytes.clear(from, to);
        } else {
          ranges.add(from, to);
          bytes.set(from, to);
        }
        assertThat(ranges.total()).isEqualTo(bytes.cardinality());
        assertThat(ranges.prefix()).isEqualTo(bytes.nextClearBit(0));
        BitSet again = new BitSet();
        ranges.ranges().forEach(r -> again.set((int) r.from(), (int) r.to()));
        assertThat(again).isEqualTo(bytes);
        BitSet within = new BitSet();
        ranges.within(20, 50).forEach(r -> within.set((int) r.from(), (int) r.to()));
        again.clear(0, 20);
        again.clear(50, 120);
        assertThat(within).isEqualTo(again);
        BitSet gaps = new BitSet();
        ranges.gaps(120).forEach(r -> gaps.set((int) r.from(), (int) r.to()));
        gaps.flip(0, 120);
        assertThat(gaps).isEqualTo(bytes);
      }
    }
  }

  @Test
  void theRateIsTheMeanOfTheLastSeconds() {
    AtomicLong now = new AtomicLong();
    TransferRate rate = new TransferRate(now::get);
    assertThat(rate.bytesPerSecond()).isZero();
    assertThat(rate.timeLeft(100)).isEmpty();
    for (int tenth = 0; tenth <= 100; tenth++) {
      now.set(tenth * SECOND / 10);
      rate.record(tenth * 100L);
    }
    assertThat(rate.bytesPerSecond()).isCloseTo(1000, within(1.0));
    assertThat(rate.timeLeft(5000).orElseThrow()).isEqualTo(Duration.ofSeconds(5));
    assertThat(rate.timeLeft(0)).contains(Duration.ZERO);
  }

  @Test
  void theRateFallsToNothingWhileNothingComes() {
    AtomicLong now = new AtomicLong();
    TransferRate rate = new TransferRate(now::get);
    rate.record(0);
    now.set(SECOND);
    rate.record(1000);
    now.set(3 * SECOND);
    assertThat(rate.bytesPerSecond()).isCloseTo(333, within(1.0));
    now.set(60 * SECOND);
    assertThat(rate.bytesPerSecond()).isZero();
    assertThat(rate.timeLeft(10)).isEmpty();
  }

  @Test
  void bytesThatGoBackStartTheMeasurementAnew() {
    AtomicLong now = new AtomicLong();
    TransferRate rate = new TransferRate(now::get);
    rate.record(0);
    now.set(SECOND);
    rate.record(9000);
    now.set(2 * SECOND);
    rate.record(10);
    assertThat(rate.bytesPerSecond()).isZero();
    now.set(3 * SECOND);
    rate.record(510);
    assertThat(rate.bytesPerSecond()).isCloseTo(500, within(1.0));
  }

  @Test
  void theLimitHoldsOverAllBytesAndCanBeChanged() throws Exception {
    AtomicLong now = new AtomicLong();
    Ticker ticker =
        new Ticker() {
          @Override
          public long nanos() {
            return now.get();
          }

          @Override
          public void await(Object monitor, long nanos) {
            now.addAndGet(nanos);
          }
        };
    RateLimit limit = new RateLimit(1_000_000, ticker);
    for (int i = 0; i < 300; i++) {
      limit.take(10_000);
    }
    assertThat(now.get() / 1e9).isBetween(2.7, 3.0);
    limit.change(0);
    long before = now.get();
    limit.take(1_000_000_000);
    assertThat(now).hasValue(before);
    assertThat(limit.portion(65_536)).isEqualTo(65_536);
    limit.change(20_000);
    assertThat(limit.portion(65_536)).isEqualTo(1000);
  }

  @Test
  void aFullDiskIsToldFromAFolderThatIsClosed() {
    assertThat(
            DownloadFailures.disk(
                folder, 5_000_000_000L, new IOException("No space left on device")))
        .satisfies(e -> {
          assertThat(e.reason()).isEqualTo(DownloadException.Reason.DISK_FULL);
          assertThat(e.getMessage()).contains("5.0 GB").contains("is kept");
        });
    assertThat(DownloadFailures.disk(folder, 5, new IOException("File too large")))
        .satisfies(e -> {
          assertThat(e.reason()).isEqualTo(DownloadException.Reason.DISK_FULL);
          assertThat(e.getMessage()).contains("FAT32");
        });
    assertThat(DownloadFailures.disk(folder, 5, new IOException("Input/output error")).reason())
        .isEqualTo(DownloadException.Reason.NOT_WRITABLE);
  }

  @Test
  void aJournalIsOverwrittenWhereNoNewFileCanBeMade() throws Exception {
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 1000);
    Path journal = folder.resolve("x".repeat(240) + ".journal");
    ByteRanges some = new ByteRanges();
    some.add(0, 10);
    Path written = folder.resolve("x.journal");
    new Journal(Optional.of("\"tag\""), some).write(written, checksum);
    // A name that leaves none for a temporary file beside it stands for a volume without room.
    Files.move(written, journal);
    some.add(500, 600);
    new Journal(Optional.of("\"tag\""), some).write(journal, checksum);
    Journal read = Journal.read(journal, checksum).orElseThrow();
    assertThat(read.present().ranges()).isEqualTo(some.ranges());
    assertThat(read.tag()).contains("\"tag\"");
  }

  @Test
  void aJournalSaysWhichMirrorSentWhat() throws Exception {
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 1000);
    Path journal = folder.resolve("x.journal");
    ByteRanges all = new ByteRanges();
    all.add(0, 700);
    ByteRanges some = new ByteRanges();
    some.add(100, 200);
    some.add(300, 400);
    new Journal(Optional.empty(), all, Map.of("share:8000/pixtral", some), false)
        .write(journal, checksum);

    Journal read = Journal.read(journal, checksum).orElseThrow();
    assertThat(read.present().total()).isEqualTo(700);
    assertThat(read.mirrors()).containsOnlyKeys("share:8000/pixtral");
    assertThat(read.mirrors().get("share:8000/pixtral").ranges()).isEqualTo(some.ranges());
    assertThat(Journal.claimed(journal)).isEqualTo(700);
  }
}
