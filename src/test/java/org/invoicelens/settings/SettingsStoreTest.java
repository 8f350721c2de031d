package org.invoicelens.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsStoreTest {

  @TempDir Path own;

  private SettingsStore open() {
    return new SettingsStore(new ApplicationFolders(own, own, own.resolve("state"), own));
  }

  private Path file() {
    return own.resolve("state").resolve("settings.json");
  }

  private void write(String text) throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), text);
  }

  @Test
  void nothingChosenMeansAsTheSystemHasIt() {
    assertThat(open().current()).isEqualTo(Settings.DEFAULT);
    assertThat(file()).doesNotExist();
  }

  @Test
  void everythingChosenIsThereInTheNextRun() {
    Settings chosen =
        new Settings(
            new Looks(Looks.Theme.DARK, 150, Looks.Language.GERMAN, Looks.Motion.REDUCED),
            new NetworkChoice(
                ProxyMode.MANUAL,
                Optional.of(URI.create("http://proxy.example.com:3128")),
                Optional.of(own.resolve("company.pem")),
                5_000_000),
            Map.of("pixtral-12b", own.resolve("Modelle äöü")));
    SettingsStore store = open();
    store.change(settings -> chosen);
    store.save();
    assertThat(open().current()).isEqualTo(chosen);
  }

  @Test
  void aBrokenFileIsKeptAsideAndCountsAsNothingChosen() throws Exception {
    write("{\"version\":1,\"theme\":");
    assertThat(open().current()).isEqualTo(Settings.DEFAULT);
    assertThat(file()).doesNotExist();
    assertThat(file().resolveSibling("settings.json.broken")).exists();
  }

  @Test
  void oneValueThatIsNotUnderstoodDoesNotCostTheOthers() throws Exception {
    write(
        """
        {"version":1,"theme":"PINK","scale_percent":149,"language":"GERMAN","proxy":"::","ca_file":[],
         "limit_bytes_per_second":-5,"model_folders":{"a":"relative","b":"/b/../c"},"later":1}\
        """);
    Settings read = open().current();
    assertThat(read.looks())
        .isEqualTo(new Looks(Looks.Theme.SYSTEM, 150, Looks.Language.GERMAN, Looks.Motion.SYSTEM));
    assertThat(read.network()).isEqualTo(NetworkChoice.DEFAULT);
    assertThat(read.modelFolders()).isEqualTo(Map.of("b", Path.of("/c")));
  }

  @Test
  void aPasswordInAProxysAddressIsNeverASetting() throws Exception {
    URI secret = URI.create("http://anna:geheim@proxy:3128");
    assertThatThrownBy(() -> NetworkChoice.DEFAULT.withProxy(ProxyMode.MANUAL, Optional.of(secret)))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("geheim");
    write("{\"version\":1,\"proxy\":\"" + secret + "\"}");
    assertThat(open().current().network().proxy()).isEmpty();
  }

  @Test
  void theSizeGoesUpAndDownInStepsAndStopsAtTheEnds() {
    Looks looks = Looks.DEFAULT;
    assertThat(looks.scaledBy(1).scale()).isEqualTo(110);
    assertThat(looks.scaledBy(-1).scale()).isEqualTo(100);
    assertThat(looks.scaledBy(99).scale()).isEqualTo(200);
    assertThat(looks.withScale(160).scale()).isEqualTo(150);
  }
}
