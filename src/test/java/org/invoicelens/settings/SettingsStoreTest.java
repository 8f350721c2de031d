package org.invoicelens.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.RemoteServer;
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
            new UpdateChoice(
                true,
                Optional.of(URI.create("https://downloads.example.com/release.json")),
                Optional.of("MCowBQYDK2VwAyEA")),
            Map.of("pixtral-12b", own.resolve("Modelle äöü")),
            Map.of(
                "pixtral-12b",
                RemoteServer.entered(
                    "https://vllm.example.com/v1",
                    "mistralai/Pixtral-12B-2409",
                    Optional.empty(),
                    Optional.of(own.resolve("vllm.key")))));
    SettingsStore store = open();
    store.change(settings -> chosen);
    store.save();
    assertThat(open().current()).isEqualTo(chosen);
  }

  private SettingsStore openWith(Path site) {
    return new SettingsStore(
        new ApplicationFolders(own, own, own.resolve("state"), own, Optional.of(site)));
  }

  private Path prescribe(String text) throws Exception {
    Path site = Files.createDirectories(own.resolve("site"));
    Files.writeString(site.resolve("settings.json"), text);
    return site;
  }

  @Test
  void whatTheAdministratorPrescribedCountsUntilTheUserChoosesOtherwise() throws Exception {
    Path site =
        prescribe(
            """
            {"version":1,"language":"GERMAN","proxy_mode":"MANUAL","proxy":"http://proxy:3128",
             "ca_file":"/etc/ssl/company.pem","look_for_updates":true,
             "updates_address":"https://share.example/release.json",
             "model_folders":{"pixtral-12b":"/srv/models/pixtral-12b"}}\
            """);
    SettingsStore store = openWith(site);
    assertThat(store.current().looks().language()).isEqualTo(Looks.Language.GERMAN);
    assertThat(store.current().network().proxy()).contains(URI.create("http://proxy:3128"));
    assertThat(store.current().updates().atStart()).isTrue();
    assertThat(store.current().modelFolders())
        .isEqualTo(Map.of("pixtral-12b", Path.of("/srv/models/pixtral-12b")));

    store.change(now ->
        now.withLooks(now.looks().withTheme(Looks.Theme.DARK))
            .withNetwork(now.network().withCaFile(Optional.empty()))
            .withModelFolder("pixtral-12b", Optional.empty())
            .withModelFolder("other", Optional.of(own.resolve("other"))));
    store.save();
    assertThat(openWith(site).current()).isEqualTo(store.current());

    prescribe("{\"version\":1,\"language\":\"ENGLISH\",\"ca_file\":\"/new.pem\"}");
    Settings later = openWith(site).current();
    assertThat(later.looks().language())
        .as("what the user left alone follows the administrator")
        .isEqualTo(Looks.Language.ENGLISH);
    assertThat(later.looks().theme()).isEqualTo(Looks.Theme.DARK);
    assertThat(later.network().caFile()).as("what the user took away stays away").isEmpty();
    assertThat(later.network().proxy()).isEmpty();
    assertThat(later.modelFolders()).isEqualTo(Map.of("other", own.resolve("other")));
  }

  @Test
  void aServerThatTheAdministratorPrescribedCountsUntilTheUserTakesItAway() throws Exception {
    Path site =
        prescribe(
            """
            {"version":1,"servers":{
              "pixtral-12b":{"url":"https://vllm.example.com","model":"pixtral","key_env":"KEY"},
              "open":{"url":"http://vllm.example.com","model":"pixtral"},
              "secret":{"url":"https://s","model":"pixtral","key_env":"sk-1234 5678"},
              "none":7}}\
            """);
    SettingsStore store = openWith(site);
    RemoteServer ours =
        RemoteServer.entered(
            "https://vllm.example.com/v1", "pixtral", Optional.of("KEY"), Optional.empty());
    assertThat(store.current().servers())
        .as("what would not be safe, or cannot be, is left out")
        .isEqualTo(Map.of("pixtral-12b", ours));

    store.change(now -> now.withServer("pixtral-12b", Optional.empty()));
    store.save();
    assertThat(openWith(site).current().servers()).isEmpty();

    RemoteServer other =
        RemoteServer.entered(
            "https://vllm.example.com/v1", "another", Optional.of("KEY"), Optional.empty());
    store.change(now -> now.withServer("pixtral-12b", Optional.of(other)));
    store.save();
    assertThat(openWith(site).current().servers()).isEqualTo(Map.of("pixtral-12b", other));
  }

  @Test
  void aBrokenPrescriptionIsLeftWhereItIsAndCountsAsNone() throws Exception {
    Path site = prescribe("{");
    assertThat(openWith(site).current()).isEqualTo(Settings.DEFAULT);
    assertThat(site.resolve("settings.json")).exists();
    assertThat(openWith(own.resolve("nowhere")).current()).isEqualTo(Settings.DEFAULT);
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
