package org.invoicelens.ui.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.hub.ConnectionCheck.State;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.hub.HubException;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.invoicelens.settings.Secrets;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private SettingsStore store;
  private SecretsFile secrets;
  private NetworkViewModel model;

  @BeforeEach
  void open() {
    store = new SettingsStore(Fixtures.folders(own));
    secrets = new SecretsFile(Fixtures.folders(own));
    model =
        new NetworkViewModel(
            stages, session, runner, desktop, new SettingsViewModel(store, runner), secrets);
    stages.choices =
        List.of(
            Fixtures.choice(Fixtures.config("pixtral-mini", own)),
            Fixtures.choice(Fixtures.config("pixtral", own)));
  }

  @Test
  void anAddressIsTakenAsPeopleWriteIt() {
    model.choose(ProxyMode.MANUAL);
    assertThat(model.addressFault().get()).contains("Enter an address");
    model.enterAddress(" proxy.example:3128 ");
    assertThat(model.addressFault().get()).isEmpty();
    assertThat(store.current().network().proxy()).contains(URI.create("http://proxy.example:3128"));
    model.enterAddress("HTTP://other/");
    assertThat(store.current().network().proxy()).contains(URI.create("http://other"));
  }

  @Test
  void aWrongAddressIsRefusedInWordsAndChangesNothing() {
    model.choose(ProxyMode.MANUAL);
    model.enterAddress("proxy.example:3128");
    for (String wrong : List.of("two words", "ftp://proxy", "proxy:99999", "http://me:pw@proxy")) {
      model.enterAddress(wrong);
      assertThat(model.addressFault().get()).as(wrong).isNotEmpty();
      assertThat(model.addressFault().get()).doesNotContain("pw");
      assertThat(model.address()).isEqualTo("http://proxy.example:3128");
    }
  }

  @Test
  void aTokenIsUsedAtOnceAndNeverShown() {
    runner.runAll();
    assertThat(model.tokenWords().get()).contains("No token");
    assertThat(model.enterToken(" hf_secret ")).isTrue();
    assertThat(secrets.current().token()).contains("hf_secret");
    assertThat(model.tokenWords().get()).doesNotContain("hf_secret").contains("entered here");
    model.removeToken();
    assertThat(secrets.current()).isEqualTo(Secrets.NONE);
    assertThat(model.tokenEntered().get()).isFalse();
  }

  @Test
  void whatIsNoTokenIsRefusedInWords() {
    assertThat(model.enterToken("two words")).isFalse();
    assertThat(model.tokenFault().get()).contains("one word");
    assertThat(model.enterToken("")).isFalse();
    assertThat(model.tokenFault().get()).isNotEmpty();
    assertThat(secrets.current()).isEqualTo(Secrets.NONE);
  }

  @Test
  void saysWhereTheTokenComesFrom() {
    stages.environmentHasToken = true;
    runner.runAll();
    assertThat(model.tokenWords().get()).contains("from the environment");
    model.enterToken("hf_secret");
    assertThat(model.tokenWords().get()).contains("instead of");
  }

  @Test
  void secretsStayInMemoryUntilTheUserWantsThemKept() throws Exception {
    model.enterToken("hf_secret");
    model.enterProxyUser("me");
    model.enterProxyPassword("s3cret");
    runner.runAll();
    assertThat(new SecretsFile(Fixtures.folders(own)).current()).isEqualTo(Secrets.NONE);
    assertNoSecretInFiles(List.of());

    model.keep(true);
    runner.runAll();
    assertThat(new SecretsFile(Fixtures.folders(own)).current())
        .isEqualTo(new Secrets(Optional.of("hf_secret"), Optional.of("me"), Optional.of("s3cret")));
    assertNoSecretInFiles(List.of("secrets.json"));

    model.keep(false);
    runner.runAll();
    assertNoSecretInFiles(List.of());
    assertThat(secrets.current().token()).contains("hf_secret");
  }

  private void assertNoSecretInFiles(List<String> except) throws Exception {
    try (Stream<Path> files = Files.walk(own)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!except.contains(file.getFileName().toString())) {
          assertThat(Files.readString(file)).doesNotContain("hf_secret").doesNotContain("s3cret");
        }
      }
    }
  }

  @Test
  void withoutANameThereIsNoPassword() {
    model.enterProxyUser("me");
    model.enterProxyPassword("s3cret");
    model.enterProxyUser("");
    assertThat(secrets.current()).isEqualTo(Secrets.NONE);
  }

  @Test
  void aFileOfCertificatesIsChosenAndGivenUp() {
    desktop.file = Optional.of(Path.of("/etc/gateway.pem"));
    model.chooseCaFile();
    assertThat(model.caFile().getValue()).isEqualTo(Path.of("/etc/gateway.pem").toString());
    model.removeCaFile();
    assertThat(store.current().network().caFile()).isEmpty();
  }

  private static Finding good(Subject subject, String found) {
    return new Finding(subject, State.GOOD, found, Optional.empty(), Optional.empty());
  }

  @Test
  void aTestShowsEachLineAsItComesAndWhatToDo() {
    Problem problem = new Problem("Not trusted.", "It is inspected.", "Choose its certificate.");
    stages.findings =
        List.of(
            good(Subject.ROUTE, "Directly"),
            new Finding(
                Subject.SERVER,
                State.FAILED,
                problem.what(),
                Optional.of(problem),
                Optional.of(HubException.Reason.UNTRUSTED_CERTIFICATE)),
            new Finding(
                Subject.TOKEN, State.SKIPPED, "Not tried.", Optional.empty(), Optional.empty()));
    model.test();
    assertThat(model.testing().get()).isTrue();
    assertThat(model.steps()).extracting(CheckedStep::mark).startsWith(Mark.WORKING, Mark.WAITING);
    runner.runAll();
    assertThat(model.testing().get()).isFalse();
    assertThat(model.steps())
        .extracting(CheckedStep::mark, CheckedStep::found, CheckedStep::advice)
        .startsWith(
            tuple(Mark.GOOD, "Directly", ""),
            tuple(Mark.FAILED, "Not trusted.", "It is inspected. Choose its certificate."),
            tuple(Mark.WAITING, "Not tried.", ""));
    assertThat(model.verdict().get()).contains("does not work yet");
    assertThat(model.hosts().get()).contains("huggingface.co").contains("*.hf.co");
    assertThat(stages.calls).contains("connectionSteps closed");
  }

  @Test
  void aGoodConnectionIsSaidToWork() {
    stages.findings = Stream.of(Subject.values()).map(subject -> good(subject, "fine")).toList();
    model.test();
    runner.runAll();
    assertThat(model.verdict().get()).isEqualTo("The connection works.");
    assertThat(model.hosts().get()).isEmpty();
  }

  @Test
  void theStepsOfMirrorsFollowThoseOfTheHub() {
    Finding share = good(Subject.MIRROR, "share.example answers");
    stages.findings =
        Stream.concat(
                Stream.of(Subject.values()).map(subject -> good(subject, "fine")), Stream.of(share))
            .toList();
    model.test();
    assertThat(model.steps()).extracting(CheckedStep::subject).doesNotContain(Subject.MIRROR);
    runner.runAll();
    assertThat(model.steps()).hasSize(Subject.values().length + 1);
    assertThat(model.steps().getLast()).isEqualTo(CheckedStep.of(share));
    assertThat(model.steps().getLast().title()).isEqualTo("Mirror");
  }

  @Test
  void theChosenModelIsTriedUnlessItShips() {
    stages.findings = List.of();
    session.config().set(Fixtures.config("pixtral-mini", own));
    model.test();
    runner.runAll();
    assertThat(stages.calls).contains("connectionSteps pixtral-12b");
  }

  @Test
  void aTestCanBeStopped() {
    stages.findings = List.of(good(Subject.ROUTE, "Directly"));
    model.test();
    model.stopTest();
    runner.runAll();
    assertThat(model.testing().get()).isFalse();
  }
}
