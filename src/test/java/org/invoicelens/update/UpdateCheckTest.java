package org.invoicelens.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.ProgramVersion;
import org.invoicelens.update.UpdateException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateCheckTest {

  private static final String SYSTEM =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")
          ? "windows"
          : System.getProperty("os.name").startsWith("Mac") ? "macos" : "linux";
  private static final String ARCHITECTURE =
      System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");

  @TempDir Path folder;

  private final MockWebServer server = new MockWebServer();
  private KeyPair keys;
  private String manifest = manifest("99.2.0", SYSTEM);
  private String signature;

  @BeforeEach
  void publish() throws Exception {
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    signature = sign(manifest, keys);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String target = request.getTarget();
            return switch (target) {
              case "/lens/release.json" -> new MockResponse.Builder().body(manifest).build();
              case "/lens/release.json.sig" -> new MockResponse.Builder().body(signature).build();
              case "/moved/release.json", "/moved/release.json.sig" ->
                  new MockResponse.Builder()
                      .code(302)
                      .addHeader("Location", target.replace("moved", "lens"))
                      .build();
              default -> new MockResponse.Builder().code(404).build();
            };
          }
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String manifest(String version, String system) {
    return """
    {"format":1,"program":"InvoiceLens","version":"%s","date":"2026-12-01",
     "page":"https://example.com/new","packages":[
      {"file":"invoicelens_99_amd64.deb","system":"%s","architecture":"%s","size":42,"sha256":"%s"},
      {"file":"InvoiceLens.other","system":"none","architecture":"amd64","size":1,"sha256":"%s"}]}
    """
        .formatted(version, system, ARCHITECTURE, "ab".repeat(32), "cd".repeat(32));
  }

  private static String sign(String text, KeyPair keys) throws Exception {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(keys.getPrivate());
    signer.update(text.getBytes(StandardCharsets.UTF_8));
    // As other programs write Base64: in lines.
    return Base64.getMimeEncoder().encodeToString(signer.sign()) + "\n";
  }

  private static String text(KeyPair keys) {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private UpdateChoice signed(String path) {
    return new UpdateChoice(
        true,
        Optional.of(URI.create("http://127.0.0.1:" + server.getPort() + path)),
        Optional.of(text(keys)));
  }

  private Release newest(UpdateChoice choice) throws Exception {
    return UpdateCheck.newest(choice, HubSettings.DEFAULT);
  }

  private static UpdateException failure(UpdateChoice choice, HubSettings hub) {
    return catchThrowableOfType(UpdateException.class, () -> UpdateCheck.newest(choice, hub));
  }

  @Test
  void tellsOfANewerVersionAndWhatThisComputerCanInstallOfIt() throws Exception {
    server.start();
    Release release = newest(signed("/lens/release.json"));
    assertThat(release.newer()).isTrue();
    assertThat(release.version()).isEqualTo("99.2.0");
    assertThat(release.date()).contains(LocalDate.of(2026, 12, 1));
    assertThat(release.page()).contains(URI.create("https://example.com/new"));
    assertThat(release.packages())
        .containsExactly(
            new Release.Package(
                "invoicelens_99_amd64.deb",
                URI.create(
                    "http://127.0.0.1:" + server.getPort() + "/lens/invoicelens_99_amd64.deb"),
                42,
                "ab".repeat(32)));
  }

  @Test
  void followsAServerThatSendsItElsewhere() throws Exception {
    server.start();
    assertThat(newest(signed("/moved/release.json")).version()).isEqualTo("99.2.0");
  }

  @Test
  void theVersionThatRunsIsNotNewer() throws Exception {
    server.start();
    manifest = manifest(ProgramVersion.current().program(), SYSTEM);
    signature = sign(manifest, keys);
    assertThat(newest(signed("/lens/release.json")).newer()).isFalse();
    manifest = manifest("0.0.1", "plan9");
    signature = sign(manifest, keys);
    Release older = newest(signed("/lens/release.json"));
    assertThat(older.newer()).isFalse();
    assertThat(older.packages()).isEmpty();
  }

  @Test
  void sendsNothingAboutTheUserOrTheComputer() throws Exception {
    server.start();
    UpdateCheck.newest(
        signed("/lens/release.json"), HubSettings.DEFAULT.withToken(new AccessToken("hf_secret")));
    for (int i = 0; i < 2; i++) {
      RecordedRequest request = server.takeRequest();
      assertThat(request.getHeaders().names())
          .containsExactlyInAnyOrder("Host", "User-Agent", "Connection", "Accept-Encoding");
      assertThat(request.getHeaders().get("User-Agent")).startsWith("InvoiceLens/");
      assertThat(request.getTarget()).doesNotContain("?");
    }
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void whatAnotherKeySignedIsNotUsed() throws Exception {
    server.start();
    KeyPair others = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    signature = sign(manifest, others);
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_SIGNATURE);
    signature = sign(manifest.replace("99.2.0", "99.3.0"), keys);
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_SIGNATURE);
    signature = "not Base64!";
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void withoutAKeyOnlyASecureAddressWillDo() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate)
            .build()
            .sslSocketFactory());
    server.start();
    Path trusted = Files.writeString(folder.resolve("ca.pem"), certificate.certificatePem());
    UpdateChoice secure =
        UpdateChoice.DEFAULT.withAddress(
            Optional.of(
                URI.create("https://localhost:" + server.getPort() + "/lens/release.json")));
    assertThat(UpdateCheck.newest(secure, HubSettings.DEFAULT.withCaFile(trusted)).newer())
        .isTrue();
    assertThat(failure(secure, HubSettings.DEFAULT).reason()).isEqualTo(Reason.UNREACHABLE);

    UpdateChoice insecure =
        secure.withAddress(Optional.of(URI.create("http://localhost/lens/release.json")));
    assertThat(failure(insecure, HubSettings.DEFAULT).reason()).isEqualTo(Reason.BAD_SETTING);
  }

  @Test
  void withoutAnAddressOrWithAKeyThatIsNoneItDoesNotAsk() throws Exception {
    server.start();
    assertThat(failure(UpdateChoice.DEFAULT, HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_SETTING);
    UpdateChoice badKey = signed("/lens/release.json").withKey(Optional.of("no key"));
    assertThat(failure(badKey, HubSettings.DEFAULT).reason()).isEqualTo(Reason.BAD_SETTING);
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT.withoutNetwork()).reason())
        .isEqualTo(Reason.UNREACHABLE);
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void anAddressWhereNothingLiesIsSaid() throws Exception {
    server.start();
    UpdateException missing = failure(signed("/other.json"), HubSettings.DEFAULT);
    assertThat(missing.reason()).isEqualTo(Reason.BAD_MANIFEST);
    assertThat(missing.problem().text()).contains("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>Please log in</html>",
        "{\"format\":2}",
        "{\"format\":1,\"program\":\"Another\",\"version\":\"9.0\",\"packages\":[]}",
        "{\"format\":1,\"program\":\"InvoiceLens\",\"version\":\"newest\",\"packages\":[]}",
        "{\"format\":1,\"program\":\"InvoiceLens\",\"version\":\"9.0\"}",
        "{\"format\":1,\"program\":\"InvoiceLens\",\"version\":\"9.0\",\"packages\":["
            + "{\"file\":\"../x.deb\",\"system\":\"linux\",\"architecture\":\"amd64\",\"size\":1,"
            + "\"sha256\":\"abababababababababababababababababababababababababababababababab\"}]}",
        "{\"format\":1,\"program\":\"InvoiceLens\",\"version\":\"9.0\",\"packages\":["
            + "{\"file\":\"x.deb\",\"system\":\"linux\",\"architecture\":\"amd64\",\"size\":1,"
            + "\"sha256\":\"ab\"}]}"
      })
  void whatIsNoManifestOfThisProgramIsRefusedEvenIfSigned(String text) throws Exception {
    server.start();
    manifest = text;
    signature = sign(manifest, keys);
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_MANIFEST);
  }

  @Test
  void aManifestThatNeverEndsIsNotReadWhole() throws Exception {
    server.start();
    manifest = " ".repeat(1 << 20);
    assertThat(failure(signed("/lens/release.json"), HubSettings.DEFAULT).reason())
        .isEqualTo(Reason.BAD_MANIFEST);
  }

  @Test
  void knowsAnAddressAndAKeyWhenItSeesOne() {
    assertThat(UpdateCheck.address(" https://example.com/release.json "))
        .contains(URI.create("https://example.com/release.json"));
    for (String wrong :
        new String[] {
          "", "example.com", "file:///x", "https://u:p@example.com/x", "https://a/x?t=1"
        }) {
      assertThat(UpdateCheck.address(wrong)).as(wrong).isEmpty();
    }
    assertThat(UpdateCheck.isKey(text(keys))).isTrue();
    assertThat(UpdateCheck.isKey("MCowBQYDK2VwAyEA")).isFalse();
  }
}
