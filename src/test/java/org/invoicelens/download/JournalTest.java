package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that a loss of power, a full disk or another version left. */
class JournalTest {

  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;

  private final byte[] content = FaultyHub.bytes(60_000, 5);
  private final Checksum checksum =
      new Checksum(Checksum.Algorithm.SHA256, FaultyHub.sha256(content), content.length);

  private static ByteRanges ranges(long... bounds) {
    ByteRanges ranges = new ByteRanges();
    for (int i = 0; i < bounds.length; i += 2) {
      ranges.add(bounds[i], bounds[i + 1]);
    }
    return ranges;
  }

  private Path journal() {
    return folder.resolve("x.journal");
  }

  private byte[] written(ByteRanges present) throws Exception {
    new Journal(Optional.of("\"tag\""), present).write(journal(), checksum);
    return Files.readAllBytes(journal());
  }

  private void assertClaimsNoMoreThan(ByteRanges truth, byte[] bytes, String what)
      throws Exception {
    Files.write(journal(), bytes);
    ByteRanges both = truth.copy();
    Journal.read(journal(), checksum)
        .ifPresent(claims -> claims.present().ranges().forEach(r -> both.add(r.from(), r.to())));
    assertThat(both.ranges()).as(what).isEqualTo(truth.ranges());
    assertThat(Journal.claimed(journal())).as(what).isLessThanOrEqualTo(truth.total());
  }

  @Test
  void cutOffAtAnyByteItClaimsNothingThatIsNotThere() throws Exception {
    ByteRanges truth = ranges(0, 12_345, 20_000, 31_000, 40_000, 40_001, 59_000, 60_000);
    byte[] whole = written(truth);
    for (int length = 0; length < whole.length; length++) {
      assertClaimsNoMoreThan(truth, Arrays.copyOf(whole, length), "cut to " + length);
    }
  }

  @Test
  void withAnyByteChangedItClaimsNothingThatIsNotThere() throws Exception {
    ByteRanges truth = ranges(0, 12_345, 20_000, 31_000);
    byte[] whole = written(truth);
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {1, 4, 0x80, 0xff}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        assertClaimsNoMoreThan(truth, changed, "byte " + at + " changed by " + change);
      }
    }
  }

  @Test
  void cutOffWhileItWasOverwrittenInPlaceItClaimsNothingThatIsNotThere() throws Exception {
    byte[] before = written(ranges(0, 9_999, 20_000, 31_000, 40_000, 40_001));
    ByteRanges truth = ranges(0, 31_000, 40_000, 45_000);
    byte[] after = written(truth);
    for (int done = 0; done <= after.length; done++) {
      byte[] torn = Arrays.copyOf(before, Math.max(before.length, done));
      System.arraycopy(after, 0, torn, 0, done);
      assertClaimsNoMoreThan(truth, torn, done + " bytes overwritten");
    }
  }

  @Test
  void aDownloadEndsWellWithAJournalOfAnyLength() throws Exception {
    try (FaultyHub hub = new FaultyHub().with(WEIGHTS, content)) {
      Path model = folder.resolve("model");
      Path partial = Files.createDirectories(model.resolve(".invoicelens/partial"));
      ByteRanges truth = ranges(0, 20_000, 30_000, 44_000);
      byte[] whole = written(truth);
      byte[] data = content.clone();
      for (ByteRanges.Range gap : truth.gaps(content.length)) {
        Arrays.fill(data, (int) gap.from(), (int) gap.to(), (byte) 0);
      }
      for (int length = 0; length <= whole.length; length++) {
        Files.createDirectories(partial);
        Files.write(partial.resolve(checksum.hex() + ".part"), data);
        Files.write(partial.resolve(checksum.hex() + ".journal"), Arrays.copyOf(whole, length));
        Files.deleteIfExists(model.resolve(WEIGHTS));
        Fixture run = new Fixture(model);
        // Without the entity tag of the server the first range is merely asked for.
        long transferred = run.download(hub).transferred();
        assertThat(run.content(WEIGHTS)).as("journal of %d bytes", length).isEqualTo(content);
        assertThat(run.messages())
            .as("journal of %d bytes", length)
            .noneMatch(message -> message.contains("wrong content"));
        assertThat(transferred).isLessThanOrEqualTo(content.length);
      }
    }
  }

  @Test
  void oneOfALaterVersionOfTheApplicationIsNotBelievedAndNotFatal() throws Exception {
    String whole = new String(written(ranges(0, 20_000)), StandardCharsets.UTF_8);
    String first = whole.lines().findFirst().orElseThrow();
    String other = "invoicelens-journal 9" + first.substring(21, first.lastIndexOf(" #"));
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(other.getBytes(StandardCharsets.UTF_8));
    String later = whole.replace(first, other + String.format(" #%08x", crc.getValue()));
    Files.writeString(journal(), later);
    assertThat(Journal.read(journal(), checksum)).isEmpty();
  }

  @Test
  void oneOfAnotherFileIsNotBelieved() throws Exception {
    written(ranges(0, 20_000));
    Checksum other = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), content.length);
    assertThat(Journal.read(journal(), other)).isEmpty();
    Checksum longer = new Checksum(Checksum.Algorithm.SHA256, checksum.hex(), content.length + 1);
    assertThat(Journal.read(journal(), longer)).isEmpty();
    assertThat(Journal.read(journal(), checksum)).isPresent();
  }
}
