package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javafx.scene.control.RadioButton;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.text.Text;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The window on stages that do what the test says. */
class WindowTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  @RegisterExtension final WindowRobot window = new WindowRobot();
  private ModelConfig large;

  @BeforeEach
  void everythingGoesWell() throws Exception {
    large = Fixtures.config("pixtral", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.succeed(large, "{\"vendor\":\"A\"}");
  }

  private void goToDownload() throws Exception {
    window.open(own, stages);
    window.click("#next");
    window.awaitSeen("#gpu-memory");
    window.click("#next");
  }

  @Test
  void noStageRunsOnTheUiThread() throws Exception {
    goToDownload();
    window.awaitSeen("#criteria");
    window.click("#next");
    window.awaitSeen("#workspace");
    assertThat(stages.calls)
        .contains("recall", "choices", "verifyHardware", "download", "verify", "start", "remember")
        .noneMatch(call -> call.endsWith("on the UI thread"));
  }

  @Test
  void theEnterKeyAloneLeadsToTheWorkspace() throws Exception {
    window.open(own, stages);
    for (String next :
        List.of("_Check this computer", "_Download 25.4 GB", "_Open the workspace")) {
      window.await(() ->
          window.seen("#next") != null
              && !window.seen("#next").isDisabled()
              && window.text("#next").equals(next));
      window.robot.type(KeyCode.ENTER);
    }
    window.awaitSeen("#workspace");
  }

  @Test
  void arrowKeysChooseAModelAndEnterGoesOnWithIt() throws Exception {
    ModelConfig small = Fixtures.config("pixtral-mini", own);
    stages.choices = List.of(Fixtures.choice(small), Fixtures.choice(large));
    window.open(own, stages);
    window.await(() -> window.seen("#next") != null && !window.seen("#next").isDisabled());

    window.robot.type(KeyCode.DOWN);
    window.await(() -> ((RadioButton) window.seen("#model-pixtral-12b")).isSelected());
    window.robot.type(KeyCode.ENTER);

    window.awaitSeen("#gpu-memory");
    assertThat(window.texts("#rail")).contains("pixtral-12b");
  }

  @Test
  void tellsAtTheStartThatANewerVersionExistsAndLeadsToIt() throws Exception {
    SettingsStore settings = new SettingsStore(Fixtures.folders(own));
    settings.change(now ->
        now.withUpdates(
            new UpdateChoice(
                true,
                Optional.of(URI.create("https://example.com/release.json")),
                Optional.empty())));
    settings.save();
    stages.release = (listener, cancellation) -> Fixtures.release("9.9.0", true);
    window.open(own, stages);
    window.awaitSeen("#notices .button-bar .button");
    assertThat(window.texts("#notices .notification-bar"))
        .anyMatch(text -> text.startsWith("InvoiceLens 9.9.0 of"));
    window.click("#notices .button-bar .button");
    window.awaitSeen("#update-found");
    assertThat(window.texts("#update-rows"))
        .contains("invoicelens_9.9.0_amd64.deb", "SHA-256 " + "ab".repeat(32));
    assertThat(stages.calls).contains("updates").noneMatch(call -> call.endsWith("UI thread"));
  }

  @Test
  void aLongNoticeIsShownInWhole() throws Exception {
    window.open(own, stages);
    String sentence =
        "The memory of the graphics card ran out while a document was read. ".repeat(4);
    window.tell(sentence.strip());
    window.await(() ->
        window.seen("#notices .notification-bar .label .text") instanceof Text shown
            && shown.getText().equals(sentence.strip()));
  }

  @Test
  void pausesAndGoesOn() throws Exception {
    stages.download =
        Fixtures.untilStopped(listener ->
            listener.onProgress(
                Progress.of(
                    Stage.DOWNLOAD,
                    41,
                    100,
                    Progress.Unit.BYTES,
                    "8 connections to huggingface.co")));
    goToDownload();
    window.awaitSeen("#percent");
    window.await(() -> window.text("#percent").equals("41%"));
    assertThat(window.text("#message")).isEqualTo("8 connections to huggingface.co");
    window.click("#pause");
    window.await(() -> window.text("#next").equals("Go _on with the download"));
    assertThat(window.texts("#rail")).contains("paused at 41%");
    stages.download = (listener, cancellation) -> Fixtures.download(large);
    window.click("#next");
    window.awaitSeen("#criteria");
  }

  @Test
  void aFailureIsAPageWithWhatHappenedAndAWayOn() throws Exception {
    stages.download =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.NO_CONNECTION,
              new Problem(
                  "huggingface.co cannot be reached.",
                  "What is here stays.",
                  "Check the network, then try again."),
              "ConnectException",
              null);
        };
    goToDownload();
    window.awaitSeen("#failure");
    assertThat(window.texts("#failure"))
        .contains(
            "huggingface.co cannot be reached.",
            "What is here stays.",
            "Check the network, then try again.");
    assertThat(window.seen("#next")).isNull();
    window.click("#copy-details");
    assertThat(window.desktop.copied.getLast()).contains("NO_CONNECTION", "ConnectException");

    stages.download = (listener, cancellation) -> Fixtures.download(large);
    window.click("#retry");
    window.awaitSeen("#criteria");
  }

  @Test
  void aBrokenConfigurationIsShownWithThePlaceOfEveryFault() throws Exception {
    Path file = own.resolve("mine.yaml");
    ConfigException fault =
        new ConfigException(
            ConfigException.Reason.INVALID,
            List.of(
                new ConfigException.Fault(
                    file, 12, 3, "$.download", "is not a number.", "Write 8.")),
            new Problem("The file mine.yaml cannot be used.", "", "Correct it."),
            null);
    stages.choices =
        List.of(
            Fixtures.choice(large), new ModelChoice(file, Optional.empty(), Optional.of(fault)));
    window.open(own, stages);
    window.awaitSeen("#model-pixtral-12b");
    assertThat(window.texts("#step-welcome"))
        .contains("mine.yaml", "Line 12, column 3: $.download is not a number. Write 8.");
  }

  @Test
  void closingDuringWorkAsksAndThenStopsIt() throws Exception {
    CountDownLatch stopped = WindowRobot.gate();
    stages.download =
        (listener, cancellation) -> {
          while (!cancellation.isCancelled()) {
            Thread.onSpinWait();
          }
          stopped.countDown();
          cancellation.throwIfCancelled();
          throw new AssertionError();
        };
    goToDownload();
    window.awaitSeen("#pause");
    window.desktop.answer = 1;
    window.requestClose();
    assertThat(window.desktop.asked).hasSize(1);
    assertThat(window.isOpen()).isTrue();

    window.desktop.answer = 0;
    window.requestClose();
    window.await(() -> !window.isOpen());
    assertThat(stopped.getCount()).isZero();
  }

  private void openWorkspace() throws Exception {
    stages.recallSetUp(large);
    window.open(own, stages);
    window.awaitSeen("#workspace");
  }

  @Test
  void takesAPictureFromTheClipboard() throws Exception {
    openWorkspace();
    window.robot.interact(() -> {
      ClipboardContent content = new ClipboardContent();
      content.putImage(new WritableImage(64, 48));
      Clipboard.getSystemClipboard().setContent(content);
    });
    window.robot.press(KeyCode.CONTROL, KeyCode.V).release(KeyCode.V, KeyCode.CONTROL);
    window.awaitSeen("#field-vendor");
    assertThat(window.texts("#documents")).contains("Pasted picture 1");
  }

  @Test
  void showsTheAnswerAsItComesAndCanBeStopped() throws Exception {
    CountDownLatch pause = WindowRobot.gate();
    stages.start = (listener, cancellation) -> Fixtures.model("{\"vendor\":\"A\"}", pause);
    openWorkspace();
    assertThat(window.drop("#workspace", Path.of("assets/samples/slip-0.png"))).isTrue();
    window.await(() -> window.seen("#answer") != null && !window.text("#answer").isEmpty());
    assertThat(window.text("#answer")).isEqualTo("{\"vendo");
    window.click("#stop");
    pause.countDown();
    window.awaitSeen("#read-again");
    assertThat(window.texts("#documents")).contains("stopped");
    window.click("#read-again");
    window.awaitSeen("#field-vendor");
  }

  @Test
  void anotherModelCanBeSetUpAndTheWorkspaceComeBackTo() throws Exception {
    openWorkspace();
    window.click("#another-model");
    window.awaitSeen("#model-pixtral-12b");
    window.click("#to-workspace");
    window.awaitSeen("#drop-zone");
  }
}
