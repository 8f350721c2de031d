package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javafx.scene.input.KeyCode;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.hub.ConnectionCheck.State;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Problem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The network in the window: settings, test, and what a failed download offers. */
class NetworkWindowTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  @RegisterExtension final WindowRobot window = new WindowRobot();
  private ModelConfig large;

  @BeforeEach
  void everythingGoesWell() throws Exception {
    large = Fixtures.config("pixtral", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.findings =
        Stream.of(Subject.values())
            .map(subject ->
                new Finding(subject, State.GOOD, "fine", Optional.empty(), Optional.empty()))
            .toList();
  }

  private void failWith(DownloadException.Reason reason) throws Exception {
    stages.failDownload(reason, new Problem("what", "meaning", "remedy"));
    window.open(own, stages);
    window.click("#next");
    window.awaitSeen("#gpu-memory");
    window.click("#next");
    window.awaitSeen("#failure");
  }

  @Test
  void aFailedConnectionLeadsToTheTestAndBack() throws Exception {
    failWith(DownloadException.Reason.NO_CONNECTION);
    window.click("#remedy-connection");
    window.awaitSeen("#network");
    window.await(() -> window.text("#connection-verdict").equals("The connection works."));
    window.click("#network-back");
    window.awaitSeen("#failure");
  }

  @Test
  void aProxyIsEnteredInTheSettings() throws Exception {
    failWith(DownloadException.Reason.PROXY);
    window.click("#remedy-network");
    window.click("#proxy-manual");
    window.click("#proxy-address");
    window.robot.write("proxy.example:3128").type(KeyCode.ENTER);
    window.await(
        () -> new SettingsStore(Fixtures.folders(own)).current().network().proxy().isPresent());
    assertThat(new SettingsStore(Fixtures.folders(own)).current().network().proxy().get())
        .hasToString("http://proxy.example:3128");
  }

  @Test
  void aTokenIsEnteredAndKeptOnlyWhereTheUserWants() throws Exception {
    failWith(DownloadException.Reason.TOKEN_NEEDED);
    window.click("#remedy-access-token");
    window.click("#token");
    window.robot.write("hf_secret").type(KeyCode.ENTER);
    window.await(() -> window.text("#token-words").contains("entered here"));
    assertThat(window.text("#token")).isEmpty();
    assertThat(new SecretsFile(Fixtures.folders(own)).isKept()).isFalse();
    window.click("#keep-on-computer");
    window.await(() -> new SecretsFile(Fixtures.folders(own)).isKept());
    assertThat(new SecretsFile(Fixtures.folders(own)).current().token()).contains("hf_secret");
  }

  @Test
  void aCertificateThatIsChosenIsTriedAtOnce() throws Exception {
    failWith(DownloadException.Reason.UNTRUSTED_CERTIFICATE);
    window.desktop.file = Optional.of(own.resolve("gateway.pem"));
    stages.download = Fixtures.untilStopped(listener -> {});
    window.click("#remedy-certificate");
    window.awaitSeen("#pause");
    assertThat(new SettingsStore(Fixtures.folders(own)).current().network().caFile())
        .contains(own.resolve("gateway.pem"));
  }

  @Test
  void aModelThatAsksForConsentLeadsToItsPage() throws Exception {
    failWith(DownloadException.Reason.ACCESS_NOT_GRANTED);
    window.click("#remedy-model-page");
    assertThat(window.desktop.browsed.getLast().toString())
        .isEqualTo(large.endpoint() + "/" + large.repoId());
  }

  @Test
  void theSettingsPageHasTheNetworkToo() throws Exception {
    window.open(own, stages);
    window.click("#rail-settings");
    window.awaitSeen("#test-connection");
    window.click("#test-connection");
    window.await(() -> window.text("#connection-verdict").equals("The connection works."));
  }
}
