package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Room that is taken before bytes come, on real volumes. */
@EnabledOnOs(OS.LINUX)
class ReservationTest {

  private static final int SIZE = 8 << 20;

  @TempDir Path folder;

  private final Checksum checksum = checksum(SIZE);

  private static Checksum checksum(long size) {
    return new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), size);
  }

  @BeforeEach
  void here() throws Exception {
    Path file = Files.createFile(folder.resolve("trial"));
    assumeThat(Reservation.make(file, 1)).as("a file system that reserves").isTrue();
    Files.delete(file);
  }

  /** What a file takes on its volume, in bytes. */
  private static long taken(Path file) throws Exception {
    Process stat =
        new ProcessBuilder("stat", "-c", "%b %B", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(stat.waitFor()).as(said).isZero();
    String[] blocks = said.strip().split(" ");
    return Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
  }

  private Path data() {
    return folder.resolve("a.part");
  }

  private PartialFile open() throws IOException {
    return PartialFile.open(folder, "a", checksum);
  }

  private static void write(PartialFile file, int bytes) throws IOException {
    file.write(0, ByteBuffer.wrap(FaultyHub.bytes(bytes, 3)), Optional.empty());
    file.save();
  }

  @Test
  void aLargeFileHasItsLengthAndItsBlocksBeforeAByteComes() throws Exception {
    try (PartialFile file = open()) {
      assertThat(file.roomNeeded()).isEqualTo(SIZE);
      file.reserve();
      assertThat(data()).hasSize(SIZE);
      assertThat(taken(data())).isGreaterThanOrEqualTo(SIZE);
      assertThat(file.roomNeeded()).isZero();
      assertThat(Journal.reserved(folder.resolve("a.journal"))).isEqualTo(SIZE);
    }
  }

  @Test
  void aFileInAFolderOfAnyNameIsTheOneThatGetsTheRoom() throws Exception {
    Path office = Files.createDirectory(folder.resolve("Büro, 100 %"));
    try (PartialFile file = PartialFile.open(office, "a", checksum)) {
      file.reserve();
      assumeThat(file.roomNeeded()).as("a system that knows the name's letters").isZero();
      assertThat(taken(office.resolve("a.part"))).isGreaterThanOrEqualTo(SIZE);
    }
  }

  @Test
  void whatIsInAFileStaysWhenItGetsItsRoom() throws Exception {
    byte[] content = FaultyHub.bytes(10_000, 4);
    Files.write(data(), content);
    assertThat(Reservation.make(data(), SIZE)).isTrue();
    byte[] now = Files.readAllBytes(data());
    assertThat(now).hasSize(SIZE).startsWith(content);
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path elsewhere = Files.createFile(folder.resolve("elsewhere"));
    Files.createSymbolicLink(data(), elsewhere);
    assertThat(Reservation.make(data(), SIZE)).isFalse();
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void theNextRunKnowsThatTheRoomIsThere() throws Exception {
    try (PartialFile file = open()) {
      file.reserve();
      write(file, 100_000);
    }
    assertThat(taken(data())).isGreaterThanOrEqualTo(SIZE);
    assertThat(Journal.reserved(folder.resolve("a.journal"))).isEqualTo(SIZE - 100_000);
    try (PartialFile again = open()) {
      assertThat(again.total()).isEqualTo(100_000);
      assertThat(again.roomNeeded()).isZero();
    }
  }

  @Test
  void whatAVersionBeforeBeganCountsAndNeedsRoomForTheRest() throws Exception {
    ByteRanges present = new ByteRanges();
    present.add(0, 100_000);
    Files.write(data(), new byte[SIZE]);
    new Journal(Optional.of("\"tag\""), present).write(folder.resolve("a.journal"), checksum);
    assertThat(folder.resolve("a.journal")).content().doesNotContain("reserved");
    try (PartialFile file = open()) {
      file.reserve();
      assertThat(file.total()).isEqualTo(100_000);
      assertThat(file.tag()).contains("\"tag\"");
      assertThat(file.roomNeeded()).isEqualTo(SIZE - 100_000);
    }
  }

  @Test
  void aFileThatIsBegunAgainHasItsRoomAgain() throws Exception {
    try (PartialFile file = open()) {
      file.reserve();
      write(file, 100_000);
      file.discard();
      assertThat(file.roomNeeded()).isEqualTo(SIZE);
      write(file, 50_000);
      assertThat(file.roomNeeded()).isZero();
      assertThat(taken(data())).isGreaterThanOrEqualTo(SIZE);
    }
  }

  @Test
  void aFileOfWhichNothingCameGivesItsRoomBack() throws Exception {
    open().close();
    try (PartialFile file = open()) {
      file.reserve();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSmallFileTakesNoMoreThanWhatCame() throws Exception {
    try (PartialFile file = PartialFile.open(folder, "a", checksum(PartialFile.LARGE - 1))) {
      file.reserve();
      assertThat(data()).isEmptyFile();
      write(file, 1);
      assertThat(data()).hasSize(PartialFile.LARGE - 1);
      assertThat(file.roomNeeded()).isEqualTo(PartialFile.LARGE - 2);
    }
  }

  @Test
  void aVolumeWithoutRoomForAllFilesKeepsNothingOfThoseThatAreRefused() throws Exception {
    try (SmallVolume small = SmallVolume.mount(folder, 9)) {
      Path volume = small.folder();
      long free = DownloadFailures.freeSpace(volume);
      List<PartialFile> files = new ArrayList<>();
      for (String name : List.of("a", "b")) {
        files.add(PartialFile.open(volume, name, checksum(free * 2 / 3)));
      }
      files.getFirst().reserve();
      assertThat(DownloadFailures.freeSpace(volume)).isLessThan(free / 2);
      assertThatThrownBy(() -> files.getLast().reserve())
          .isInstanceOfSatisfying(
              IOException.class,
              e ->
                  assertThat(DownloadFailures.disk(volume, free, e).reason())
                      .isEqualTo(DownloadException.Reason.DISK_FULL));
      assertThat(volume.resolve("b.part")).isEmptyFile();
      for (PartialFile file : files) {
        file.close();
      }
      assertThat(volume).isEmptyDirectory();
      assertThat(DownloadFailures.freeSpace(volume)).isEqualTo(free);
    }
  }

  @Test
  void aFileThatIsTooLargeForTheVolumeIsToldAsThatAndLeavesNothing() throws Exception {
    try (PartialFile file = PartialFile.open(folder, "a", checksum(1L << 60))) {
      assertThatThrownBy(file::reserve)
          .isInstanceOfSatisfying(
              IOException.class,
              e -> {
                DownloadException told = DownloadFailures.disk(folder, 1L << 60, e);
                assertThat(told.reason()).isEqualTo(DownloadException.Reason.DISK_FULL);
                assertThat(told.problem().remedy())
                    .containsIgnoringCase("choose")
                    .contains("is kept");
              });
    }
    assertThat(folder).isEmptyDirectory();
  }
}
