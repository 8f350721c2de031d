package org.invoicelens.ui.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.SourceUse;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepAction;
import org.invoicelens.ui.step.StepState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private final AtomicLong clock = new AtomicLong();
  private SettingsViewModel settings;
  private DownloadViewModel model;
  private ModelConfig config;
  private int finished;
  private int abandoned;

  @BeforeEach
  void choose() {
    settings = new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner);
    model = new DownloadViewModel(stages, session, runner, desktop, settings, clock::get);
    config = Fixtures.config("pixtral", own);
    session.config().set(config);
    session.hardware().set(Fixtures.workstation());
    model.whenFinished(() -> finished++);
    model.whenAbandoned(() -> abandoned++);
  }

  private static void whole(ProgressListener listener, long done, long total) {
    listener.onProgress(Progress.of(Stage.DOWNLOAD, done, total, Progress.Unit.BYTES, "loading"));
  }

  private static void file(ProgressListener listener, String name, long done, long total) {
    listener.onProgress(new Progress(Stage.DOWNLOAD, name, done, total, Progress.Unit.BYTES, ""));
  }

  @Test
  void showsShareRateAndTimeLeftAndStopsAtThem() {
    stages.download =
        (listener, cancellation) -> {
          whole(listener, 1_000_000_000, 11_000_000_000L);
          clock.addAndGet(Duration.ofSeconds(5).toNanos());
          whole(listener, 2_000_000_000, 11_000_000_000L);
          assertThat(model.percent().get()).isEqualTo("18%");
          assertThat(model.bytes().get()).isEqualTo("2 of 11 GB");
          assertThat(model.pace().get()).isEqualTo("200 MB/s · less than a minute left");
          assertThat(model.fact().get()).isEqualTo("18%, less than a minute left");
          assertThat(model.message().get()).isEqualTo("loading");
          throw new CancelledException();
        };
    model.enter();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
    assertThat(model.fact().get()).isEqualTo("paused at 18%");
    assertThat(model.nextReady().get()).isTrue();
    assertThat(model.nextText().get()).contains("with the download");
    assertThat(finished).isZero();
  }

  private List<String> rows() {
    return model.files().shown().stream().map(FileProgress::name).toList();
  }

  @Test
  void listsFilesInWorkThenWaitingThenCompleteAndDoesNotCallAWaitingOneComplete() {
    stages.download =
        (listener, cancellation) -> {
          file(listener, "b.safetensors", 0, 10);
          file(listener, "a.json", 5, 5);
          file(listener, "empty", 0, 0);
          file(listener, "c", 3, Progress.UNKNOWN);
          assertThat(rows()).containsExactly("c", "b.safetensors", "a.json", "empty");
          assertThat(model.files().shown())
              .extracting(FileProgress::isComplete)
              .containsExactly(false, false, true, true);
          assertThat(model.files().shown())
              .extracting(file -> file.fraction().get())
              .containsExactly(-1.0, 0.0, 1.0, 1.0);
          file(listener, "b.safetensors", 4, 10);
          assertThat(rows()).containsExactly("b.safetensors", "c", "a.json", "empty");
          file(listener, "b.safetensors", 10, 10);
          assertThat(rows()).containsExactly("c", "a.json", "b.safetensors", "empty");
          file(listener, "a.json", 0, 5);
          throw new CancelledException();
        };
    model.enter();
    runner.runAll();
    assertThat(rows()).containsExactly("c", "a.json", "b.safetensors", "empty");
    assertThat(model.files().rest().get()).isEmpty();
  }

  @Test
  void sumsUpWhatTenRowsDoNotShowUntilItIsUnfolded() {
    stages.download =
        (listener, cancellation) -> {
          for (int i = 10; i < 27; i++) {
            file(listener, "file-" + i, 0, 1000);
          }
          file(listener, "file-26", 1, 1000);
          throw new CancelledException();
        };
    model.enter();
    runner.runAll();
    assertThat(rows()).hasSize(10).startsWith("file-26", "file-10").endsWith("file-18");
    assertThat(model.files().rest().get()).isEqualTo("and 7 more files, 7 kB");

    model.files().unfolded().set(true);
    assertThat(rows()).hasSize(17).endsWith("file-25");
    assertThat(model.files().rest().get()).isEqualTo("show fewer files");

    model.files().unfolded().set(false);
    assertThat(rows()).hasSize(10).endsWith("file-18");
    model.reset();
    assertThat(rows()).isEmpty();
  }

  @Test
  void goesOnByItselfWhenAllIsThere() {
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.enter();
    assertThat(model.busy().get()).isTrue();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.DONE);
    assertThat(session.download().get().totalSize()).isEqualTo(25_374_823_869L);
    assertThat(finished).isEqualTo(1);
  }

  @Test
  void goesOnFromWhereItStoppedWhenAskedTo() {
    stages.download =
        (listener, cancellation) -> {
          throw new CancelledException();
        };
    model.enter();
    runner.runAll();
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.next();
    runner.runAll();
    assertThat(finished).isEqualTo(1);
  }

  @Test
  void showsAFailureInItsOwnWordsAndTriesAgain() {
    stages.download =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.DISK_FULL,
              new Problem("The disk is full.", "Nothing is lost.", "Free 3 GB."),
              "ENOSPC",
              null);
        };
    model.enter();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.FAILED);
    assertThat(model.failure().get().problem().what()).isEqualTo("The disk is full.");
    assertThat(model.failure().get().details()).contains("DISK_FULL", "ENOSPC");
    assertThat(model.nextReady().get()).isFalse();

    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.retry();
    assertThat(model.failure().get()).isNull();
    runner.runAll();
    assertThat(finished).isEqualTo(1);
  }

  private List<Remedy> remediesOf(DownloadException.Reason reason) {
    stages.failDownload(reason, new Problem("It failed.", "", "Mend it."));
    model.retry();
    runner.runAll();
    return model.failure().get().remedies();
  }

  @ParameterizedTest
  @CsvSource({
    "OFFLINE, remedy-connection remedy-network remedy-import",
    "NO_CONNECTION, remedy-connection remedy-network remedy-import",
    "UNTRUSTED_CERTIFICATE, remedy-certificate remedy-network",
    "PROXY, remedy-network remedy-connection",
    "TOKEN_NEEDED, remedy-access-token remedy-model-page",
    "ACCESS_NOT_GRANTED, remedy-model-page remedy-access-token",
    "REPOSITORY_NOT_FOUND, remedy-model-page remedy-another-model",
    "DISK_FULL, remedy-folder",
    "WRONG_CHECKSUM, remedy-import remedy-folder"
  })
  void offersWhatMendsTheFailure(DownloadException.Reason reason, String ids) {
    assertThat(remediesOf(reason)).extracting(Remedy::id).containsExactly(ids.split(" "));
  }

  @Test
  void offersNothingWhereAnotherDownloadIsToEndFirst() {
    assertThat(remediesOf(DownloadException.Reason.IN_USE)).isEmpty();
  }

  @Test
  void aFailureOfABundledModelLeadsNeitherToTheNetworkNorToAnotherFolder() {
    session.config().set(Fixtures.config("pixtral-mini", own));
    assertThat(session.config().get().isBundled()).isTrue();
    assertThat(remediesOf(DownloadException.Reason.DISK_FULL)).isEmpty();
    assertThat(remediesOf(DownloadException.Reason.REPOSITORY_NOT_FOUND)).isEmpty();
  }

  @Test
  void opensTheModelsPageAtItsOwnEndpoint() {
    remediesOf(DownloadException.Reason.ACCESS_NOT_GRANTED).getFirst().action().run();
    assertThat(desktop.browsed)
        .containsExactly(URI.create("https://huggingface.co/" + config.repoId()));
  }

  @Test
  void aFullDiskLeadsToAnotherFolder() {
    Path chosen = own.resolve("elsewhere");
    desktop.folder = Optional.of(chosen);
    remediesOf(DownloadException.Reason.DISK_FULL).getFirst().action().run();
    runner.runAll();
    assertThat(session.config().get().modelPath().startsWith(chosen)).isTrue();
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
  }

  @Test
  void showsAnUnexpectedFailureAsSuch() {
    stages.download =
        (listener, cancellation) -> {
          throw new IllegalStateException("a fault of ours");
        };
    model.enter();
    runner.runAll();
    assertThat(model.failure().get().problem().meaning())
        .contains("a fault of InvoiceLens")
        .doesNotContain("a fault of ours");
    assertThat(model.failure().get().details())
        .contains("a fault of ours")
        .contains("DownloadViewModelTest");
  }

  @Test
  void asksWhatBecomesOfThePartBeforeItCancels() {
    model.enter();
    desktop.answer = 2;
    cancel();
    assertThat(desktop.asked).hasSize(1);
    assertThat(model.stopping().get()).isFalse();

    desktop.answer = 0;
    cancel();
    assertThat(model.stopping().get()).isTrue();
    assertThat(abandoned).isZero();
    runner.runAll();
    assertThat(abandoned).isEqualTo(1);
    assertThat(stages.calls).doesNotContain("discardDownload");
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
  }

  @Test
  void deletesThePartOnlyWhenAskedToAndOnlyAfterTheDownloadStopped() {
    model.enter();
    desktop.answer = 1;
    cancel();
    assertThat(stages.calls).isEmpty();
    runner.runAll();
    assertThat(stages.calls).containsOnlyOnce("discardDownload").doesNotContain("download");
    assertThat(model.state().get()).isEqualTo(StepState.WAITING);
    assertThat(desktop.told).hasSize(1);
  }

  private void cancel() {
    model.actions().stream()
        .filter(action -> action.id().equals("cancel"))
        .findFirst()
        .orElseThrow()
        .action()
        .run();
  }

  @Test
  void theLimitCountsForTheRunningDownloadAndIsKept() {
    assertThat(model.limit().words().getValue()).isEqualTo("no limit");
    stages.download =
        (listener, cancellation) -> {
          model.limit().step().set(3);
          assertThat(stages.rateLimit().bytesPerSecond()).isEqualTo(10_000_000);
          return Fixtures.download(config);
        };
    model.enter();
    runner.runAll();
    assertThat(model.limit().words().getValue()).isEqualTo("10 MB/s");
    ScriptedStages later = new ScriptedStages();
    DownloadViewModel reopened =
        new DownloadViewModel(
            later,
            session,
            runner,
            desktop,
            new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner),
            clock::get);
    assertThat(later.rateLimit().bytesPerSecond()).isEqualTo(10_000_000);
    assertThat(reopened.limit().step().get()).isEqualTo(3);
  }

  @Test
  void saysHowMuchRoomTheDownloadLeaves() {
    model.restorePaused();
    runner.runAll();
    assertThat(model.room().getValue())
        .isEqualTo("812 GB are free there. 25.4 GB are still to come, which leaves 787 GB.");
  }

  @Test
  void theFilesGoToAnotherFolderFromThenOn() {
    model.restorePaused();
    runner.runAll();
    Path disk = own.resolve("large disk");
    desktop.folder = Optional.of(disk);
    model.changeFolder();
    runner.runAll();
    assertThat(session.config().get().modelPath()).isEqualTo(disk.resolve("pixtral-12b"));
    assertThat(new SettingsStore(Fixtures.folders(own)).current().modelFolders())
        .containsEntry("pixtral-12b", disk.resolve("pixtral-12b"));
    assertThat(desktop.asked).isEmpty();
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
  }

  @Test
  void whatIsHereAlreadyMovesWithTheFolderWhereTheUserWantsIt() {
    stages.present = 10_000_000_000L;
    model.restorePaused();
    runner.runAll();
    desktop.folder = Optional.of(own.resolve("disk"));
    desktop.answer = 2;
    model.changeFolder();
    runner.runAll();
    assertThat(session.config().get()).isSameAs(config);

    desktop.answer = 0;
    model.changeFolder();
    runner.runAll();
    assertThat(stages.calls)
        .contains("move pixtral-12b to " + own.resolve("disk").resolve("pixtral-12b"));
    assertThat(session.config().get().modelPath())
        .isEqualTo(own.resolve("disk").resolve("pixtral-12b"));
  }

  @Test
  void theFolderStaysWhenTheDownloadWentOnWhileAnotherWasLookedAt() {
    stages.present = 10_000_000_000L;
    model.restorePaused();
    runner.runAll();
    desktop.folder = Optional.of(own.resolve("disk"));
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.changeFolder();
    model.next();
    runner.runAll();
    assertThat(desktop.asked).isEmpty();
    assertThat(session.config().get()).isSameAs(config);
    assertThat(finished).isEqualTo(1);
  }

  @Test
  void aStoppedMoveLeavesTheFolderAndNoFiguresOfItsOwn() {
    stages.present = 10_000_000_000L;
    model.restorePaused();
    runner.runAll();
    desktop.folder = Optional.of(own.resolve("disk"));
    desktop.answer = 0;
    stages.move =
        (listener, cancellation) -> {
          whole(listener, 4_000_000_000L, 10_000_000_000L);
          assertThat(model.percent().get()).isEqualTo("40%");
          assertThat(model.headline().get()).startsWith("Moving");
          assertThat(
                  model.actions().stream()
                      .filter(action -> action.available().getValue())
                      .map(StepAction::id))
              .containsExactly("pause");
          throw new CancelledException();
        };
    model.changeFolder();
    runner.runAll();
    assertThat(session.config().get()).isSameAs(config);
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
    assertThat(model.percent().get()).isEmpty();
    assertThat(model.fact().get()).isEqualTo("paused");
    assertThat(model.fraction().get()).isNegative();
  }

  private void failToMove() {
    stages.present = 10_000_000_000L;
    model.restorePaused();
    runner.runAll();
    desktop.folder = Optional.of(own.resolve("disk"));
    desktop.answer = 0;
    stages.move =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.NOT_WRITABLE, new Problem("No room.", "", ""), "", null);
        };
    model.changeFolder();
    runner.runAll();
    assertThat(model.failure().get().problem().what()).isEqualTo("No room.");
  }

  @Test
  void tryingAgainAfterAFailedMoveMovesAgain() {
    failToMove();
    stages.move = (listener, cancellation) -> true;
    model.retry();
    runner.runAll();
    assertThat(stages.calls).doesNotContain("download");
    assertThat(session.config().get().modelPath())
        .isEqualTo(own.resolve("disk").resolve("pixtral-12b"));
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.next();
    runner.runAll();
    assertThat(stages.calls).contains("download");
  }

  @Test
  void afterAFailedMoveTheFolderOfBeforeCanBeChosenAgain() {
    failToMove();
    desktop.folder = Optional.of(config.modelPath().getParent());
    model.changeFolder();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.PAUSED);
    assertThat(session.config().get()).isSameAs(config);
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.next();
    runner.runAll();
    assertThat(stages.calls).contains("download");
  }

  @Test
  void whatIsStillToComeIsMeasuredAgainWhenTheDownloadStops() {
    stages.download =
        (listener, cancellation) -> {
          stages.present = 20_374_823_869L;
          throw new CancelledException();
        };
    model.enter();
    runner.runAll();
    assertThat(model.room().getValue()).contains(" 5 GB are still to come");
  }

  @Test
  void whatIsStillToComeIsMeasuredAgainNowAndThenWhileItRuns() {
    stages.download =
        (listener, cancellation) -> {
          for (int second = 1; second <= 60; second++) {
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            whole(listener, second, 1000);
          }
          return Fixtures.download(config);
        };
    model.enter();
    runner.runAll();
    assertThat(stages.calls.stream().filter("place"::equals)).hasSize(5);
  }

  private void downloaded(long transferred, long imported, List<SourceUse> sources) {
    stages.download =
        (listener, cancellation) ->
            new DownloadResult(
                config.modelPath(),
                config.repoId(),
                "0".repeat(40),
                Map.of(),
                Duration.ofMinutes(3),
                25_000_000_000L,
                transferred,
                imported,
                sources);
    model.enter();
    runner.runAll();
  }

  @Test
  void saysWhatCameFromAFolder() {
    downloaded(5_000_000_000L, 20_000_000_000L, List.of());
    assertThat(model.pace().get()).isEqualTo("20 GB came from the folder, 5 GB were loaded");
  }

  @Test
  void saysHowMuchCameFromWhichServerWhereThereWereSeveral() {
    downloaded(
        25_000_000_000L,
        0,
        List.of(
            new SourceUse("huggingface.co", false, 5_000_000_000L, 0, false),
            new SourceUse("share/pixtral", true, 20_000_000_000L, 0, true)));
    assertThat(model.servers().get())
        .isEqualTo(
            "From huggingface.co: 5 GB, share/pixtral: 20 GB, left because its data was wrong");
    model.reset();
    assertThat(model.servers().get()).isEmpty();
  }

  @Test
  void aFolderThatWillNotDoIsRefusedAndNothingChanges() {
    model.restorePaused();
    runner.runAll();
    stages.refusal =
        new DownloadException(
            DownloadException.Reason.DISK_FULL,
            new Problem("There is too little room.", "", "Choose another."),
            "",
            null);
    desktop.folder = Optional.of(own.resolve("small"));
    model.changeFolder();
    runner.runAll();
    assertThat(session.config().get()).isSameAs(config);
    assertThat(desktop.told.getLast()).contains("too little room");
  }

  @Test
  void importsFromAFolderOnceAndThenFetchesAsBefore() {
    stages.download = Fixtures.untilStopped(listener -> {});
    model.restorePaused();
    Path usb = own.resolve("usb");
    desktop.folder = Optional.of(usb);
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    model.importFolder();
    runner.runAll();
    model.retry();
    runner.runAll();
    assertThat(stages.imported).containsExactly(Optional.of(usb), Optional.empty());
  }
}
