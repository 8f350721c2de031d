package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.scene.input.KeyCode;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.setup.InstalledModel.State;
import org.invoicelens.setup.ModelRemoval;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The page of the models, as a user works it. */
class ModelsPageTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  @RegisterExtension final WindowRobot window = new WindowRobot();
  private ModelConfig large;

  @BeforeEach
  void twoModels() throws Exception {
    large = Fixtures.config("pixtral", own);
    ModelConfig mini = Fixtures.config("pixtral-mini", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.installed =
        List.of(Fixtures.installed(large, State.READY), Fixtures.installed(mini, State.UNVERIFIED));
    stages.start = (listener, cancellation) -> Fixtures.model("{\"vendor\":\"A\"}");
  }

  private void openFromTheWorkspace() throws Exception {
    stages.recallSetUp(large);
    window.open(own, stages);
    window.awaitSeen("#workspace");
    window.click("#models-open");
    window.awaitSeen("#installed-pixtral-12b");
  }

  @Test
  void isReachedFromTheSetupAndListsEveryModel() throws Exception {
    window.open(own, stages);
    window.click("#rail-models");
    window.awaitSeen("#installed-pixtral-mini");
    assertThat(window.texts("#installed-pixtral-12b"))
        .contains("pixtral-12b", "ready", "c2756cb", "Model 25.4 GB", "Cache 6.8 GB", "Use");
    assertThat(window.texts("#installed-pixtral-mini")).contains("not verified yet", "Set up");
    window.robot.type(KeyCode.ESCAPE);
    window.awaitSeen("#rail");
    assertThat(stages.calls).noneMatch(call -> call.endsWith("on the UI thread"));
  }

  @Test
  void aModelIsVerifiedWhileItsProgressIsShown() throws Exception {
    openFromTheWorkspace();
    assertThat(window.texts("#installed-pixtral-12b")).contains("in use now").doesNotContain("Use");
    stages.verification =
        Fixtures.untilStopped(listener ->
            listener.onProgress(
                Progress.of(
                    Stage.VERIFICATION,
                    12_000_000_000L,
                    25_400_000_000L,
                    Progress.Unit.BYTES,
                    "")));
    window.click("#verify-pixtral-12b");
    window.await(() -> window.texts("#installed-pixtral-12b").contains("12 of 25.4 GB"));
    assertThat(window.seen("#remove-pixtral-12b").isDisabled()).isTrue();
    window.click("#stop-pixtral-12b");
    window.await(
        () -> window.texts("#installed-pixtral-12b").contains("Stopped. What was done is kept."));

    stages.verification = (listener, cancellation) -> Fixtures.verified(large);
    window.click("#verify-pixtral-12b");
    window.await(() ->
        window
            .texts("#installed-pixtral-12b")
            .contains("All 11 files are as they were published: 25.4 GB."));
  }

  @Test
  void aModelIsRemovedWhenTheUserAgreesAndTheSetupIsShownThen() throws Exception {
    openFromTheWorkspace();
    window.desktop.answer = 1;
    window.click("#remove-pixtral-12b");
    assertThat(window.desktop.asked.getLast().title()).isEqualTo("Remove the model pixtral-12b?");
    assertThat(stages.calls).doesNotContain("remove pixtral-12b");

    stages.removal =
        (listener, cancellation) -> {
          stages.installed = stages.installed.subList(1, 2);
          return new ModelRemoval.Outcome(33_374_823_869L, List.of());
        };
    window.desktop.answer = 0;
    window.click("#remove-pixtral-12b");
    window.await(() -> window.seen("#installed-pixtral-12b") == null);
    assertThat(stages.calls).contains("remove pixtral-12b");
    window.click("#models-back");
    window.awaitSeen("#step-welcome");
  }

  @Test
  void aModelIsMovedWithItsProgressAndCanBeStopped() throws Exception {
    openFromTheWorkspace();
    window.desktop.folder = Optional.of(own.resolve("disk"));
    Path there = own.resolve("disk").resolve("pixtral-12b");
    stages.move =
        Fixtures.untilStopped(listener ->
            listener.onProgress(
                Progress.of(
                    Stage.DOWNLOAD, 12_000_000_000L, 25_400_000_000L, Progress.Unit.BYTES, "")));
    assertThat(window.seen("#move-pixtral-mini")).isNull();
    window.click("#move-pixtral-12b");
    window.await(() -> window.texts("#installed-pixtral-12b").contains("12 of 25.4 GB"));
    assertThat(window.desktop.asked.getLast().text()).startsWith("The model is in use");
    assertThat(window.texts("#installed-pixtral-12b"))
        .contains("Moving the model to " + there + " …");
    window.click("#stop-pixtral-12b");
    window.await(() ->
        window.texts("#installed-pixtral-12b").stream()
            .anyMatch(words -> words.startsWith("Stopped. The model is still whole")));

    stages.move =
        (listener, cancellation) -> {
          stages.installed = List.of(Fixtures.installed(large.withModelPath(there), State.READY));
          return true;
        };
    window.click("#move-pixtral-12b");
    window.await(() ->
        window.texts("#installed-pixtral-12b").contains("The model lies in " + there + " now."));
    window.click("#folder-pixtral-12b");
    assertThat(window.desktop.shown).containsExactly(there);
    assertThat(stages.calls).noneMatch(call -> call.endsWith("on the UI thread"));
  }

  @Test
  void aModelOnADiskWithAnotherNameIsFoundThere() throws Exception {
    stages.installed = List.of(Fixtures.installed(large, State.FOLDER_MISSING));
    window.open(own, stages);
    window.click("#rail-models");
    window.awaitSeen("#find-pixtral-12b");
    window.desktop.folder = Optional.of(own.resolve("disk"));
    stages.refusal =
        new DownloadException(
            DownloadException.Reason.NOTHING_TO_DOWNLOAD,
            new Problem("The files are not there.", "", ""),
            "",
            null);
    window.click("#find-pixtral-12b");
    window.await(() -> window.texts("#installed-pixtral-12b").contains("The files are not there."));
    stages.refusal = null;
    stages.installed = List.of(Fixtures.installed(large, State.READY));
    window.click("#find-pixtral-12b");
    window.awaitSeen("#use-pixtral-12b");
    assertThat(window.texts("#installed-pixtral-12b")).contains("ready");
  }

  @Test
  void withoutAnyModelItSaysSoAndLeadsToTheSetup() throws Exception {
    stages.installed = List.of();
    window.open(own, stages);
    window.click("#rail-models");
    window.awaitSeen("#models-none");
    window.click("#models-another");
    window.awaitSeen("#step-welcome");
  }
}
