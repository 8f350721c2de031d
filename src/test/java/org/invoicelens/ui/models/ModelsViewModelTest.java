package org.invoicelens.ui.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.InstalledModel.State;
import org.invoicelens.setup.ModelRemoval;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.shell.WizardViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.workspace.WorkspaceViewModel;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsViewModelTest {

  private static final String NEWER = "f".repeat(40);

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private final Navigation navigation = new Navigation();
  private WizardViewModel wizard;
  private ModelsViewModel models;
  private long now;
  private ModelConfig large;
  private ModelConfig mini;

  @BeforeEach
  void twoModels() {
    large = Fixtures.config("pixtral", own);
    mini = Fixtures.config("pixtral-mini", own);
    stages.choices = List.of(Fixtures.choice(mini), Fixtures.choice(large));
    stages.installed =
        List.of(Fixtures.installed(large, State.READY), Fixtures.installed(mini, State.UNVERIFIED));
    stages.verification = (listener, cancellation) -> Fixtures.verified(large);
    stages.download = (listener, cancellation) -> Fixtures.download(large);
    stages.start = (listener, cancellation) -> Fixtures.model("{}");
    stages.removal = (listener, cancellation) -> new ModelRemoval.Outcome(25_000_000, List.of());
    wizard =
        new WizardViewModel(
            stages,
            session,
            runner,
            desktop,
            new WorkspaceViewModel(session, runner, desktop, Fixtures.surroundings(own)),
            new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner),
            navigation);
    models = new ModelsViewModel(stages, session, runner, desktop, wizard, navigation, () -> now);
  }

  private ModelItem visit() {
    navigation.open(Place.MODELS);
    runner.runAll();
    return models.models().getFirst();
  }

  private void useLarge() {
    stages.recallSetUp(large);
    wizard.begin();
    runner.runAll();
    assertThat(session.model().get()).isNotNull();
  }

  @Test
  void looksWheneverTheUserComesAndKeepsTheItems() {
    assertThat(stages.calls).isEmpty();
    ModelItem item = visit();
    assertThat(models.models()).hasSize(2);
    assertThat(models.known().get()).isTrue();
    navigation.back();
    stages.installed = List.of(Fixtures.installed(large, State.CHANGED));
    assertThat(visit()).isSameAs(item);
    assertThat(models.models()).containsExactly(item);
    assertThat(item.model().get().state()).isEqualTo(State.CHANGED);
  }

  @Test
  void whatIsInMemoryIsMarked() {
    useLarge();
    visit();
    assertThat(models.models()).extracting(item -> item.inUse().get()).containsExactly(true, false);
    session.model().set(null);
    assertThat(models.models().getFirst().inUse().get()).isFalse();
  }

  @Test
  void aVerifiedModelIsStartedStraightOn() {
    ModelItem item = visit();
    stages.recallSetUp(large);
    models.use(item);
    runner.runAll();
    assertThat(stages.calls).contains("recall pixtral-12b", "reopen");
    assertThat(session.config().get()).isEqualTo(large);
    assertThat(session.model().get()).isNotNull();
    assertThat(navigation.current().get()).isEqualTo(Place.WORKSPACE);
    assertThat(stages.remembered.getLast().config()).isEqualTo(large.source());
  }

  @Test
  void aModelThatIsNotHereBeginsWithTheComputer() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    ModelItem item = visit();
    models.use(item);
    runner.runAll();
    assertThat(navigation.current().get()).isEqualTo(Place.SETUP);
    assertThat(wizard.current().get()).isEqualTo(wizard.hardware());
  }

  @Test
  void verifyingTellsHowFarItIsAndHowItEnded() {
    ModelItem item = visit();
    stages.verification =
        (listener, cancellation) -> {
          listener.onProgress(Progress.of(Stage.VERIFICATION, 5, 10, Progress.Unit.BYTES, ""));
          assertThat(item.busy().get()).isTrue();
          assertThat(item.fraction().get()).isEqualTo(0.5);
          return Fixtures.verified(large);
        };
    models.verify(item);
    runner.runAll();
    assertThat(item.busy().get()).isFalse();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.GOOD);
    assertThat(item.notice().get().words()).contains("11 files", "25.4 GB");
    assertThat(stages.calls).containsSubsequence("check pixtral-12b", "installed");
  }

  @Test
  void verifyingCanBeStopped() {
    ModelItem item = visit();
    models.verify(item);
    item.stop();
    runner.runAll();
    assertThat(item.busy().get()).isFalse();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.PAUSED);
  }

  @Test
  void closingTheWindowStopsIt() {
    ModelItem item = visit();
    models.verify(item);
    boolean[] closed = new boolean[1];
    wizard.requestClose(() -> closed[0] = true);
    runner.runAll();
    assertThat(stages.calls).doesNotContain("check pixtral-12b");
    assertThat(closed[0]).isTrue();
  }

  @Test
  void wrongFilesAreNamedAndRepairIsOffered() {
    ModelItem item = visit();
    stages.verification =
        (listener, cancellation) -> {
          throw new VerificationException(
              VerificationException.Reason.FILES_WRONG,
              new VerificationStatus(
                  large.modelPath(),
                  false,
                  10,
                  11,
                  5,
                  List.of(new Finding("tokenizer.json", Finding.Fault.MISSING, "missing"))),
              new Problem("1 of 11 files is not right.", "", ""),
              "",
              null);
        };
    models.verify(item);
    runner.runAll();
    assertThat(item.failure().get().problem().what()).isEqualTo("1 of 11 files is not right.");
    assertThat(item.notice().get().words()).contains("tokenizer.json");
    assertThat(item.retryText().get()).isEqualTo("Repair");

    stages.verification = (listener, cancellation) -> Fixtures.verified(large);
    item.retry();
    runner.runAll();
    assertThat(stages.calls).contains("repair pixtral-12b");
    assertThat(item.failure().get()).isNull();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.GOOD);
  }

  @Test
  void theNewestVersionIsSaidToBeSo() {
    ModelItem item = visit();
    stages.newest = Optional.of(item.model().get().commit());
    models.lookForUpdate(item);
    runner.runAll();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.GOOD);
    assertThat(item.updateOffered().get()).isFalse();
  }

  @Test
  void aNewerVersionIsOfferedAndFetched() {
    ModelItem item = visit();
    stages.newest = Optional.of(NEWER);
    models.lookForUpdate(item);
    runner.runAll();
    assertThat(item.notice().get().words()).contains("fffffff", "c2756cb");
    assertThat(item.updateOffered().get()).isTrue();
    assertThat(stages.calls).doesNotContain("download");

    models.update(item);
    runner.runAll();
    assertThat(stages.calls).containsSubsequence("download", "verify", "installed");
    assertThat(item.updateOffered().get()).isFalse();
  }

  @Test
  void goesBackToThePreviousVersionAndTellsThatItWasVerified() {
    ModelItem item = visit();
    assertThat(item.canGoBack()).isTrue();
    models.back(item);
    assertThat(item.doing().get()).contains("previous version");
    runner.runAll();
    assertThat(stages.calls).containsSubsequence("back pixtral-12b", "installed");
    assertThat(item.notice().get().words()).contains("11");
  }

  @Test
  void spaceIsFreedOnlyWhenTheUserAgrees() {
    ModelItem item = visit();
    desktop.answer = 1;
    models.freeSpace(item);
    runner.runAll();
    assertThat(stages.calls).doesNotContain("freeSpace pixtral-12b");
    assertThat(desktop.asked.getFirst().title()).contains("8 GB");
    assertThat(desktop.asked.getFirst().text()).contains("1.2 GB", "6.8 GB");
    desktop.answer = 0;
    models.freeSpace(item);
    runner.runAll();
    assertThat(stages.calls).contains("freeSpace pixtral-12b");
    assertThat(item.notice().get().words()).contains("8 GB");
  }

  @Test
  void removingAsksFirst() {
    ModelItem item = visit();
    desktop.answer = 1;
    models.remove(item);
    runner.runAll();
    assertThat(stages.calls).doesNotContain("remove pixtral-12b");
    desktop.answer = 0;
    models.remove(item);
    runner.runAll();
    assertThat(stages.calls).containsSubsequence("remove pixtral-12b", "installed");
    assertThat(item.notice().get().words()).contains("25 MB");
  }

  @Test
  void aModelInUseIsClosedBeforeItIsRemoved() {
    useLarge();
    ModelItem item = visit();
    stages.removal =
        (listener, cancellation) -> {
          assertThat(session.model().get()).isNull();
          return new ModelRemoval.Outcome(5, List.of(Path.of("notes.txt")));
        };
    models.remove(item);
    runner.runAll();
    assertThat(desktop.asked.getFirst().text()).contains("in use");
    assertThat(stages.calls).contains("remove pixtral-12b");
    assertThat(item.notice().get().words()).contains("notes.txt");
    assertThat(item.failure().get()).isNull();
    navigation.back();
    assertThat(navigation.current().get()).isEqualTo(Place.SETUP);
    assertThat(wizard.current().get()).isEqualTo(wizard.welcome());
  }

  private Path disk() {
    Path disk = own.resolve("disk");
    desktop.folder = Optional.of(disk);
    return disk.resolve("pixtral-12b");
  }

  /** As the real stages do: from then on the model is listed where it lies. */
  private void listedIn(Path folder) {
    stages.installed = List.of(Fixtures.installed(large.withModelPath(folder), State.READY));
  }

  private static void copied(ProgressListener listener, long bytes) {
    listener.onProgress(
        Progress.of(Stage.DOWNLOAD, bytes, 20_400_000_000L, Progress.Unit.BYTES, ""));
  }

  @Test
  void aModelIsMovedWhereTheUserWantsIt() {
    ModelItem item = visit();
    Path there = disk();
    stages.move =
        (listener, cancellation) -> {
          copied(listener, 10_000_000_000L);
          assertThat(item.pace().get()).isEmpty();
          now += 1_000_000_000L;
          copied(listener, 10_200_000_000L);
          assertThat(item.busy().get()).isTrue();
          assertThat(item.fraction().get()).isEqualTo(0.5);
          assertThat(item.pace().get()).startsWith("200 MB/s · ").endsWith(" left");
          now += 1_000_000_000L;
          copied(listener, 20_400_000_000L);
          assertThat(item.pace().get()).isEmpty();
          assertThat(item.doing().get()).contains(there.toString());
          listedIn(there);
          return true;
        };
    models.move(item);
    runner.runAll();
    assertThat(desktop.asked.getFirst().text())
        .contains("25.4 GB", large.modelPath().toString(), there.toString())
        .doesNotContain("in use");
    assertThat(stages.calls).containsSubsequence("move pixtral-12b to " + there, "installed");
    assertThat(item.notice().get().mark()).isEqualTo(Mark.GOOD);
    assertThat(item.notice().get().words()).contains(there.toString());
    assertThat(models.models()).containsExactly(item);
    assertThat(item.model().get().folder()).contains(there);
  }

  @Test
  void whatIsLeftBehindIsNamed() {
    ModelItem item = visit();
    disk();
    stages.move = (listener, cancellation) -> false;
    models.move(item);
    runner.runAll();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.REMARK);
    assertThat(item.notice().get().words()).contains(large.modelPath().toString());
  }

  @Test
  void withoutAFolderOrTheUsersConsentNothingIsMoved() {
    ModelItem item = visit();
    models.move(item);
    runner.runAll();
    assertThat(stages.calls).doesNotContain("placeIn");
    disk();
    desktop.answer = 1;
    models.move(item);
    runner.runAll();
    assertThat(stages.calls).contains("placeIn").noneMatch(call -> call.startsWith("move"));
    assertThat(item.busy().get()).isFalse();
  }

  private static DownloadException refusal() {
    return new DownloadException(
        DownloadException.Reason.DISK_FULL, new Problem("Too little room.", "", ""), "", null);
  }

  @Test
  void aFolderThatWillNotDoIsSaidToBeSo() {
    ModelItem item = visit();
    disk();
    stages.refusal = refusal();
    models.move(item);
    runner.runAll();
    assertThat(item.failure().get().problem().what()).isEqualTo("Too little room.");
    assertThat(item.retryText().get()).isEqualTo("Choose another folder …");
    assertThat(desktop.asked).isEmpty();
    stages.refusal = null;
    stages.move = (listener, cancellation) -> true;
    item.retry();
    runner.runAll();
    assertThat(item.failure().get()).isNull();
    assertThat(stages.calls).anyMatch(call -> call.startsWith("move"));
  }

  @Test
  void aStoppedMoveSaysWhereTheModelIs() {
    ModelItem item = visit();
    disk();
    stages.move =
        (listener, cancellation) -> {
          item.stop();
          cancellation.throwIfCancelled();
          return true;
        };
    models.move(item);
    runner.runAll();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.PAUSED);
    assertThat(item.notice().get().words()).contains("whole in " + large.modelPath());
  }

  @Test
  void tryingAgainAfterAFailedMoveMovesToTheSameFolder() {
    ModelItem item = visit();
    Path there = disk();
    stages.move =
        (listener, cancellation) -> {
          throw refusal();
        };
    models.move(item);
    runner.runAll();
    assertThat(item.failure().get()).isNotNull();
    desktop.folder = Optional.empty();
    stages.move = (listener, cancellation) -> true;
    item.retry();
    runner.runAll();
    assertThat(item.notice().get().words()).contains(there.toString());
  }

  @Test
  void aModelInUseIsClosedBeforeItIsMovedAndUsedFromItsNewFolder() {
    useLarge();
    ModelItem item = visit();
    Path there = disk();
    stages.move =
        (listener, cancellation) -> {
          assertThat(session.model().get()).isNull();
          listedIn(there);
          return true;
        };
    models.move(item);
    runner.runAll();
    assertThat(desktop.asked.getFirst().text()).contains("in use");
    assertThat(session.config().get().modelPath()).isEqualTo(there);

    navigation.back();
    wizard.welcome().next();
    assertThat(session.config().get().modelPath()).isEqualTo(there);
  }

  @Test
  void theChoiceOfModelsKnowsTheNewFolder() {
    wizard.begin();
    runner.runAll();
    ModelItem item = visit();
    Path there = disk();
    stages.move = (listener, cancellation) -> true;
    models.move(item);
    runner.runAll();
    chooseLarge();
    assertThat(session.config().get().modelPath()).isEqualTo(there);
  }

  private void chooseLarge() {
    wizard
        .welcome()
        .chosen()
        .set(
            wizard.welcome().choices().stream()
                .filter(choice -> choice.file().equals(large.source()))
                .findFirst()
                .orElseThrow());
    wizard.welcome().next();
  }

  @Test
  void theSetupOfAModelWaitsWhileItIsMoved() {
    wizard.begin();
    runner.runAll();
    ModelItem item = visit();
    disk();
    stages.move =
        (listener, cancellation) -> {
          chooseLarge();
          assertThat(desktop.told).hasSize(1);
          assertThat(wizard.current().get()).isEqualTo(wizard.welcome());
          return true;
        };
    models.move(item);
    runner.runAll();
    assertThat(item.notice().get().mark()).isEqualTo(Mark.GOOD);
  }

  @Test
  void aModelWhoseFolderIsGoneIsFoundElsewhere() {
    stages.installed = List.of(Fixtures.installed(large, State.FOLDER_MISSING));
    ModelItem item = visit();
    assertThat(item.isMovable()).isFalse();
    assertThat(item.isFindable()).isTrue();
    Path there = disk();
    stages.refusal = refusal();
    models.find(item);
    runner.runAll();
    assertThat(item.failure().get()).isNotNull();

    stages.refusal = null;
    listedIn(there);
    models.find(item);
    runner.runAll();
    assertThat(item.notice().get().words()).contains(there.toString());
    assertThat(item.isMovable()).isTrue();
    assertThat(item.isFindable()).isFalse();
    assertThat(stages.calls).noneMatch(call -> call.startsWith("move"));
  }

  @Test
  void whatShipsStaysWhereItIs() {
    visit();
    assertThat(models.models().getLast().isMovable()).isFalse();
    stages.installed = List.of(Fixtures.installed(mini, State.NOT_INSTALLED));
    models.refresh();
    runner.runAll();
    assertThat(models.models().getLast().isFindable()).isFalse();
  }

  @Test
  void aModelWhoseSetupIsAtWorkIsLeftAlone() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    wizard.welcome().restore(large);
    ModelItem item = visit();
    wizard.hardware().enter();
    models.remove(item);
    runner.runAll();
    assertThat(desktop.told).hasSize(1);
    assertThat(stages.calls).doesNotContain("remove pixtral-12b");
  }
}
