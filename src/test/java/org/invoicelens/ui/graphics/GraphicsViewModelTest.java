package org.invoicelens.ui.graphics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.invoicelens.download.DownloadException;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.graphics.GraphicsViewModel.Phase;
import org.junit.jupiter.api.Test;

class GraphicsViewModelTest {

  private final ScriptedStages stages = new ScriptedStages();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private long now;
  private final GraphicsViewModel model = new GraphicsViewModel(stages, runner, desktop, () -> now);

  private void offer() {
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    model.refresh();
    runner.runAll();
  }

  @Test
  void saysNothingWhereNoCardCouldUseIt() {
    model.refresh();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.NONE);
    assertThat(model.isDecided()).isTrue();
  }

  @Test
  void offersItWithTheSumExplained() {
    offer();
    assertThat(model.phase().get()).isEqualTo(Phase.OFFERED);
    assertThat(model.isDecided()).isFalse();
    assertThat(model.words().get()).contains("NVIDIA RTX A4000", "many times faster");
    assertThat(model.downloadText().get()).contains("(2.5 GB)");
    assertThat(model.sum().get())
        .isEqualTo(
            "Download 2.5 GB + unpacked 5 GB = 7.5 GB for a while; after unpacking the download is"
                + " removed, and 5 GB stay. Free are 812 GB.");
  }

  @Test
  void isNotOfferedToAModelThatCannotUseTheCard() {
    model.show(Fixtures.supportMissing(), false, true);
    assertThat(model.phase().get()).isEqualTo(Phase.NONE);
  }

  @Test
  void fetchesItAndShowsHowFarAndHowFast() throws Exception {
    offer();
    stages.graphicsInstall =
        (listener, cancellation) -> {
          for (int second = 0; second <= 10; second++) {
            now = Duration.ofSeconds(second).toNanos();
            listener.onProgress(
                Progress.of(
                    Stage.DOWNLOAD,
                    50_000_000L * second,
                    2_000_000_000L,
                    Progress.Unit.BYTES,
                    "Downloading"));
          }
          assertThat(model.phase().get()).isEqualTo(Phase.WORKING);
          assertThat(model.fraction().get()).isEqualTo(0.25);
          assertThat(model.figures().get()).startsWith("500 MB of 2 GB · 50 MB/s · ");
          assertThat(model.message().get()).isEqualTo("Downloading");
          stages.graphics = (l, c) -> Fixtures.supportHere(false);
          return true;
        };
    model.download();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.READY);
    assertThat(model.isDecided()).isTrue();
    assertThat(model.folder().get()).contains("pytorch-2.7.1-cu128");
  }

  @Test
  void saysThatItCountsAfterARestartWhereTheProcessorsLibraryIsLoaded() {
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(true);
    model.refresh();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.RESTART);
    assertThat(model.words().get()).contains("after a restart");
  }

  @Test
  void pausedItKeepsWhatCameAndGoesOn() {
    offer();
    stages.graphicsInstall =
        (listener, cancellation) -> {
          stages.graphics = (l, c) -> Fixtures.supportBegun(900_000_000L);
          throw new CancelledException();
        };
    model.download();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.PAUSED);
    assertThat(model.words().get()).contains("900 MB have arrived");
    assertThat(model.removable().get()).isTrue();
    assertThat(model.downloadText().get()).contains("Go on");
    assertThat(model.isDecided()).isFalse();
    stages.graphicsInstall =
        (listener, cancellation) -> {
          stages.graphics = (l, c) -> Fixtures.supportHere(false);
          return true;
        };
    model.download();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.READY);
  }

  @Test
  void aFailureIsShownAndTriedAgain() {
    offer();
    stages.graphicsInstall =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.NO_CONNECTION,
              new Problem("The server cannot be reached.", "", "Try again."),
              "",
              null);
        };
    model.download();
    runner.runAll();
    assertThat(model.phase().get()).isEqualTo(Phase.OFFERED);
    assertThat(model.failure().get().problem().what()).contains("cannot be reached");
    model.retry();
    runner.runAll();
    assertThat(stages.calls).containsExactly("installGraphics", "installGraphics");
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(false);
    model.refresh();
    runner.runAll();
    assertThat(model.failure().get()).as("of no interest once it is here").isNull();
  }

  @Test
  void decliningIsSaidAndCanBeTakenBack() {
    offer();
    model.decline();
    assertThat(model.phase().get()).isEqualTo(Phase.DECLINED);
    assertThat(model.isDecided()).isTrue();
    assertThat(model.words().get()).startsWith("The processor does the work");
    model.refresh();
    runner.runAll();
    assertThat(model.phase().get())
        .as("looking again does not ask again")
        .isEqualTo(Phase.DECLINED);
    model.reconsider();
    assertThat(model.phase().get()).isEqualTo(Phase.OFFERED);
  }

  @Test
  void aFolderOfTheUsersIsAdopted() {
    offer();
    model.chooseFolder();
    runner.runAll();
    assertThat(stages.calls).isEmpty();
    desktop.folder = Optional.of(Path.of("/opt/libtorch"));
    model.chooseFolder();
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(false);
    runner.runAll();
    assertThat(stages.calls).containsExactly("adoptGraphics libtorch");
    assertThat(model.phase().get()).isEqualTo(Phase.READY);
  }

  @Test
  void removesItAfterAsking() {
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(false);
    model.refresh();
    runner.runAll();
    assertThat(model.removable().get()).isTrue();
    desktop.answer = 1;
    model.remove();
    runner.runAll();
    assertThat(stages.calls).isEmpty();
    desktop.answer = 0;
    model.remove();
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    runner.runAll();
    assertThat(stages.calls).containsExactly("removeGraphics");
    assertThat(model.phase().get()).isEqualTo(Phase.OFFERED);
    assertThat(model.removable().get()).isFalse();
  }

  @Test
  void whileItIsFetchedNothingElseIsBegun() {
    offer();
    stages.graphicsInstall = (listener, cancellation) -> true;
    model.download();
    model.download();
    model.refresh();
    runner.runAll();
    assertThat(stages.calls).containsExactly("installGraphics");
  }
}
