package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.invoicelens.verify.VerificationStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationRecordTest {

  @TempDir Path folder;
  private Path weights;

  @BeforeEach
  void writeFiles() throws Exception {
    Files.writeString(folder.resolve("config.json"), "{}");
    weights = Files.createDirectories(folder.resolve("sub")).resolve("model.safetensors");
    Files.writeString(weights, "weights");
  }

  private void verify() {
    VerificationRecord.write(folder, List.of("config.json", "sub/model.safetensors"));
  }

  @Test
  void holdsWhileNoFileChanges() {
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();
    verify();
    assertThat(VerificationRecord.unchanged(folder))
        .contains(new VerificationStatus(folder, true, 2, 2, 9, List.of()));
  }

  @Test
  void endsWhenAFileHasAnotherSizeOrTimeOrIsGone() throws Exception {
    verify();
    FileTime time = Files.getLastModifiedTime(weights);
    Files.writeString(weights, "weightz!");
    Files.setLastModifiedTime(weights, time);
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();

    verify();
    Files.setLastModifiedTime(weights, FileTime.fromMillis(time.toMillis() + 2000));
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();

    verify();
    Files.delete(weights);
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();
  }

  @Test
  void canBeTakenBackAndStillTellsWhenItWasMade() throws Exception {
    VerificationRecord.withdraw(folder);
    assertThat(VerificationRecord.time(folder)).isEmpty();

    verify();
    Instant proved = Instant.parse("2026-03-01T10:00:00Z");
    Files.setLastModifiedTime(folder.resolve(".invoicelens/verified.json"), FileTime.from(proved));
    VerificationRecord.withdraw(folder);
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();
    assertThat(VerificationRecord.time(folder)).contains(proved);
  }

  @Test
  void countsForNothingWhereItIsBroken() throws Exception {
    verify();
    Files.writeString(folder.resolve(".invoicelens/verified.json"), "{\"version\":1,\"files\":[]}");
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();
    Files.writeString(folder.resolve(".invoicelens/verified.json"), "{\"version\":1,\"files\":{}}");
    assertThat(VerificationRecord.unchanged(folder)).isEmpty();
  }
}
