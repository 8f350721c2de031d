package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.Manifest;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveTest {

  private static final int SIZE = 3_000_000;

  @TempDir Path folder;

  private Path here;
  private Path disk;
  private DoorForTests door;

  @BeforeEach
  void aModelIsHere() throws Exception {
    door = new DoorForTests(folder.resolve("data"));
    here = folder.resolve("data/models/pixtral-12b");
    disk = Files.createDirectories(folder.resolve("disk"));
    Files.createDirectories(here);
    Files.write(here.resolve("model.safetensors"), new byte[SIZE]);
    new Manifest(
            "mistral-community/pixtral-12b",
            "0".repeat(40),
            Map.of(
                "model.safetensors",
                new Manifest.Entry(
                    new Checksum(Checksum.Algorithm.SHA256, "0".repeat(64), SIZE), 0)))
        .write(here);
  }

  private Path kept() {
    return new SettingsStore(door.folders()).current().modelFolders().get("pixtral-12b");
  }

  @Test
  void aModelGoesWhereItIsToldToAndIsLookedForThere() {
    Path there = disk.resolve("pixtral-12b");
    Outcome outcome = door.run("move", "--to", disk);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("pixtral-12b lies in " + there + " now.");
    assertThat(here).doesNotExist();
    assertThat(there.resolve("model.safetensors")).hasSize(SIZE);
    assertThat(kept()).isEqualTo(there);

    Path further = folder.resolve("further");
    assertThat(door.run("move", "--to", further, "--json").json().get("from").getAsString())
        .isEqualTo(there.toString());
    assertThat(further.resolve("pixtral-12b/model.safetensors")).hasSize(SIZE);
  }

  @Test
  void intoAFolderWithOtherFilesItIsCopiedAndItsProgressToldOnStandardError() throws Exception {
    Path there = Files.createDirectories(disk.resolve("pixtral-12b"));
    Files.writeString(there.resolve("mine.txt"), "mine");
    Outcome outcome = door.run("move", "--to", there, "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("Moving model.safetensors");
    assertThat(outcome.json().get("to").getAsString()).isEqualTo(there.toString());
    assertThat(outcome.json().get("moved").getAsBoolean()).isTrue();
    assertThat(outcome.json().get("left_behind").getAsBoolean()).isFalse();
    assertThat(outcome.json().get("bytes").getAsLong()).isGreaterThan(SIZE);
    assertThat(here).doesNotExist();
    assertThat(there.resolve("mine.txt")).hasContent("mine");
  }

  @Test
  void whereTheModelsFolderIsGoneItIsFoundInTheOther() throws Exception {
    Path there = disk.resolve("pixtral-12b");
    assertThat(door.run("move", "--to", disk).code()).isZero();
    Path renamed = Files.move(disk, folder.resolve("other-letter"));
    Outcome refused = door.run("move", "--to", folder, "--json");
    assertThat(refused.code()).isEqualTo(4);
    assertThat(kept()).isEqualTo(there);

    Outcome outcome = door.run("move", "--to", renamed, "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.json().get("moved").getAsBoolean()).isFalse();
    assertThat(kept()).isEqualTo(renamed.resolve("pixtral-12b"));
  }

  @Test
  void nothingIsMovedFromUnderAWindow() {
    door.windowOpen = true;
    Outcome outcome = door.run("move", "--to", disk, "--json");
    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.errorReason()).isEqualTo("IN_USE");
    assertThat(here.resolve("model.safetensors")).hasSize(SIZE);
    door.windowOpen = false;
    assertThat(door.run("move", "--to", disk).code()).isZero();
  }

  @Test
  void stoppedItIsWholeWhereItWasAndTheSettingsSaySo() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    Outcome outcome =
        new DoorForTests(folder.resolve("data"), cancellation).run("move", "--to", disk);
    assertThat(outcome.code()).isEqualTo(130);
    assertThat(here.resolve("model.safetensors")).hasSize(SIZE);
    assertThat(kept()).isNull();
  }

  @Test
  void aWrongFolderHasTheExitCodeOfItsKind() {
    Outcome inside = door.run("move", "--to", DoorForTests.PROGRAM.resolve("target"), "--json");
    assertThat(inside.code()).isEqualTo(4);
    assertThat(inside.json().getAsJsonObject("error").get("message").getAsString())
        .contains("belongs to the program");
    assertThat(door.run("move").code()).isEqualTo(2);
    Outcome ships =
        door.run("move", "--to", disk, "--config", Path.of("config/models/pixtral-mini.yaml"));
    assertThat(ships.code()).isEqualTo(2);
    assertThat(ships.err()).contains("ships with the program");
    assertThat(here.resolve("model.safetensors")).hasSize(SIZE);
  }
}
