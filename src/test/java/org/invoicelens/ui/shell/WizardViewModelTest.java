package org.invoicelens.ui.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.download.DownloadException;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.SetupState;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.failure.Remedy;
import org.invoicelens.ui.pipeline.Recalled;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.workspace.WorkspaceViewModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WizardViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private WizardViewModel wizard;
  private ModelConfig large;
  private ModelConfig mini;
  private int closed;

  @BeforeEach
  void everythingGoesWell() {
    large = Fixtures.config("pixtral", own);
    mini = Fixtures.config("pixtral-mini", own);
    stages.choices = List.of(Fixtures.choice(mini), Fixtures.choice(large));
    stages.succeed(large, "{}");
    wizard =
        new WizardViewModel(
            stages,
            session,
            runner,
            desktop,
            new WorkspaceViewModel(session, runner, desktop, Fixtures.surroundings(own)),
            new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner),
            new Navigation());
  }

  private void begin() {
    wizard.begin();
    runner.runAll();
  }

  private void choose(ModelConfig config) {
    wizard.welcome().chosen().set(Fixtures.choice(config));
    wizard.next();
    runner.runAll();
  }

  /** Sets the large model up, as far as its stages go. */
  private void setUpLarge() {
    begin();
    choose(large);
    wizard.next();
    runner.runAll();
  }

  @Test
  void leadsFromTheChoiceToTheWorkspaceWithThreeClicks() {
    begin();
    assertThat(wizard.current().get()).isSameAs(wizard.welcome());
    choose(large);
    assertThat(wizard.current().get()).isSameAs(wizard.hardware());
    wizard.next();
    runner.runAll();
    assertThat(wizard.current().get()).isSameAs(wizard.start());
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.SETUP);
    wizard.next();
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.WORKSPACE);
    assertThat(stages.remembered)
        .extracting(SetupState::reached)
        .startsWith(Stage.CONFIGURATION, Stage.HARDWARE)
        .endsWith(Stage.OPTIMIZATION);
  }

  @Test
  void opensTheWorkspaceAtOnceWhereTheSetupWasFinished() {
    stages.recallSetUp(large);
    begin();
    assertThat(stages.calls).doesNotContain("verifyHardware", "download", "verify");
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.WORKSPACE);
  }

  @Test
  void waitsAtAnUnfinishedDownloadUntilAskedToGoOn() {
    stages.recalled = Optional.of(new Recalled(large, Stage.HARDWARE, Optional.empty()));
    begin();
    assertThat(wizard.current().get()).isSameAs(wizard.download());
    assertThat(wizard.download().state().get()).isEqualTo(StepState.PAUSED);
    assertThat(stages.calls).doesNotContain("download");
    wizard.next();
    runner.runAll();
    assertThat(wizard.current().get()).isSameAs(wizard.start());
    assertThat(stages.calls).contains("verifyHardware", "download", "verify", "start");
  }

  @Test
  void keepsTheResultsWhenTheSameModelIsChosenAgainAndForgetsThemForAnother() {
    setUpLarge();
    wizard.next();
    wizard.setUpAnother();
    choose(large);
    assertThat(wizard.start().state().get()).isEqualTo(StepState.DONE);
    assertThat(session.model().get()).isNotNull();
    wizard.back();
    choose(mini);
    assertThat(wizard.start().state().get()).isEqualTo(StepState.WAITING);
    assertThat(session.model().get()).isNull();
  }

  @Test
  void anotherPrecisionOfTheSameModelNeedsNeitherDownloadNorVerification() {
    setUpLarge();
    wizard.next();
    wizard.setUpAnother();
    choose(large);
    stages.calls.clear();

    wizard
        .hardware()
        .choice()
        .set(
            wizard.hardware().status().get().fits().stream()
                .filter(fit -> fit.precision() == Precision.INT4)
                .findFirst()
                .orElseThrow());
    assertThat(wizard.current().get().nextText().get()).isEqualTo("_Start in 4 bit (int4)");
    wizard.next();
    runner.runAll();

    assertThat(stages.calls).doesNotContain("download", "verify").contains("start");
    assertThat(session.config().get().quantization().preferred()).isEqualTo(Precision.INT4);
    assertThat(wizard.current().get()).isSameAs(wizard.start());
    assertThat(wizard.start().state().get()).isEqualTo(StepState.DONE);
    assertThat(stages.remembered)
        .anySatisfy(state -> {
          assertThat(state.reached()).isEqualTo(Stage.VERIFICATION);
          assertThat(state.precision()).contains(Precision.INT4);
        });
  }

  @Test
  void aStartThatFailedLeadsToAnotherPrecisionOrAnotherModel() {
    stages.start =
        (listener, cancellation) -> {
          throw new InitializationException(
              InitializationException.Reason.OUT_OF_MEMORY,
              new Problem("Too little memory.", "", "Choose a smaller precision."),
              "",
              null);
        };
    setUpLarge();
    List<Remedy> remedies = wizard.start().failure().get().remedies();
    assertThat(remedies).extracting(Remedy::id).startsWith("remedy-another-precision");
    remedies.getFirst().action().run();
    assertThat(wizard.current().get()).isSameAs(wizard.hardware());
    wizard.hardware().next();
    assertThat(wizard.current().get()).isSameAs(wizard.start());
    remedies.getLast().action().run();
    assertThat(wizard.current().get()).isSameAs(wizard.welcome());
  }

  @Test
  void aDownloadWithoutAccessLeadsToTheNetworkSettings() {
    stages.failDownload(
        DownloadException.Reason.TOKEN_NEEDED,
        new Problem("The Hub wants to know who asks.", "", "Make a token."));
    setUpLarge();
    wizard.download().failure().get().remedies().getFirst().action().run();
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.NETWORK);
    assertThat(wizard.current().get()).isSameAs(wizard.download());
  }

  @Test
  void aDownloadThatFoundTheDiskFullWaitsInAnotherFolderWithoutItsFailure() {
    stages.failDownload(
        DownloadException.Reason.DISK_FULL,
        new Problem("The disk is full.", "", "Choose another folder."));
    setUpLarge();
    Path disk = own.resolve("disk");
    desktop.folder = Optional.of(disk);
    wizard.download().failure().get().remedies().getFirst().action().run();
    runner.runAll();
    assertThat(wizard.current().get()).isSameAs(wizard.download());
    assertThat(wizard.download().failure().get()).isNull();
    assertThat(wizard.download().state().get()).isEqualTo(StepState.PAUSED);
    assertThat(wizard.download().nextReady().get()).isTrue();
  }

  @Test
  void closesAtOnceWhenNothingRuns() {
    begin();
    wizard.requestClose(() -> closed++);
    runner.runAll();
    assertThat(desktop.asked).isEmpty();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void asksBeforeItStopsWorkAndClosesOnlyWhenTheWorkHasStopped() {
    begin();
    choose(large);
    wizard.next();
    assertThat(wizard.download().busy().get()).isTrue();
    desktop.answer = 1;
    wizard.requestClose(() -> closed++);
    assertThat(wizard.closing().get()).isFalse();

    desktop.answer = 0;
    wizard.requestClose(() -> closed++);
    assertThat(wizard.closing().get()).isTrue();
    assertThat(closed).isZero();
    runner.runAll();
    assertThat(closed).isEqualTo(1);
    assertThat(wizard.download().state().get()).isEqualTo(StepState.PAUSED);
    assertThat(stages.calls).doesNotContain("download");
  }

  @Test
  void freesTheModelWhenTheWindowCloses() {
    stages.recallSetUp(large);
    begin();
    wizard.requestClose(() -> closed++);
    runner.runAll();
    assertThat(session.model().get()).isNull();
    assertThat(closed).isEqualTo(1);
  }
}
