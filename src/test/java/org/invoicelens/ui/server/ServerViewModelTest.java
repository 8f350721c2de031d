package org.invoicelens.ui.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.engine.ServerCheck.Finding;
import org.invoicelens.engine.ServerCheck.State;
import org.invoicelens.engine.ServerCheck.Subject;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.server.ServerViewModel.KeyPlace;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private final List<Optional<RemoteServer>> chosen = new ArrayList<>();
  private ModelConfig config;
  private ServerViewModel model;

  @BeforeEach
  void offer() {
    config = Fixtures.config("pixtral", own);
    session.config().set(config);
    model = open();
    model.offer(true);
    stages.serverCheck = (listener, cancellation) -> findings(State.GOOD, State.GOOD);
  }

  private ServerViewModel open() {
    ServerViewModel opened =
        new ServerViewModel(
            stages,
            session,
            runner,
            desktop,
            new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner));
    opened.whenChosen(server -> {
      chosen.add(server);
      session.config().set(session.config().get().withServer(server));
    });
    return opened;
  }

  private static List<Finding> findings(State server, State answer) {
    Optional<Problem> problem =
        Optional.of(new Problem("It does not.", "That means this.", "Do that."));
    return List.of(
        new Finding(Subject.SERVER, server, "server", problem.filter(p -> server == State.FAILED)),
        new Finding(Subject.ANSWER, answer, "answer", problem.filter(p -> answer == State.FAILED)));
  }

  private void enterAndTest(String address) {
    model.address().set(address);
    model.model().set("mistralai/Pixtral-12B-2409");
    model.test();
    runner.runAll();
  }

  @Test
  void aServerThatPassedItsTestIsUsedAndKeptWithoutItsKey() throws Exception {
    Path key = Files.writeString(own.resolve("vllm.key"), "sk-secret");
    desktop.file = Optional.of(key);
    model.keyPlace().set(KeyPlace.FILE);
    model.chooseKeyFile();
    enterAndTest("https://vllm.example.com");
    assertThat(model.verdict().get()).isEqualTo("The server can read for you.");
    assertThat(model.steps()).extracting(CheckedStep::mark).containsOnly(Mark.GOOD);
    assertThat(chosen).isEmpty();

    model.use();
    runner.runAll();

    RemoteServer server =
        RemoteServer.entered(
            "https://vllm.example.com/v1",
            "mistralai/Pixtral-12B-2409",
            Optional.empty(),
            Optional.of(key));
    assertThat(stages.checkedServers.getFirst().server()).contains(server);
    assertThat(chosen).containsExactly(Optional.of(server));
    SettingsStore kept = new SettingsStore(Fixtures.folders(own));
    assertThat(kept.current().servers()).containsEntry(config.name(), server);
    assertThat(own.resolve("state/settings.json")).content().doesNotContain("sk-secret");
  }

  @Test
  void whatWouldNotBeSafeIsSaidAndNotTested() {
    enterAndTest("http://vllm.example.com/v1");
    assertThat(model.fault().get()).contains("not encrypted");

    enterAndTest("vllm");
    assertThat(model.fault().get()).contains("not the address of a server");

    model.keyPlace().set(KeyPlace.VARIABLE);
    model.keyVariable().set("sk-1234 5678");
    enterAndTest("https://vllm.example.com");
    assertThat(model.fault().get()).contains("variable").doesNotContain("sk-1234");

    model.keyPlace().set(KeyPlace.FILE);
    enterAndTest("https://vllm.example.com");
    assertThat(model.fault().get()).contains("Choose the file");
    assertThat(stages.checkedServers).isEmpty();
    assertThat(model.testing().get()).isFalse();
  }

  @Test
  void aServerThatFailedItsTestCannotBeUsed() {
    stages.serverCheck = (listener, cancellation) -> findings(State.FAILED, State.SKIPPED);
    enterAndTest("https://vllm.example.com");

    assertThat(model.proved().get()).isNull();
    assertThat(model.verdict().get()).contains("cannot be used yet");
    assertThat(model.steps().getFirst().mark()).isEqualTo(Mark.FAILED);
    assertThat(model.steps().getFirst().advice()).isEqualTo("That means this. Do that.");
    model.use();
    assertThat(chosen).isEmpty();
  }

  @Test
  void whatWasChangedAfterTheTestIsNotUsed() {
    enterAndTest("https://vllm.example.com");
    assertThat(model.proved().get()).isNotNull();

    model.model().set("another");

    assertThat(model.proved().get()).isNull();
    assertThat(model.steps()).isEmpty();
    model.use();
    assertThat(chosen).isEmpty();
  }

  @Test
  void whatIsChangedWhileTheTestRunsIsNotUsed() {
    stages.serverCheck =
        (listener, cancellation) -> {
          model.address().set("https://elsewhere.example.com");
          return findings(State.GOOD, State.GOOD);
        };
    enterAndTest("https://vllm.example.com");

    assertThat(model.proved().get()).isNull();
  }

  @Test
  void theTestTellsWhereItIsAndCanBeStopped() {
    List<String> said = new ArrayList<>();
    stages.serverCheck =
        (listener, cancellation) -> {
          listener.onProgress(
              Progress.of(Stage.INITIALIZATION, 0, 1, Progress.Unit.STEPS, "Asking it"));
          said.add(model.verdict().get());
          assertThat(model.testing().get()).isTrue();
          model.stopTest();
          cancellation.throwIfCancelled();
          throw new AssertionError("it was not stopped");
        };
    enterAndTest("https://vllm.example.com");

    assertThat(said).containsExactly("Asking it");
    assertThat(model.verdict().get()).isEqualTo("The test was stopped.");
    assertThat(model.testing().get()).isFalse();
  }

  @Test
  void aTestThatBreaksUnexpectedlyEndsAndSaysSo() {
    stages.serverCheck =
        (listener, cancellation) -> {
          throw new IllegalStateException("a bug");
        };
    enterAndTest("https://vllm.example.com");

    assertThat(model.testing().get()).isFalse();
    assertThat(model.verdict().get()).isNotEmpty().doesNotContain("a bug");
  }

  @Test
  void theServerInUseIsShownAgainAndCanBeTakenBack() {
    enterAndTest("https://vllm.example.com");
    model.use();
    runner.runAll();

    ServerViewModel later = open();
    later.offer(true);
    assertThat(later.address().get()).isEqualTo("https://vllm.example.com/v1");
    assertThat(later.chosenHere().get()).isTrue();

    later.useThisComputer();
    runner.runAll();
    assertThat(chosen.getLast()).isEmpty();
    assertThat(new SettingsStore(Fixtures.folders(own)).current().servers()).isEmpty();
  }
}
