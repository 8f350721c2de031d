package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole way on the bundled model, with every stage real. */
class WizardPathTest {

  @TempDir Path own;

  @RegisterExtension final WindowRobot window = new WindowRobot();

  @Test
  void leadsFromTheChoiceToTheFieldsAndComesBackToTheWorkspaceWhenReopened() throws Exception {
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.click("#model-pixtral-mini");
    assertThat(window.text("#next")).isEqualTo("_Check this computer");
    window.click("#next");

    window.await(() -> window.seen("#check-disk") != null);
    assertThat(window.texts("#step-hardware")).contains("Processor", "Memory", "Disk", "Network");
    window.await(() -> window.text("#next").equals("_Set up 7.7 MB of files"));
    window.click("#next");

    window.awaitSeen("#criteria");
    assertThat(window.texts("#rail"))
        .contains("pixtral-mini", "7.7 MB", "32 bit, cpu")
        .anyMatch(words -> words.endsWith("files verified"));
    assertThat(own.resolve("data/models/pixtral-mini/model.safetensors")).exists();
    window.click("#next");

    window.awaitSeen("#workspace");
    assertThat(window.drop("#drop-zone", Path.of("assets/samples/slip-2.png"))).isTrue();
    window.awaitSeen("#field-vendor");
    assertThat(window.text("#field-vendor")).isEqualTo("Dib Group");
    assertThat(window.text("#field-total")).isEqualTo("677.00");
    window.click("#tab-answer");
    assertThat(window.text("#answer")).startsWith("{\"vendor\":\"Dib Group\"");
    assertThat(window.texts("#status"))
        .contains("pixtral-mini · 32 bit", "nothing leaves this computer");
    window.click("#copy");
    window.robot.clickOn("#copy-json");
    assertThat(window.desktop.copied.getLast()).startsWith("{").contains("Dib Group");
    window.close();

    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.awaitSeen("#workspace");
    window.await(() -> window.texts("#documents").contains("slip-2.png"));
    window.click("#samples-here");
    window.await(
        () -> window.seen("#documents") instanceof ListView<?> list && list.getItems().size() == 9);
    window.await(
        () -> window.seen("#read-again") != null && !window.seen("#read-again").isDisabled());
    assertThat(window.text("#as-printed")).matches("[0-5] of 5 as printed");

    Path table = own.resolve("read.csv");
    window.desktop.target = Optional.of(table);
    window.click("#export");
    window.robot.clickOn("#export-all-csv");
    window.await(() -> Files.exists(table));
    assertThat(Files.readAllLines(table)).hasSize(9);
    assertThat(Files.readString(table)).contains("vendor", "Dib Group");
  }

  @Test
  void theModelIsVerifiedRepairedAndRemovedOnThePageOfTheModels() throws Exception {
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.click("#model-pixtral-mini");
    window.click("#next");
    window.await(() -> window.seen("#check-disk") != null);
    window.click("#next");
    window.awaitSeen("#criteria");
    window.click("#next");
    window.awaitSeen("#workspace");
    window.click("#models-open");
    window.awaitSeen("#verify-pixtral-mini");
    assertThat(window.texts("#installed-pixtral-mini"))
        .contains("ready", "in use now", "Last used", "32 bit, on the processor", "Model 7.7 MB");
    assertThat(window.texts("#installed-pixtral-12b")).contains("not installed");

    Path folder = own.resolve("data/models/pixtral-mini");
    Files.writeString(folder.resolve("config.json"), "{}");
    window.click("#verify-pixtral-mini");
    window.await(() -> window.texts("#installed-pixtral-mini").contains("changed"));
    assertThat(window.texts("#installed-pixtral-mini"))
        .contains("Not as published: config.json", "Repair");
    window.click("#installed-pixtral-mini #retry");
    window.await(() -> window.texts("#installed-pixtral-mini").contains("ready"));

    window.desktop.answer = 0;
    window.click("#remove-pixtral-mini");
    window.await(() -> window.texts("#installed-pixtral-mini").contains("not installed"));
    assertThat(folder).doesNotExist();
    window.click("#models-back");
    window.awaitSeen("#step-welcome");
  }

  @Test
  void tellsOfAFileThatIsNoPictureAndReadsTheNext() throws Exception {
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.click("#model-pixtral-mini");
    window.click("#next");
    window.await(() -> window.seen("#check-disk") != null);
    window.click("#next");
    window.awaitSeen("#criteria");
    window.click("#next");
    window.awaitSeen("#workspace");

    Path fake = Files.writeString(own.resolve("invoice.png"), "not a picture");
    window.desktop.documents = List.of(fake, Path.of("assets/samples/slip-3.png"));
    window.robot.press(KeyCode.CONTROL, KeyCode.O).release(KeyCode.O, KeyCode.CONTROL);
    window.await(
        () -> window.texts("#documents").stream().anyMatch(words -> words.contains(" · ")));
    window.robot.interact(
        () -> ((ListView<?>) window.seen("#documents")).getSelectionModel().select(0));
    window.awaitSeen("#failure");
    assertThat(window.texts("#failure")).anyMatch(text -> text.contains("invoice.png"));
  }
}
