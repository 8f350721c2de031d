package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.invoicelens.settings.Secrets;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubAccessTest {

  @TempDir Path own;

  private HubSettings environment = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));
  private ApplicationFolders folders;
  private SettingsStore settings;
  private SecretsFile secrets;

  private HubAccess access(String... variables) {
    return new HubAccess(settings, secrets, () -> environment, Set.of(variables));
  }

  @BeforeEach
  void open() {
    folders = new ApplicationFolders(own, own, own.resolve("state"), own);
    settings = new SettingsStore(folders);
    secrets = new SecretsFile(folders);
  }

  private void choose(ProxyMode mode) {
    settings.change(now ->
        now.withNetwork(
            now.network().withProxy(mode, Optional.of(URI.create("http://proxy.example:3128")))));
  }

  @Test
  void whatIsChosenCountsFromTheNextRequestOn() {
    HubAccess access = access();
    assertThat(access.chosen().proxy()).isEmpty();
    choose(ProxyMode.MANUAL);
    assertThat(access.chosen().proxy()).contains(URI.create("http://proxy.example:3128"));
    choose(ProxyMode.NONE);
    assertThat(access.chosen().direct()).isTrue();
    choose(ProxyMode.SYSTEM);
    assertThat(access.chosen().direct()).isFalse();
    assertThat(access.chosen().proxy()).isEmpty();
  }

  @Test
  void theLoginOfTheProxyBecomesPartOfItsAddressAndOfNoText() {
    choose(ProxyMode.MANUAL);
    secrets.change(
        Secrets.NONE.withProxyLogin(Optional.of("d\u00f6e@x"), Optional.of("s3:c r+t$1")), false);
    HubSettings chosen = access().chosen();
    assertThat(chosen.proxy().orElseThrow().getRawUserInfo())
        .isEqualTo("d%C3%B6e%40x:s3%3Ac%20r%2Bt%241");
    assertThat(chosen.proxy().orElseThrow().getHost()).isEqualTo("proxy.example");
    assertThat(chosen.toString()).doesNotContain("s3").contains("proxy.example");
  }

  @Test
  void inTheWindowTheUsersTokenWinsAndOnTheCommandLineTheEnvironments() {
    AccessToken outside = new AccessToken("hf_outside");
    environment = environment.withToken(outside);
    assertThat(access().chosen().token()).contains(outside);
    secrets.change(Secrets.NONE.withToken(Optional.of("hf_entered")), false);
    assertThat(access().chosen().token()).isPresent().isNotEqualTo(Optional.of(outside));
    assertThat(access().afterEnvironment().token()).contains(outside);
  }

  @Test
  void onTheCommandLineAProxyOfTheEnvironmentWins() {
    choose(ProxyMode.MANUAL);
    assertThat(access("https_proxy").afterEnvironment().proxy()).isEmpty();
    assertThat(access("HOME").afterEnvironment().proxy()).isPresent();
    assertThat(access("https_proxy").chosen().proxy()).isPresent();
  }

  @Test
  void aKeptTokenThatIsNoneIsLeftOut() {
    secrets.change(Secrets.NONE.withToken(Optional.of("two words")), false);
    assertThat(access().chosen().token()).isEmpty();
  }

  @Test
  void theSettingsFileHoldsNoSecret() throws Exception {
    choose(ProxyMode.MANUAL);
    secrets.change(
        new Secrets(Optional.of("hf_secret"), Optional.of("me"), Optional.of("s3cret")), false);
    settings.save();
    secrets.save();
    try (Stream<Path> files = Files.list(folders.state())) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file)).doesNotContain("hf_secret").doesNotContain("s3cret");
      }
    }
  }
}
