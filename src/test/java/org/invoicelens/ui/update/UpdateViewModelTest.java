package org.invoicelens.ui.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Optional;
import org.invoicelens.download.DownloadException;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.update.Release;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateViewModelTest {

  private static final URI ADDRESS = URI.create("https://example.com/release.json");

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private SettingsStore store;
  private UpdateViewModel model;

  @BeforeEach
  void open() {
    store = new SettingsStore(Fixtures.folders(own));
    model = new UpdateViewModel(stages, runner, desktop, new SettingsViewModel(store, runner));
  }

  private UpdateChoice kept() {
    runner.runAll();
    return new SettingsStore(Fixtures.folders(own)).current().updates();
  }

  @Test
  void asksNobodyUnlessTheUserWantsIt() {
    model.begin();
    runner.runAll();
    assertThat(stages.calls).isEmpty();
    model.enterAddress(ADDRESS.toString());
    model.begin();
    runner.runAll();
    assertThat(stages.calls).isEmpty();
    assertThat(kept()).isEqualTo(new UpdateChoice(false, Optional.of(ADDRESS), Optional.empty()));
  }

  @Test
  void tellsAtTheStartOfANewerVersionAndNothingOfAFailure() {
    model.enterAddress(ADDRESS.toString());
    model.lookAtStart(true);
    stages.release =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.NO_CONNECTION, new Problem("No.", "", ""), "", null);
        };
    model.begin();
    runner.runAll();
    assertThat(model.looking().get()).isFalse();
    assertThat(model.verdict().get()).isEmpty();

    Release release = Fixtures.release("9.9.0", true);
    stages.release = (listener, cancellation) -> release;
    model.begin();
    assertThat(model.looking().get()).isTrue();
    runner.runAll();
    assertThat(model.newer().get()).isEqualTo(release);
    assertThat(model.verdict().get()).contains("9.9.0").contains("2026");
    assertThat(model.advice().get()).contains("Models");
  }

  @Test
  void saysWhatIsWrongWhenTheUserAsks() {
    stages.release =
        (listener, cancellation) -> {
          throw new DownloadException(
              DownloadException.Reason.NO_CONNECTION,
              new Problem("The server is silent.", "Nothing came.", "Try again."),
              "",
              null);
        };
    model.lookOrStop();
    runner.runAll();
    assertThat(model.verdict().get()).isEqualTo("The server is silent.");
    assertThat(model.advice().get()).isEqualTo("Nothing came. Try again.");
    assertThat(model.newer().get()).isNull();
  }

  @Test
  void aLookThatTakesTooLongCanBeStopped() {
    stages.release = (listener, cancellation) -> Fixtures.release("9.9.0", true);
    model.lookOrStop();
    assertThat(model.looking().get()).isTrue();
    model.lookOrStop();
    runner.runAll();
    assertThat(model.looking().get()).isFalse();
    assertThat(model.verdict().get()).isEmpty();
  }

  @Test
  void theVersionThatRunsIsTheNewest() {
    stages.release = (listener, cancellation) -> Fixtures.release("0.0.1", false);
    model.lookOrStop();
    runner.runAll();
    assertThat(model.newer().get()).isNull();
    assertThat(model.verdict().get()).contains("newest");
  }

  @Test
  void opensThePageAndCopiesAnAddressWithItsChecksum() {
    stages.release = (listener, cancellation) -> Fixtures.release("9.9.0", true);
    model.lookOrStop();
    runner.runAll();
    model.openPage();
    assertThat(desktop.browsed).containsExactly(URI.create("https://example.com/new"));
    model.copy(model.newer().get().packages().getFirst());
    assertThat(desktop.copied.getFirst()).contains("https://example.com/", "ab".repeat(32));
  }

  @Test
  void whatIsNoAddressOrKeyChangesNothing() throws Exception {
    model.lookAtStart(true);
    assertThat(model.addressFault().get()).contains("Enter an address");
    model.enterAddress("example.com");
    assertThat(model.addressFault().get()).contains("not an address");
    model.enterAddress(ADDRESS.toString());
    assertThat(model.addressFault().get()).isEmpty();
    model.enterAddress("");
    assertThat(model.addressFault().get()).contains("Enter an address");

    model.enterKey("secret");
    assertThat(model.keyFault().get()).isNotEmpty();
    assertThat(kept()).isEqualTo(new UpdateChoice(true, Optional.empty(), Optional.empty()));
    String key =
        Base64.getEncoder()
            .encodeToString(
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded());
    model.enterKey(" " + key.substring(0, 20) + "\n" + key.substring(20));
    assertThat(model.keyFault().get()).isEmpty();
    assertThat(kept().key()).contains(key);
    model.enterKey("");
    assertThat(kept().key()).isEmpty();
  }
}
