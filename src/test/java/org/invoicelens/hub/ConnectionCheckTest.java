package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.invoicelens.config.ModelConfig.Mirror;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.hub.ConnectionCheck.State;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionCheckTest {

  private static final String COMMIT = "0123456789".repeat(4);
  private static final String REPOSITORY = "owner/model";

  @TempDir Path folder;
  private final MockWebServer server = new MockWebServer();
  private final Map<String, MockResponse> answers = new LinkedHashMap<>();
  private List<Mirror> mirrors = List.of();
  private final List<String> asked = new ArrayList<>();
  private HubSettings settings = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));

  @BeforeEach
  void answerAsTheHubDoes() {
    answer("/api/whoami-v2", 200, "{\"name\":\"clerk\"}");
    answer("/api/models/owner/model/revision/main", 200, "{\"sha\":\"" + COMMIT + "\"}");
    answer(
        "/api/models/owner/model/tree/" + COMMIT + "?recursive=true&expand=false",
        200,
        "[" + entry("config.json", 3, "") + "," + large("model.safetensors", 9) + "]");
    answer("/owner/model/resolve/" + COMMIT + "/config.json", 206, "{");
    answer("/owner/model/resolve/" + COMMIT + "/model.safetensors", 206, "x");
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            asked.add(request.getTarget());
            String target = request.getTarget().replaceFirst("^http://[^/]*", "");
            return answers.getOrDefault(
                target, new MockResponse.Builder().code(404).body("not here").build());
          }
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void answer(String target, int status, String body, String... headers) {
    MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
    if (status == 206) {
      response.addHeader("Content-Range", "bytes 0-0/9");
    }
    for (int i = 0; i < headers.length; i += 2) {
      response.addHeader(headers[i], headers[i + 1]);
    }
    answers.put(target, response.build());
  }

  private static String entry(String path, long size, String more) {
    return "{\"type\":\"file\",\"path\":\""
        + path
        + "\",\"size\":"
        + size
        + ",\"oid\":\""
        + COMMIT
        + "\""
        + more
        + "}";
  }

  private static String large(String path, long size) {
    String sha256 = "ab".repeat(32);
    return entry(path, 1, ",\"lfs\":{\"oid\":\"" + sha256 + "\",\"size\":" + size + "}");
  }

  private List<Finding> check(String endpoint) throws Exception {
    List<Finding> findings = new ArrayList<>();
    try (ConnectionCheck check =
        new ConnectionCheck(settings, endpoint, REPOSITORY, "main", mirrors)) {
      while (check.subject().isPresent()) {
        findings.add(check.next(new Cancellation()));
      }
    }
    return findings;
  }

  private String here() throws Exception {
    server.start();
    return server.url("/").toString();
  }

  private static Finding about(List<Finding> findings, Subject subject) {
    return findings.stream().filter(f -> f.subject() == subject).findFirst().orElseThrow();
  }

  @Test
  void aGoodWayIsGoodToItsEnd() throws Exception {
    settings = settings.withToken(new AccessToken("hf_secret"));
    List<Finding> findings = check(here());
    assertThat(findings)
        .extracting(Finding::subject, Finding::state)
        .containsExactly(
            tuple(Subject.ROUTE, State.GOOD),
            tuple(Subject.SERVER, State.REMARK),
            tuple(Subject.TOKEN, State.GOOD),
            tuple(Subject.REPOSITORY, State.GOOD),
            tuple(Subject.FILES, State.GOOD));
    assertThat(about(findings, Subject.TOKEN).found()).contains("clerk");
    assertThat(about(findings, Subject.REPOSITORY).found()).contains("2 files");
    assertThat(findings.toString()).doesNotContain("hf_secret");
  }

  @Test
  void namesWhoIssuedACertificateThatIsTrusted() throws Exception {
    HeldCertificate own = certificate("Example Gateway CA");
    serveHttps(own);
    Path pem = Files.writeString(folder.resolve("ca.pem"), own.certificatePem());
    settings = settings.withCaFile(pem);
    Finding found = about(check(here()), Subject.SERVER);
    assertThat(found.state()).isEqualTo(State.GOOD);
    assertThat(found.found()).contains("Example Gateway CA");
  }

  @Test
  void namesWhoIssuedACertificateThatIsNotTrustedAndTriesNoMore() throws Exception {
    serveHttps(certificate("Example Gateway CA"));
    List<Finding> findings = check(here());
    Finding found = about(findings, Subject.SERVER);
    assertThat(found.reason()).contains(HubException.Reason.UNTRUSTED_CERTIFICATE);
    assertThat(found.problem().orElseThrow().text()).contains("Example Gateway CA");
    assertThat(findings.subList(2, 5)).extracting(Finding::state).containsOnly(State.SKIPPED);
    assertThat(asked).isEmpty();
  }

  private static HeldCertificate certificate(String name) {
    return new HeldCertificate.Builder()
        .commonName(name)
        .addSubjectAlternativeName("localhost")
        .addSubjectAlternativeName("127.0.0.1")
        .build();
  }

  private void serveHttps(HeldCertificate own) {
    server.useHttps(
        new HandshakeCertificates.Builder().heldCertificate(own).build().sslSocketFactory());
  }

  @Test
  void saysThatNothingListensAtTheProxysPort() throws Exception {
    int deadPort;
    try (ServerSocket socket = new ServerSocket(0)) {
      deadPort = socket.getLocalPort();
    }
    settings = settings.withProxy(URI.create("http://127.0.0.1:" + deadPort));
    List<Finding> findings = check("http://hub.invalid/");
    assertThat(about(findings, Subject.ROUTE).found()).contains("127.0.0.1:" + deadPort);
    assertThat(about(findings, Subject.SERVER).reason()).contains(HubException.Reason.PROXY);
    assertThat(about(findings, Subject.SERVER).found()).contains("127.0.0.1:" + deadPort);
  }

  @Test
  void saysThatTheProxyDemandsAPassword() throws Exception {
    String proxy = here();
    answers.clear();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                .code(407)
                .addHeader("Proxy-Authenticate", "Basic realm=\"proxy\"")
                .build();
          }
        });
    settings = settings.withProxy(URI.create(proxy));
    assertThat(about(check("http://hub.invalid/"), Subject.SERVER).reason())
        .contains(HubException.Reason.PROXY);
  }

  @Test
  void reachesTheHubThroughAProxyWithoutTellingItsPassword() throws Exception {
    String proxy = here();
    settings = settings.withProxy(URI.create(proxy.replace("://", "://me:s3cret@")));
    List<Finding> findings = check("http://hub.invalid/");
    assertThat(about(findings, Subject.FILES).state()).isEqualTo(State.GOOD);
    assertThat(findings.toString()).doesNotContain("s3cret");
  }

  @Test
  void tellsTheThreeRefusalsOfAGatedModelApart() throws Exception {
    String endpoint = here();
    String file = "/owner/model/resolve/" + COMMIT + "/config.json";
    answer(file, 401, "", "X-Error-Code", "GatedRepo");
    List<Finding> findings = check(endpoint);
    assertThat(about(findings, Subject.REPOSITORY).reason())
        .contains(HubException.Reason.TOKEN_NEEDED);
    assertThat(about(findings, Subject.FILES).state()).isEqualTo(State.SKIPPED);

    settings = settings.withToken(new AccessToken("hf_secret"));
    answer(
        file,
        403,
        "",
        "X-Error-Code",
        "GatedRepo",
        "X-Error-Message",
        "not in the authorized list");
    Finding notYet = about(check(endpoint), Subject.REPOSITORY);
    assertThat(notYet.reason()).contains(HubException.Reason.ACCESS_NOT_GRANTED);
    assertThat(notYet.problem().orElseThrow().remedy()).contains("/owner/model");

    answer(
        file,
        403,
        "",
        "X-Error-Code",
        "GatedRepo",
        "X-Error-Message",
        "enable access to public gated repositories in your fine-grained token settings");
    assertThat(about(check(endpoint), Subject.REPOSITORY).reason())
        .contains(HubException.Reason.TOKEN_REFUSED);
  }

  @Test
  void aTokenThatIsUnknownDoesNotHideThatTheModelIsPublic() throws Exception {
    settings = settings.withToken(new AccessToken("hf_secret"));
    answer("/api/whoami-v2", 401, "");
    List<Finding> findings = check(here());
    assertThat(about(findings, Subject.TOKEN).reason()).contains(HubException.Reason.TOKEN_REFUSED);
    assertThat(about(findings, Subject.REPOSITORY).state()).isEqualTo(State.GOOD);
  }

  @Test
  void theHostOfTheLargeFilesIsAskedAndNamed() throws Exception {
    try (MockWebServer store = new MockWebServer()) {
      store.start();
      String there = store.url("/blob").toString();
      answer("/owner/model/resolve/" + COMMIT + "/model.safetensors", 302, "", "Location", there);
      store.enqueue(new MockResponse.Builder().code(403).build());
      assertThat(about(check(here()), Subject.FILES).reason())
          .contains(HubException.Reason.ADDRESS_EXPIRED);
    }
  }

  @Test
  void namesTheHostsThatAFirewallHasToLetThrough() {
    assertThat(
            new ConnectionCheck(settings, "https://huggingface.co", REPOSITORY, "main", mirrors)
                .hostsToAllow())
        .contains("huggingface.co", "*.hf.co");
    assertThat(
            new ConnectionCheck(
                    settings, "https://hub.corp:8443/mirror", REPOSITORY, "main", mirrors)
                .hostsToAllow())
        .containsExactly("hub.corp:8443");
    mirrors = List.of(new Mirror(Mirror.Kind.FOLDER, "http://share:8000/pixtral"));
    assertThat(
            new ConnectionCheck(settings, "https://hub.corp", REPOSITORY, "main", mirrors)
                .hostsToAllow())
        .containsExactly("hub.corp", "share:8000");
  }

  @Test
  void everyMirrorIsAStepWithoutTheTokenAndNoneOfThemIsAFailure() throws Exception {
    settings = settings.withToken(new AccessToken("hf_secret"));
    try (MockWebServer share = new MockWebServer()) {
      share.start();
      String address = share.url("/files").toString();
      mirrors =
          List.of(
              new Mirror(Mirror.Kind.FOLDER, address),
              new Mirror(Mirror.Kind.HUB, address),
              new Mirror(Mirror.Kind.FOLDER, address),
              new Mirror(Mirror.Kind.FOLDER, address));
      MockResponse.Builder part = new MockResponse.Builder().code(206).body("x");
      share.enqueue(part.addHeader("Content-Range", "bytes 0-0/9").build());
      share.enqueue(new MockResponse.Builder().code(404).build());
      share.enqueue(new MockResponse.Builder().body("123456789").build());
      share.enqueue(new MockResponse.Builder().body("other").build());

      List<Finding> findings = check(here()).subList(5, 9);

      assertThat(findings)
          .extracting(Finding::subject, Finding::state)
          .containsExactly(
              tuple(Subject.MIRROR, State.GOOD),
              tuple(Subject.MIRROR, State.REMARK),
              tuple(Subject.MIRROR, State.REMARK),
              tuple(Subject.MIRROR, State.REMARK));
      assertThat(findings.get(1).found()).contains("does not have it", "goes on without it");
      assertThat(findings.get(2).found()).contains("parts of files");
      assertThat(findings.get(3).found()).contains("another model.safetensors");
      RecordedRequest first = share.takeRequest();
      assertThat(first.getTarget()).isEqualTo("/files/model.safetensors");
      assertThat(first.getHeaders().get("Authorization")).isNull();
      assertThat(share.takeRequest().getTarget())
          .isEqualTo("/files/owner/model/resolve/" + COMMIT + "/model.safetensors");
    }
  }

  @Test
  void mirrorsAreNotTriedWhereNothingIsKnownOfTheFiles() throws Exception {
    mirrors = List.of(new Mirror(Mirror.Kind.FOLDER, "http://share.invalid"));
    answer("/api/models/owner/model/revision/main", 500, "");
    assertThat(about(check(here()), Subject.MIRROR).state()).isEqualTo(State.SKIPPED);
  }
}
