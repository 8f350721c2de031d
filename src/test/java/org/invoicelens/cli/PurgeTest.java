package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeTest {

  @TempDir Path folder;

  private Path data;
  private DoorForTests door;

  @BeforeEach
  void somethingIsKept() throws Exception {
    data = folder.resolve("data");
    door = new DoorForTests(data);
    Files.createDirectories(data.resolve("models/a/.invoicelens"));
    Files.createDirectories(data.resolve("state"));
    Files.write(data.resolve("models/a/model.safetensors"), new byte[3_000_000]);
    Files.writeString(data.resolve("state/settings.json"), "{}");
  }

  @Test
  void saysHowMuchThereIsAndRemovesNothingUnlessToldTo() {
    Outcome outcome = door.run("purge");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("3.0 MB  " + data, "Add --yes");
    assertThat(data.resolve("models/a/model.safetensors")).exists();
  }

  @Test
  void removesEverythingButWhatLinksLeadTo() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("invoice.pdf"), "mine");
    Files.createSymbolicLink(data.resolve("models/link"), elsewhere);
    Outcome outcome = door.run("purge", "--yes", "--json");
    assertThat(outcome.json().get("bytes").getAsLong()).isEqualTo(3_000_002);
    assertThat(outcome.json().get("removed").getAsBoolean()).isTrue();
    assertThat(data).doesNotExist();
    assertThat(elsewhere.resolve("invoice.pdf")).hasContent("mine");
    assertThat(door.run("purge").out()).contains("nothing to remove");
  }

  @Test
  void refusesToRemoveACheckout() throws Exception {
    ApplicationFolders checkout =
        new ApplicationFolders(data, data, data.resolve("state"), data.resolve("logs"));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandContext context =
        new CommandContext(
            new PrintStream(new ByteArrayOutputStream()),
            new PrintStream(err),
            false,
            checkout,
            DoorForTests::settings,
            new Cancellation(),
            () -> false);
    assertThat(new CommandLineDoor(context).execute("purge", "--yes")).isEqualTo(2);
    assertThat(err.toString()).contains("This is a checkout");
    assertThat(data.resolve("models/a/model.safetensors")).exists();
  }
}
