package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubClientTest {

  private static final String COMMIT = "0123456789".repeat(4);
  private static final String REPOSITORY = "owner/model";

  @TempDir Path folder;
  private final MockWebServer server = new MockWebServer();
  private HubSettings settings = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HubClient client() throws HubException {
    return new HubClient(settings, server.url("/").toString(), Map.of());
  }

  private void answer(int status, String body, String... headers) {
    MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
    for (int i = 0; i < headers.length; i += 2) {
      response.addHeader(headers[i], headers[i + 1]);
    }
    server.enqueue(response.build());
  }

  private static HubException failure(ThrowingCallable call) {
    return catchThrowableOfType(HubException.class, call);
  }

  private static String file(String path) {
    return "{\"type\":\"file\",\"path\":\"" + path + "\",\"size\":3,\"oid\":\"" + COMMIT + "\"}";
  }

  @Test
  void namesTheCommitOfARevision() throws Exception {
    answer(200, "{\"sha\":\"" + COMMIT + "\"}");
    assertThat(client().resolveRevision(REPOSITORY, "feature/x")).isEqualTo(COMMIT);
    RecordedRequest request = server.takeRequest();
    assertThat(request.getTarget()).isEqualTo("/api/models/owner/model/revision/feature%2Fx");
    assertThat(request.getHeaders().get("User-Agent")).startsWith("InvoiceLens/");
  }

  @Test
  void asksAFileForItsCommitWhereTheServerDoesNotKnowTheQuestion() throws Exception {
    answer(404, "Not found");
    answer(200, "[" + file("a") + "]");
    answer(302, "", "X-Repo-Commit", COMMIT, "Location", "http://elsewhere.invalid/a");
    assertThat(client().resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
    server.takeRequest();
    assertThat(server.takeRequest().getTarget()).startsWith("/api/models/owner/model/tree/main");
    assertThat(server.takeRequest().getTarget()).isEqualTo("/owner/model/resolve/main/a");
    assertThat(server.getRequestCount()).isEqualTo(3);
  }

  @Test
  void aRevisionWithoutFilesIsNotFound() {
    answer(404, "", "X-Error-Code", "RevisionNotFound");
    answer(404, "", "X-Error-Code", "RevisionNotFound");
    assertThat(failure(() -> client().resolveRevision(REPOSITORY, "gone")).reason())
        .isEqualTo(HubException.Reason.REVISION_NOT_FOUND);
  }

  @Test
  void followsThePagesOfAListing() throws Exception {
    String next = server.url("/api/models/owner/model/tree/x?cursor=2").toString();
    answer(
        200,
        "[" + file("a") + ",{\"type\":\"directory\",\"path\":\"d\"}]",
        "Link",
        "<" + next + ">; rel=\"next\"");
    answer(200, "[" + file("d/b") + "]");
    assertThat(client().listFiles(REPOSITORY, COMMIT))
        .extracting(HubFile::path)
        .containsExactly("a", "d/b");
    assertThat(server.takeRequest().getTarget()).contains("recursive=true");
    assertThat(server.takeRequest().getTarget()).contains("cursor=2");
  }

  @Test
  void doesNotFollowAListingToAnotherServer() {
    answer(200, "[" + file("a") + "]", "Link", "<http://elsewhere.invalid/tree>; rel=\"next\"");
    assertThat(failure(() -> client().listFiles(REPOSITORY, COMMIT)).reason())
        .isEqualTo(HubException.Reason.BAD_ANSWER);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "not json",
        "{}",
        "[1]",
        "[{\"type\":\"file\"}]",
        "[{\"type\":\"file\",\"path\":\"a\",\"size\":-1,\"oid\":\"0123456789012345678901234567890123456789\"}]",
        "[{\"type\":\"file\",\"path\":\"a\",\"size\":1,\"oid\":\"../x\"}]",
        "[[[[[[[[[[[[[[[["
      })
  void aListingThatIsNoneIsRefused(String body) {
    answer(200, body);
    assertThat(failure(() -> client().listFiles(REPOSITORY, COMMIT)).reason())
        .isEqualTo(HubException.Reason.BAD_ANSWER);
  }

  @ParameterizedTest
  @CsvSource({
    "401,'','','',TOKEN_NEEDED",
    "401,GatedRepo,'','',TOKEN_NEEDED",
    "401,'',Invalid credentials in Authorization header,token,TOKEN_REFUSED",
    "403,GatedRepo,you are not in the authorized list,token,ACCESS_NOT_GRANTED",
    "403,GatedRepo,awaiting a review from the repo authors,token,ACCESS_NOT_GRANTED",
    "403,GatedRepo,enable access to public gated repositories in your fine-grained token"
        + " settings,token,TOKEN_REFUSED",
    "404,RepoNotFound,Repository not found,token,REPOSITORY_NOT_FOUND",
    "401,RepoNotFound,Repository not found,'',REPOSITORY_NOT_FOUND",
    "404,RevisionNotFound,Invalid rev id,'',REVISION_NOT_FOUND",
    "429,'','','',RATE_LIMITED",
    "500,'','','',SERVER_ERROR",
    "503,'','','',SERVER_ERROR",
    "407,'','','',PROXY",
    "418,'','','',BAD_ANSWER",
  })
  void everyRefusalHasItsReason(
      int status, String code, String message, String token, HubException.Reason reason) {
    if (!token.isEmpty()) {
      settings = settings.withToken(new AccessToken("hf_secret"));
    }
    answer(status, "", "X-Error-Code", code, "X-Error-Message", message);
    HubException failure = failure(() -> client().resolveRevision(REPOSITORY, "main"));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.problem().remedy()).isNotEmpty();
    assertThat(failure.getMessage() + failure.detail()).doesNotContain("hf_secret");
  }

  @Test
  void aMissingTokenMayBeAMisspeltName() {
    answer(401, "");
    assertThat(failure(() -> client().resolveRevision(REPOSITORY, "main")).getMessage())
        .contains("name is written differently")
        .contains("HF_TOKEN");
  }

  @Test
  void saysInGermanWhatTheHubRefuses() throws Exception {
    answer(401, "");
    HubException failure =
        InGerman.of(() -> failure(() -> client().resolveRevision(REPOSITORY, "main")));
    assertThat(failure.problem())
        .isEqualTo(
            new Problem(
                "Der Hub möchte wissen, wer owner/model abruft.",
                "Das Modell ist nicht öffentlich, oder sein Name wird anders geschrieben.",
                "Prüfen Sie den Namen. Wenn er stimmt, nehmen Sie die Bedingungen unter "
                    + server.url("/owner/model")
                    + " an, erstellen Sie einen Zugriffsschlüssel (Token) mit Leserecht und"
                    + " geben Sie ihn in den Netzwerkeinstellungen ein (oder als HF_TOKEN)."));
  }

  @Test
  void aLoginPageIsToldAsOne() {
    answer(200, "<html>", "Content-Type", "text/html");
    assertThat(failure(() -> client().resolveRevision(REPOSITORY, "main")).getMessage())
        .contains("log in");
  }

  @Test
  void theTokenStaysAtHomeEvenWhenTheWayLeadsBack() throws Exception {
    settings = settings.withToken(new AccessToken("hf_secret"));
    try (MockWebServer other = new MockWebServer()) {
      other.start();
      answer(302, "", "Location", server.url("/same").toString());
      answer(302, "", "Location", other.url("/away").toString());
      other.enqueue(
          new MockResponse.Builder().code(302).addHeader("Location", server.url("/back")).build());
      answer(200, "{\"sha\":\"" + COMMIT + "\"}");
      client().resolveRevision(REPOSITORY, "main");
      assertThat(server.takeRequest().getHeaders().get("Authorization")).isNotNull();
      assertThat(server.takeRequest().getHeaders().get("Authorization")).isNotNull();
      assertThat(other.takeRequest().getHeaders().get("Authorization")).isNull();
      assertThat(server.takeRequest().getHeaders().get("Authorization")).isNull();
    }
  }

  @Test
  void redirectsInCirclesEnd() {
    for (int i = 0; i < 12; i++) {
      answer(307, "", "Location", "/again");
    }
    assertThat(failure(() -> client().resolveRevision(REPOSITORY, "main")).getMessage())
        .contains("in circles");
    assertThat(server.getRequestCount()).isEqualTo(11);
  }

  @Test
  void anUntrustedCertificateIsToldByItsIssuer() throws Exception {
    HeldCertificate authority =
        new HeldCertificate.Builder()
            .certificateAuthority(0)
            .commonName("Office Inspector")
            .build();
    HeldCertificate certificate =
        new HeldCertificate.Builder()
            .signedBy(authority)
            .addSubjectAlternativeName("localhost")
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    try (MockWebServer secure = new MockWebServer()) {
      secure.useHttps(
          new HandshakeCertificates.Builder()
              .heldCertificate(certificate, authority.certificate())
              .build()
              .sslSocketFactory());
      secure.start();
      String endpoint = "https://localhost:" + secure.getPort();
      HubException failure =
          failure(() ->
              new HubClient(settings, endpoint, Map.of()).resolveRevision(REPOSITORY, "main"));
      assertThat(failure.reason()).isEqualTo(HubException.Reason.UNTRUSTED_CERTIFICATE);
      assertThat(failure.getMessage()).contains("Office Inspector").contains("--ca-file");

      Path pem = Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
      secure.enqueue(new MockResponse.Builder().body("{\"sha\":\"" + COMMIT + "\"}").build());
      HubClient trusting = new HubClient(settings.withCaFile(pem), endpoint, Map.of());
      assertThat(trusting.resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
    }
  }

  @Test
  void aFileOfCertificatesThatIsNoneIsNamed() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad.pem"), "hello");
    settings = settings.withCaFile(bad);
    assertThat(failure(this::client).getMessage()).contains("bad.pem").contains("PEM");
    settings = settings.withCaFile(folder.resolve("missing.pem"));
    assertThat(failure(this::client).reason()).isEqualTo(HubException.Reason.BAD_SETTING);
  }

  @Test
  void aProxyWithAPasswordIsOpenedAndNeverNamed() throws Exception {
    settings = settings.withProxy(URI.create("http://me:s3%40cret@127.0.0.1:" + server.getPort()));
    answer(407, "", "Proxy-Authenticate", "Basic realm=\"office\"");
    answer(200, "{\"sha\":\"" + COMMIT + "\"}");
    HubClient client = new HubClient(settings, "http://hub.invalid", Map.of());
    assertThat(client.resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
    server.takeRequest();
    assertThat(server.takeRequest().getHeaders().get("Proxy-Authorization"))
        .isEqualTo(okhttp3.Credentials.basic("me", "s3@cret"));
    answer(407, "", "Proxy-Authenticate", "Basic realm=\"office\"");
    answer(407, "", "Proxy-Authenticate", "Basic realm=\"office\"");
    HubException refused = failure(() -> client.resolveRevision(REPOSITORY, "main"));
    assertThat(refused.reason()).isEqualTo(HubException.Reason.PROXY);
    assertThat(refused.getMessage() + refused.detail()).doesNotContain("cret");
  }

  @Test
  void aRefusedConnectionAndAnUnknownHostAreToldApart() throws Exception {
    server.close();
    assertThat(failure(() -> client().resolveRevision(REPOSITORY, "main")).getMessage())
        .contains("refuses the connection");
    HubClient unknown = new HubClient(settings, "https://hub.invalid", Map.of());
    assertThat(failure(() -> unknown.resolveRevision(REPOSITORY, "main")).getMessage())
        .contains("hub.invalid was not found");
    settings = settings.withProxy(URI.create("http://127.0.0.1:" + server.getPort()));
    HubClient proxied = new HubClient(settings, "https://hub.invalid", Map.of());
    assertThat(failure(() -> proxied.resolveRevision(REPOSITORY, "main")).reason())
        .isEqualTo(HubException.Reason.PROXY);
  }

  @Test
  void namesThatCannotBeAreRefusedBeforeAnyRequest() {
    for (String name : new String[] {"model", "a/b/c", "../x", "a/..", "owner/mo del", ""}) {
      assertThat(failure(() -> client().resolveRevision(name, "main")).reason())
          .isEqualTo(HubException.Reason.BAD_SETTING);
    }
    for (String revision : new String[] {"", "..", "a b", "%2e%2e", "x?y"}) {
      assertThat(failure(() -> client().resolveRevision(REPOSITORY, revision)).reason())
          .isEqualTo(HubException.Reason.BAD_SETTING);
    }
    for (String endpoint : new String[] {"", "ftp://x", "huggingface.co", "http://a:b@c"}) {
      assertThatThrownBy(() -> new HubClient(settings, endpoint, Map.of()))
          .isInstanceOf(HubException.class);
    }
    assertThat(server.getRequestCount()).isZero();
  }
}
