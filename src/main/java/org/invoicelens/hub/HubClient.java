package org.invoicelens.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Words;

/**
 * The Hub's protocol, as far as reading a model needs it: revision to commit, listing, files.
 *
 * <p>The protocol is described at {@code https://huggingface.co/docs/hub/api}. The token goes to
 * the endpoint's own scheme, host and port only. Thread-safe; one per run.
 */
public final class HubClient implements FileSource {

  private static final Words WORDS = Words.of(HubClient.class);

  private static final int MOST_REDIRECTS = 10;
  private static final int MOST_PAGES = 1_000;
  private static final int MOST_FILES = 100_000;
  private static final long LARGEST_ANSWER = 32L << 20;
  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern REVISION = Pattern.compile("[\\p{Alnum}_][\\p{Alnum}._/+@-]{0,254}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NEXT_PAGE =
      Pattern.compile("<([^>]*)>\\s*;[^,]*\\brel=\"?next\"?", Pattern.CASE_INSENSITIVE);

  private final HubSettings settings;
  private final HttpUrl endpoint;
  private final HttpConnections connections;
  private final HubFailures failures;
  private final ProxyRoutes routes;

  /**
   * A client for one endpoint, through the environment's proxies where the settings name none.
   *
   * @param endpoint such as {@code https://huggingface.co}; may have a path
   * @throws HubException where the endpoint, the proxy or the file of certificates is not usable
   */
  public HubClient(HubSettings settings, String endpoint) throws HubException {
    this(settings, endpoint, System.getenv());
  }

  HubClient(HubSettings settings, String endpoint, Map<String, String> environment)
      throws HubException {
    this(settings, endpoint, ProxyRoutes.of(settings, environment, SystemProxies.selector()));
  }

  private HubClient(HubSettings settings, String endpoint, ProxyRoutes routes) throws HubException {
    this.settings = settings;
    this.routes = routes;
    this.endpoint = parse(endpoint);
    this.connections = new HttpConnections(settings, routes);
    this.failures = new HubFailures(this.endpoint, settings.token().isPresent(), routes);
  }

  /** A client for the bundled hub, which no proxy stands before and no token goes to. */
  public static HubClient forBundledHub(HubSettings settings, BundledHub hub) throws HubException {
    return new HubClient(settings.forBundledHub(), hub.endpoint(), ProxyRoutes.none());
  }

  /**
   * A client for a server beside the endpoint that speaks the same protocol. No token goes there,
   * which is why its address need not be encrypted.
   */
  static HubClient forMirror(HubSettings settings, String address) throws HubException {
    return new HubClient(settings.withoutToken(), address);
  }

  /** The endpoint's host, for messages. */
  public String host() {
    return endpoint.host();
  }

  @Override
  public String name() {
    boolean usual = endpoint.port() == HttpUrl.defaultPort(endpoint.scheme());
    return endpoint.host()
        + (usual ? "" : ":" + endpoint.port())
        + endpoint.encodedPath().replaceFirst("/+$", "");
  }

  /** The proxy that requests to the endpoint take, as {@code host:port}. */
  Optional<String> proxy() {
    return routes.describe(endpoint.uri());
  }

  /**
   * Who vouches for the endpoint; empty where the connection is not encrypted. Any answer will do.
   */
  Optional<String> issuer() throws HubException {
    try (Response response = send(endpoint, Want.data())) {
      if (response.code() == 407) {
        throw failures.of(response, "", "", Optional.empty());
      }
      return Optional.ofNullable(response.handshake())
          .flatMap(handshake -> handshake.peerCertificates().stream().findFirst())
          .map(certificate -> CertificateTrust.issuer((X509Certificate) certificate));
    }
  }

  /** The name of the account that the token belongs to. */
  String tokenOwner() throws HubException {
    HttpUrl url = endpoint.newBuilder().addPathSegments("api/whoami-v2").build();
    try (Response response = send(url, Want.data())) {
      if (response.code() == 401 || response.code() == 403) {
        throw failures.tokenInvalid(response);
      }
      requireSuccess(response, "", "", Optional.empty());
      JsonElement answer = json(response);
      JsonElement name = answer.isJsonObject() ? answer.getAsJsonObject().get("name") : null;
      if (name == null || !name.isJsonPrimitive()) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.notUnderstood", url.host()), "whoami without a name");
      }
      return HubFailures.plain(name.getAsString());
    }
  }

