package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.FolderLock;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMoveTest {

  private static final int SIZE = 9_000_000;

  @TempDir Path own;

  private Path from;
  private Path to;
  private final List<Progress> reports = new ArrayList<>();
  private final Cancellation cancellation = new Cancellation();
  private int arrivals;

  @BeforeEach
  void aModel() throws Exception {
    from = own.resolve("old/model");
    to = own.resolve("new/model");
    Files.createDirectories(from.resolve(".invoicelens/partial"));
    Files.write(from.resolve("model.safetensors"), new byte[SIZE]);
    Files.writeString(from.resolve("config.json"), "{}");
    Files.writeString(from.resolve(".invoicelens/partial/x.journal"), "1");
  }

  private boolean move() throws Exception {
    return new ModelMove(reports::add, cancellation).move(from, to, () -> arrivals++);
  }

  /** On one volume a folder gets a new name only where nothing has that name. */
  private void copying() throws Exception {
    Files.createDirectories(to);
    Files.writeString(to.resolve("mine.txt"), "mine");
  }

  private void assertWhole(Path folder) {
    assertThat(folder.resolve("model.safetensors")).hasSize(SIZE);
    assertThat(folder.resolve("config.json")).hasContent("{}");
    assertThat(folder.resolve(".invoicelens/partial/x.journal")).hasContent("1");
  }

  @Test
  void onOneVolumeItIsANewName() throws Exception {
    assertThat(move()).isTrue();
    assertThat(from).doesNotExist();
    assertWhole(to);
    assertThat(arrivals).isOne();
    assertThat(reports).isEmpty();
  }

  @Test
  void anEmptyFolderIsReplacedByIt() throws Exception {
    Files.createDirectories(to);
    move();
    assertThat(from).doesNotExist();
    assertWhole(to);
    assertThat(reports).isEmpty();
  }

  @Test
  void intoAFolderThatIsThereEveryFileIsCopiedAndThenTheOldOnesGo() throws Exception {
    copying();
    boolean clean =
        new ModelMove(reports::add, cancellation)
            .move(
                from,
                to,
                () -> {
                  assertWhole(from);
                  assertWhole(to);
                });
    assertThat(clean).isTrue();
    assertThat(from).doesNotExist();
    assertThat(to.resolve("mine.txt")).hasContent("mine");
    assertThat(reports.getLast().fraction()).isEqualTo(1);
  }

  @Test
  void stoppedInTheMiddleTheOldFolderIsWholeAndNothingHalfWrittenLooksWhole() throws Exception {
    copying();
    ModelMove move =
        new ModelMove(
            report -> {
              if (report.message().contains("model.safetensors")) {
                cancellation.cancel();
              }
            },
            cancellation);
    assertThatThrownBy(() -> move.move(from, to, () -> arrivals++))
        .isInstanceOf(CancelledException.class);
    assertWhole(from);
    assertThat(to.resolve("model.safetensors")).doesNotExist();
    assertThat(arrivals).isZero();

    new ModelMove(reports::add, new Cancellation()).move(from, to, () -> arrivals++);
    assertThat(from).doesNotExist();
    assertWhole(to);
    assertThat(arrivals).isOne();
  }

  /** The move in a process that ends without a warning in the middle of the large file. */
  static final class Killed {

    private Killed() {}

    public static void main(String[] folders) throws Exception {
      new ModelMove(
              report -> {
                if (report.message().contains("model.safetensors")) {
                  Runtime.getRuntime().halt(9);
                }
              },
              new Cancellation())
          .move(Path.of(folders[0]), Path.of(folders[1]), () -> {});
    }
  }

  @Test
  void killedInTheMiddleTheOldFolderIsWholeAndTheNextMoveLeavesNothingBehind() throws Exception {
    copying();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Killed.class.getName(),
                from.toString(),
                to.toString())
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("child.txt").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(own.resolve("child.txt"))).isEqualTo(9);
    assertWhole(from);
    assertThat(to.resolve("model.safetensors")).doesNotExist();
    assertThat(names(to)).anyMatch(name -> name.startsWith(".model.safetensors."));

    move();
    assertThat(from).doesNotExist();
    assertWhole(to);
    assertThat(names(to)).noneMatch(name -> name.startsWith(".model.safetensors."));
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void whatWasCopiedBeforeIsNotCopiedAgain() throws Exception {
    copying();
    Path copied = Files.copy(from.resolve("model.safetensors"), to.resolve("model.safetensors"));
    Object file = Files.readAttributes(copied, BasicFileAttributes.class).fileKey();
    move();
    assertThat(Files.readAttributes(copied, BasicFileAttributes.class).fileKey()).isEqualTo(file);
    assertWhole(to);
  }

  @Test
  void nothingOfAnotherModelIsOverwritten() throws Exception {
    Files.createDirectories(to);
    Files.writeString(to.resolve("config.json"), "[]");
    assertThatThrownBy(this::move)
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> assertThat(e.problem().what()).contains("config.json", "not of this model"));
    assertWhole(from);
    assertThat(to.resolve("config.json")).hasContent("[]");
    assertThat(names(to)).containsExactly("config.json");
    assertThat(arrivals).isZero();
  }

  @Test
  void aFolderIntoWhichADownloadWritesIsNotMoved() throws Exception {
    try (FolderLock _ = FolderLock.take(from)) {
      assertThatThrownBy(this::move)
          .isInstanceOfSatisfying(
              DownloadException.class,
              e -> assertThat(e.reason()).isEqualTo(DownloadException.Reason.IN_USE));
    }
    assertWhole(from);
    assertThat(to).doesNotExist();
  }

  @Test
  void whereTheNewPlaceCannotBeKeptNothingGoes() throws Exception {
    ModelMove.Arrival unkept =
        () -> {
          throw new IOException("full");
        };
    ModelMove move = new ModelMove(reports::add, cancellation);
    assertThatThrownBy(() -> move.move(from, to, unkept)).isInstanceOf(DownloadException.class);
    assertWhole(from);
    assertThat(to).doesNotExist();

    copying();
    assertThatThrownBy(() -> move.move(from, to, unkept)).isInstanceOf(DownloadException.class);
    assertWhole(from);
  }

  @Test
  void aVerifiedModelStaysVerified() throws Exception {
    VerificationRecord.write(from, List.of("config.json", "model.safetensors"));
    Instant verified = VerificationRecord.time(from).orElseThrow();
    copying();
    move();
    assertThat(VerificationRecord.unchanged(to)).isPresent();
    assertThat(VerificationRecord.time(to)).contains(verified);
  }

  @Test
  void theProofGoesAlongToAVolumeWithCoarserTimes() throws Exception {
    VerificationRecord.write(from, List.of("config.json"));
    Files.createDirectories(to.resolve(".invoicelens"));
    for (String name : List.of("config.json", ".invoicelens/verified.json")) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
    Files.setLastModifiedTime(to.resolve("config.json"), FileTime.fromMillis(2000));
    assertThat(VerificationRecord.unchanged(to)).isEmpty();
    VerificationRecord.carryOver(from, to);
    assertThat(VerificationRecord.unchanged(to)).isPresent();

    Files.setLastModifiedTime(from.resolve("config.json"), FileTime.fromMillis(4000));
    Files.setLastModifiedTime(to.resolve("config.json"), FileTime.fromMillis(4000));
    VerificationRecord.carryOver(from, to);
    assertThat(VerificationRecord.unchanged(to)).isEmpty();
  }

  @Test
  void aFolderThatIsALinkIsMovedWithWhatLiesInIt() throws Exception {
    Path link = Files.createSymbolicLink(own.resolve("link"), from);
    new ModelMove(reports::add, cancellation).move(link, to, () -> {});
    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(from).doesNotExist();
    assertWhole(to);
  }

  @Test
  void whatALinkLeadsToStaysWhereItIs() throws Exception {
    Path elsewhere = Files.writeString(own.resolve("elsewhere.txt"), "mine");
    Files.createSymbolicLink(from.resolve("link"), elsewhere);
    copying();
    assertThat(move()).isFalse();
    assertThat(elsewhere).hasContent("mine");
    assertThat(to.resolve("link")).doesNotExist();
  }
}
