package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledHubTest {

  private static final String REPOSITORY = "invoicelens/small";

  @TempDir Path folder;
  private final byte[] large = new byte[1_200_000];
  private final HttpClient http = HttpClient.newHttpClient();
  private BundledHub hub;
  private HubClient client;

  @BeforeEach
  void open() throws Exception {
    new Random(1).nextBytes(large);
    Path root = Files.createDirectories(folder.resolve("bundled"));
    Path model = Files.createDirectories(root.resolve("small/sub"));
    Files.write(model.getParent().resolve("model.safetensors"), large);
    Files.writeString(model.getParent().resolve("config.json"), "{}");
    Files.writeString(model.resolve("notes.txt"), "notes");
    Files.writeString(folder.resolve("secret.txt"), "secret");
    hub = BundledHub.open(root);
    client =
        HubClient.forBundledHub(
            HubSettings.DEFAULT
                .withEndpoint("https://hub.invalid")
                .withToken(new AccessToken("hf_secret"))
                .withReadTimeout(Duration.ofSeconds(5))
                .withoutNetwork(),
            hub);
  }

  @AfterEach
  void close() {
    client.close();
    hub.close();
  }

  private HttpResponse<byte[]> get(String target, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(hub.endpoint() + target));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void listsWhatTheFolderHolds() throws Exception {
    String commit = client.resolveRevision(REPOSITORY, "main");
    assertThat(commit).matches("[0-9a-f]{40}");
    assertThat(client.resolveRevision(REPOSITORY, commit)).isEqualTo(commit);
    List<HubFile> files = client.listFiles(REPOSITORY, commit);
    assertThat(files)
        .extracting(HubFile::path)
        .containsExactly("config.json", "model.safetensors", "sub/notes.txt");
    assertThat(files.get(0).sha256()).isEmpty();
    assertThat(files.get(0).gitSha1()).isEqualTo("9e26dfeeb6e641a33dae4961196235bdb965b21b");
    assertThat(files.get(1).sha256()).isPresent();
  }

  @Test
  void theCommitFollowsFromTheContentAlone() throws Exception {
    String commit = client.resolveRevision(REPOSITORY, "main");
    try (BundledHub again = BundledHub.open(folder.resolve("bundled"));
        HubClient other = HubClient.forBundledHub(noSettings(), again)) {
      assertThat(other.resolveRevision(REPOSITORY, "main")).isEqualTo(commit);
    }
    Files.writeString(folder.resolve("bundled/small/config.json"), "{ }");
    try (BundledHub changed = BundledHub.open(folder.resolve("bundled"));
        HubClient other = HubClient.forBundledHub(noSettings(), changed)) {
      assertThat(other.resolveRevision(REPOSITORY, "main")).isNotEqualTo(commit);
    }
  }

  private static HubSettings noSettings() {
    return HubSettings.fromEnvironment(java.util.Map.of(), Path.of("nowhere"));
  }

  @Test
  void pagesWhereALimitIsGiven() throws Exception {
    HttpResponse<byte[]> page =
        get("/api/models/" + REPOSITORY + "/tree/main?recursive=true&limit=2");
    String link = page.headers().firstValue("Link").orElseThrow();
    assertThat(link).contains("cursor=2").contains("rel=\"next\"");
    String next = link.substring(1, link.indexOf('>')).replace(hub.endpoint(), "");
    assertThat(new String(get(next).body())).contains("sub/notes.txt").doesNotContain("config");
    assertThat(get(next).headers().firstValue("Link")).isEmpty();
  }

  @Test
  void sendsFilesByARedirectAndInRanges() throws Exception {
    HttpResponse<byte[]> redirect = get("/" + REPOSITORY + "/resolve/main/model.safetensors");
    assertThat(redirect.statusCode()).isEqualTo(302);
    assertThat(redirect.headers().firstValue("X-Linked-Size")).contains("1200000");
    assertThat(redirect.headers().firstValue("X-Repo-Commit")).isPresent();
    String blob = redirect.headers().firstValue("Location").orElseThrow();
    HttpResponse<byte[]> part = get(blob, "Range", "bytes=10-19");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 10-19/1200000");
    assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(large, 10, 20));
    String tag = part.headers().firstValue("ETag").orElseThrow();
    assertThat(get(blob, "Range", "bytes=10-", "If-Range", tag).statusCode()).isEqualTo(206);
    HttpResponse<byte[]> whole = get(blob, "Range", "bytes=10-19", "If-Range", "\"other\"");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(large);
    assertThat(get(blob, "Range", "bytes=1200000-").statusCode()).isEqualTo(416);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/" + REPOSITORY + "/resolve/main/../../secret.txt",
        "/" + REPOSITORY + "/resolve/main/%2e%2e/%2e%2e/secret.txt",
        "/" + REPOSITORY + "/resolve/main/..%2f..%2fsecret.txt",
        "/x/../resolve/main/secret.txt",
        "/x/%2e%2e/resolve/main/secret.txt",
        "/blob/0000000000000000000000000000000000000000000000000000000000000000",
        "/secret.txt",
        "/"
      })
  void neverLeavesItsFolder(String target) throws Exception {
    HttpResponse<byte[]> answer = get(target);
    assertThat(answer.statusCode()).isIn(401, 404);
    assertThat(new String(answer.body())).doesNotContain("secret");
  }

  @Test
  void saysWhatIsMissingAsTheHubDoes() {
    assertThat(
            catchThrowableOfType(
                    HubException.class, () -> client.resolveRevision("invoicelens/none", "main"))
                .reason())
        .isEqualTo(HubException.Reason.REPOSITORY_NOT_FOUND);
    assertThat(
            catchThrowableOfType(
                    HubException.class, () -> client.resolveRevision(REPOSITORY, "nightly"))
                .reason())
        .isEqualTo(HubException.Reason.REVISION_NOT_FOUND);
  }
}