  /**
   * The commit that a branch or tag names now; a commit names itself.
   *
   * <p>A server that does not answer this question, such as a simple mirror, is asked for the files
   * of the revision and which commit one of them is from.
   *
   * @return 40 hexadecimal digits; the revision's own name where the server knows of no commits
   */
  public String resolveRevision(String repoId, String revision) throws HubException {
    checkRepository(repoId);
    if (!REVISION.matcher(revision).matches()) {
      throw new HubException(Reason.BAD_SETTING, WORDS.problem("badRevision"), "", null);
    }
    try {
      return askForCommit(repoId, revision);
    } catch (HubException failure) {
      if (failure.reason() != Reason.REVISION_NOT_FOUND
          && failure.reason() != Reason.REPOSITORY_NOT_FOUND) {
        throw failure;
      }
      try {
        return commitOfFiles(repoId, revision);
      } catch (HubException _) {
        throw failure;
      }
    }
  }

  /** Whether a revision's name is a commit, which never changes. */
  public static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  private String commitOfFiles(String repoId, String revision) throws HubException {
    Optional<HubFile> any = listFiles(repoId, revision).stream().findFirst();
    if (any.isEmpty()) {
      return revision;
    }
    HttpUrl url = file(repoId, revision, any.get().path());
    Request.Builder request = new Request.Builder().url(url).head();
    settings.token().ifPresent(token -> request.header("Authorization", token.authorization()));
    try (Response response = execute(request.build())) {
      String commit = response.header("X-Repo-Commit", "");
      return isCommit(commit) ? commit : revision;
    }
  }

  private HttpUrl file(String repoId, String revision, String path) {
    return endpoint
        .newBuilder()
        .addPathSegments(repoId)
        .addPathSegment("resolve")
        .addPathSegment(revision)
        .addPathSegments(path)
        .build();
  }

