package org.invoicelens.ui.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.download.DownloadException;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.hardware.HardwareException;
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
import org.invoicelens.ui.server.ServerViewModel;
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

  private static RemoteServer vllm() {
    return RemoteServer.entered(
        "https://vllm.example.com",
        "mistralai/Pixtral-12B-2409",
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void aServerReadsWhereThisComputerIsTooSmallAndNothingIsDownloaded() {
    stages.hardware =
        (listener, cancellation) -> {
          if (session.config().get().isRemote()) {
            return Fixtures.workstation();
          }
          throw new HardwareException(
              HardwareException.Reason.TOO_LITTLE_MEMORY,
              Fixtures.workstation(),
              new Problem("Too little memory.", "", ""),
              "",
              null);
        };
    stages.serverCheck = (listener, cancellation) -> List.of();
    begin();
    choose(large);
    assertThat(wizard.hardware().failure().get()).isNotNull();
    assertThat(wizard.promise().getValue()).isEqualTo("Your invoices stay on this computer.");
    ServerViewModel server = wizard.hardware().server();
    assertThat(server.offered().get()).isTrue();
    server.address().set(vllm().address().toString());
    server.model().set(vllm().model());
    server.test();
    runner.runAll();
    server.use();
    runner.runAll();

    assertThat(wizard.hardware().failure().get()).isNull();
    assertThat(wizard.hardware().headline().get()).isEqualTo("vllm.example.com reads for you");
    assertThat(wizard.hardware().nextText().get()).isEqualTo("_Connect to the server");
    assertThat(wizard.promise().getValue()).contains("sent to vllm.example.com");
    wizard.next();
    runner.runAll();

    assertThat(wizard.current().get()).isSameAs(wizard.start());
    assertThat(stages.calls).contains("start").doesNotContain("download", "verify");
    assertThat(wizard.download().fact().get()).isEqualTo("not needed");
    assertThat(wizard.start().phases()).hasSize(2);
    wizard.back();
    assertThat(wizard.current().get()).isSameAs(wizard.hardware());
    wizard.next();
    wizard.next();
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.WORKSPACE);
  }

  @Test
  void thisComputerReadsAgainWhereTheServerIsTakenBack() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    begin();
    choose(large.withServer(Optional.of(vllm())));
    assertThat(wizard.hardware().headline().get()).isEqualTo("vllm.example.com reads for you");

    wizard.hardware().server().useThisComputer();
    runner.runAll();

    assertThat(session.config().get().isRemote()).isFalse();
    assertThat(wizard.hardware().headline().get()).isEqualTo("Your computer can run pixtral-12b");
    wizard.next();
    runner.runAll();
    assertThat(stages.calls).contains("download", "verify");
  }

  @Test
  void aServerThatWasInUseIsConnectedAtOnce() {
    ModelConfig remote = large.withServer(Optional.of(vllm()));
    stages.recalled =
        Optional.of(
            new Recalled(remote, Stage.OPTIMIZATION, Optional.of(Fixtures.verified(large))));
    begin();

    assertThat(stages.calls).doesNotContain("verifyHardware", "download", "verify");
    assertThat(wizard.navigation().current().get()).isEqualTo(Place.WORKSPACE);
  }

  @Test
  void aServerThatDoesNotAnswerAtTheStartLeadsToItsChoice() {
    ModelConfig remote = large.withServer(Optional.of(vllm()));
    stages.recalled = Optional.of(new Recalled(remote, Stage.OPTIMIZATION, Optional.empty()));
    stages.start =
        (listener, cancellation) -> {
          throw new InitializationException(
              InitializationException.Reason.SERVER_FAILED,
              new Problem("It is not there.", "", ""),
              "",
              null);
        };
    begin();

    assertThat(wizard.current().get()).isSameAs(wizard.start());
    assertThat(wizard.start().headline().get())
        .isEqualTo("The server does not answer as it should");
    wizard.start().failure().get().remedies().stream()
        .filter(remedy -> remedy.id().equals("remedy-server"))
        .findFirst()
        .map(Remedy::action)
        .orElseThrow()
        .run();
    runner.runAll();
    assertThat(wizard.current().get()).isSameAs(wizard.hardware());
    assertThat(wizard.hardware().server().offered().get()).isTrue();
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