  private String askForCommit(String repoId, String revision) throws HubException {
    HttpUrl url = api(repoId).addPathSegment("revision").addPathSegment(revision).build();
    try (Response response = send(url, Want.data())) {
      requireSuccess(response, repoId, revision, Optional.empty());
      JsonElement answer = json(response);
      JsonElement sha = answer.isJsonObject() ? answer.getAsJsonObject().get("sha") : null;
      if (sha == null || !sha.isJsonPrimitive() || !COMMIT.matcher(sha.getAsString()).matches()) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.noCommit", revision), HubFailures.withoutQuery(url));
      }
      return sha.getAsString();
    }
  }

  /**
   * All files of a repository at a commit; folders are left out.
   *
   * @throws HubException with {@link Reason#UNSAFE_NAME} where any name cannot be trusted
   */
  public List<HubFile> listFiles(String repoId, String commit) throws HubException {
    checkRepository(repoId);
    HttpUrl page =
        api(repoId)
            .addPathSegment("tree")
            .addPathSegment(commit)
            .addQueryParameter("recursive", "true")
            .addQueryParameter("expand", "false")
            .build();
    List<HubFile> files = new ArrayList<>();
    for (int pages = 0; page != null; pages++) {
      if (pages == MOST_PAGES || files.size() > MOST_FILES) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.endlessListing", repoId), HubFailures.withoutQuery(page));
      }
      try (Response response = send(page, Want.data())) {
        requireSuccess(response, repoId, commit, Optional.empty());
        addFiles(json(response), files, repoId);
        page = nextPage(response);
      }
    }
    Optional<String> fault = SafePath.fault(files.stream().map(HubFile::path).toList());
    if (fault.isPresent()) {
      throw new HubException(
          Reason.UNSAFE_NAME, WORDS.problem("unsafeName", repoId, fault.get()), fault.get(), null);
    }
    return List.copyOf(files);
  }

  /** The address of a file that simply lies below the endpoint. */
  FileAddress below(String path) {
    return new FileAddress(endpoint.newBuilder().addPathSegments(path).build());
  }

  /** The same where the path is encoded as in an address already. */
  FileAddress belowEncoded(String path) {
    return new FileAddress(endpoint.newBuilder().addEncodedPathSegments(path).build());
  }

  @Override
  public FileAnswer open(FileRequest request) throws HubException {
    checkRepository(request.repoId());
    HttpUrl url =
        request
            .address()
            .map(FileAddress::url)
            .orElseGet(() -> file(request.repoId(), request.commit(), request.path()));
    Response response = send(url, Want.file(request));
    boolean handedOver = false;
    try {
      if (response.code() != 416) {
        requireSuccess(response, request.repoId(), request.commit(), Optional.of(request.path()));
        String encoding = response.header("Content-Encoding", "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
          throw HubFailures.badAnswer(
              WORDS.text("badAnswer.changedForm", request.path(), encoding),
              "Content-Encoding although identity was asked for");
        }
        boolean isPage = request.path().toLowerCase(Locale.ROOT).matches(".*\\.x?html?");
        if (!isPage && isWebPage(response)) {
          throw HubFailures.webPage(response.request().url());
        }
      }
      handedOver = true;
      return new FileAnswer(response, new FileAddress(response.request().url()), failures);
    } finally {
      if (!handedOver) {
        response.close();
      }
    }
  }

  @Override
  public void breakOff() {
    connections.breakOff();
  }

  @Override
  public void close() {
    connections.close();
  }

  /** What a request carries beside its address. */
  private record Want(Map<String, String> headers) {

    static Want data() {
      return new Want(Map.of("Accept", "application/json"));
    }

    static Want file(FileRequest request) {
      if (request.isWhole()) {
        return new Want(Map.of("Accept-Encoding", "identity"));
      }
      String last = request.to() == FileRequest.END ? "" : String.valueOf(request.to() - 1);
      String range = "bytes=" + request.from() + "-" + last;
      return new Want(
          request
              .ifRange()
              .map(tag -> Map.of("Accept-Encoding", "identity", "Range", range, "If-Range", tag))
              .orElse(Map.of("Accept-Encoding", "identity", "Range", range)));
    }
  }

  private Response send(HttpUrl start, Want want) throws HubException {
    if (settings.offline()) {
      throw new HubException(Reason.OFFLINE, WORDS.problem("offline"), "", null);
    }
    HttpUrl url = start;
    boolean stayed = true;
    for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
      // A token that left the endpoint's own address would be lost for good: once away, never
      // again.
      stayed = stayed && failures.isEndpoint(url);
      Request.Builder request = new Request.Builder().url(url);
      want.headers().forEach(request::header);
      if (stayed && settings.token().isPresent()) {
        request.header("Authorization", settings.token().get().authorization());
      }
      Response response = execute(request.build());
      HttpUrl next = redirect(response);
      if (next == null) {
        return response;
      }
      response.close();
      if (url.isHttps() && !next.isHttps()) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.insecureAddress", url.host()), HubFailures.withoutQuery(next));
      }
      url = next;
    }
    throw HubFailures.badAnswer(
        WORDS.text("badAnswer.circles", start.host()),
        "more than " + MOST_REDIRECTS + " redirects");
  }

  private Response execute(Request request) throws HubException {
    try {
      Response response = connections.execute(request);
      failures.answered(request.url());
      return response;
    } catch (IOException failure) {
      throw failures.of(request.url(), failure);
    }
  }

  private static HttpUrl redirect(Response response) throws HubException {
    return switch (response.code()) {
      case 301, 302, 303, 307, 308 -> {
        String location = response.header("Location", "");
        HttpUrl next = location.isEmpty() ? null : response.request().url().resolve(location);
        if (next == null) {
          response.close();
          throw HubFailures.badAnswer(
              WORDS.text("badAnswer.noAddress", response.request().url().host()),
              location.isEmpty() ? "no Location" : "a Location that is no address");
        }
        yield next;
      }
      default -> null;
    };
  }

  private void requireSuccess(
      Response response, String repoId, String revision, Optional<String> file)
      throws HubException {
    if (response.code() != 200 && !(file.isPresent() && response.code() == 206)) {
      throw failures.of(response, repoId, revision, file);
    }
  }

  private JsonElement json(Response response) throws HubException {
    HttpUrl url = response.request().url();
    if (isWebPage(response)) {
      throw HubFailures.webPage(url);
    }
    try {
      BufferedSource body = response.body().source();
      if (body.request(LARGEST_ANSWER + 1)) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.tooLong", url.host()), HubFailures.withoutQuery(url));
      }
      return JsonParser.parseString(body.readUtf8());
    } catch (JsonParseException | IllegalStateException notJson) {
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.notUnderstood", url.host()), notJson.toString());
    } catch (IOException broken) {
      throw failures.of(url, broken);
    }
  }

  private static boolean isWebPage(Response response) {
    String type = response.header("Content-Type", "").toLowerCase(Locale.ROOT);
    return type.startsWith("text/html") || type.startsWith("application/xhtml");
  }

  private static void addFiles(JsonElement answer, List<HubFile> files, String repoId)
      throws HubException {
    try {
      JsonArray entries = answer.getAsJsonArray();
      for (JsonElement element : entries) {
        JsonObject entry = element.getAsJsonObject();
        if (!entry.get("type").getAsString().equals("file")) {
          continue;
        }
        JsonObject large =
            entry.has("lfs") && entry.get("lfs").isJsonObject()
                ? entry.getAsJsonObject("lfs")
                : null;
        Optional<String> sha256 =
            large == null ? Optional.empty() : Optional.of(large.get("oid").getAsString());
        long size = (large == null ? entry : large).get("size").getAsLong();
        String oid = entry.get("oid").getAsString();
        if (size < 0
            || !COMMIT.matcher(oid).matches()
            || sha256.filter(hex -> !SHA256.matcher(hex).matches()).isPresent()) {
          throw new IllegalArgumentException("size or digest of an entry");
        }
        files.add(new HubFile(entry.get("path").getAsString(), size, oid, sha256));
      }
    } catch (IllegalStateException
        | IllegalArgumentException
        | ClassCastException
        | UnsupportedOperationException
        | NullPointerException notAListing) {
      // What Gson's elements throw where the JSON has another shape than a listing: getAsString of
      // an object, for one, is "unsupported", and a member that is missing is null.
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.badListing", repoId), notAListing.toString());
    }
  }

  private HttpUrl nextPage(Response response) throws HubException {
    for (String header : response.headers("Link")) {
      Matcher next = NEXT_PAGE.matcher(header);
      if (next.find()) {
        HttpUrl url = response.request().url().resolve(next.group(1));
        if (url == null || !failures.isEndpoint(url)) {
          throw HubFailures.badAnswer(
              WORDS.text("badAnswer.listingElsewhere"),
              url == null ? "" : HubFailures.withoutQuery(url));
        }
        return url;
      }
    }
    return null;
  }

  private HttpUrl.Builder api(String repoId) {
    return endpoint.newBuilder().addPathSegments("api/models").addPathSegments(repoId);
  }

  private static void checkRepository(String repoId) throws HubException {
    if (!REPOSITORY.matcher(repoId).matches() || repoId.contains("..")) {
      throw new HubException(Reason.BAD_SETTING, WORDS.problem("badRepository"), "", null);
    }
  }

  private static HttpUrl parse(String endpoint) throws HubException {
    HttpUrl url = HttpUrl.parse(endpoint.strip().replaceFirst("/+$", ""));
    if (url == null || url.query() != null || !url.username().isEmpty()) {
      throw new HubException(Reason.BAD_SETTING, WORDS.problem("badEndpoint"), "", null);
    }
    return url;
  }
}
