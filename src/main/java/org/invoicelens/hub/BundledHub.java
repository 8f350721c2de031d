package org.invoicelens.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server on the loopback address that speaks the Hub's protocol for the models that ship.
 *
 * <p>Downloading the bundled model goes through the same redirects, ranges and digests as
 * downloading any other, without a network. The repository {@code owner/name} is the folder {@code
 * name}; its commit is a digest of the content. Only what was listed is ever served. Thread-safe.
 */
public final class BundledHub implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BundledHub.class);

  /** From this size on a file is kept as the Hub keeps large files: known by its SHA-256. */
  private static final long LARGE = 1L << 20;

  private static final Pattern API =
      Pattern.compile("/api/models/([^/]+)/([^/]+)/(revision|tree)/([^/]+)");
  private static final Pattern RESOLVE = Pattern.compile("/([^/]+)/([^/]+)/resolve/([^/]+)/(.+)");
  private static final Pattern BLOB = Pattern.compile("/blob/([0-9a-f]{64})");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})-([0-9]{0,18})");

  private final Path root;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
  private final Map<String, Blob> blobs = new ConcurrentHashMap<>();

  /** One repository: its commit and its files in order. */
  private record Repository(String commit, Map<String, Blob> files) {}

  /** One file with both of its digests. */
  private record Blob(Path file, long size, String sha256, String gitSha1) {

    boolean isLarge() {
      return size > LARGE;
    }

    String tag() {
      return '"' + (isLarge() ? sha256 : gitSha1) + '"';
    }
  }

  private BundledHub(Path root, HttpServer server, ExecutorService threads) {
    this.root = root;
    this.server = server;
    this.threads = threads;
  }

  /**
   * Opens a hub over a folder that holds one folder for each model.
   *
   * @throws IOException where no port can be opened on the loopback address
   */
  public static BundledHub open(Path root) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("bundled-hub-", 0).factory());
    BundledHub hub = new BundledHub(root, server, threads);
    server.createContext("/", hub::serve);
    server.setExecutor(threads);
    server.start();
    return hub;
  }

  /** The address to use as endpoint, such as {@code http://127.0.0.1:40123}. */
  public String endpoint() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        refuse(exchange, 405, "", "");
        return;
      }
      Matcher api = API.matcher(path);
      Matcher resolve = RESOLVE.matcher(path);
      Matcher blob = BLOB.matcher(path);
      if (api.matches()) {
        serveApi(exchange, api.group(2), api.group(3), api.group(4));
      } else if (blob.matches()) {
        serveBlob(exchange, blob.group(1));
      } else if (resolve.matches()) {
        serveResolve(exchange, resolve.group(2), resolve.group(3), resolve.group(4));
      } else {
        refuse(exchange, 404, "", "");
      }
    } catch (UncheckedIOException | IOException gone) {
      log.debug("An answer of the bundled hub broke off: {}", gone.toString());
    }
  }

  private void serveApi(HttpExchange exchange, String name, String call, String revision)
      throws IOException {
    Optional<Repository> repository = repository(name);
    if (repository.isEmpty()) {
      refuse(exchange, 401, "RepoNotFound", "Repository not found");
    } else if (!isRevision(repository.get(), revision)) {
      refuse(exchange, 404, "RevisionNotFound", "Invalid rev id: " + revision);
    } else if (call.equals("revision")) {
      JsonObject answer = new JsonObject();
      answer.addProperty("sha", repository.get().commit());
      sendJson(exchange, answer.toString());
    } else {
      serveTree(exchange, repository.get());
    }
  }

  private void serveTree(HttpExchange exchange, Repository repository) throws IOException {
    int limit = number(exchange, "limit").orElse(1000);
    int cursor = number(exchange, "cursor").orElse(0);
    List<String> paths = new ArrayList<>(repository.files().keySet());
    int start = Math.min(cursor, paths.size());
    int end = (int) Math.min(start + (long) Math.max(limit, 1), paths.size());
    JsonArray list = new JsonArray();
    for (String path : paths.subList(start, end)) {
      Blob blob = repository.files().get(path);
      JsonObject entry = new JsonObject();
      entry.addProperty("type", "file");
      entry.addProperty("oid", blob.gitSha1());
      entry.addProperty("size", blob.size());
      entry.addProperty("path", path);
      if (blob.isLarge()) {
        JsonObject large = new JsonObject();
        large.addProperty("oid", blob.sha256());
        large.addProperty("size", blob.size());
        entry.add("lfs", large);
      }
      list.add(entry);
    }
    if (end < paths.size()) {
      String next =
          endpoint()
              + exchange.getRequestURI().getPath()
              + "?recursive=true&expand=false&limit="
              + limit
              + "&cursor="
              + end;
      exchange.getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
    }
    sendJson(exchange, list.toString());
  }

  private void serveResolve(HttpExchange exchange, String name, String revision, String path)
      throws IOException {
    Optional<Repository> repository = repository(name);
    if (repository.isEmpty()) {
      refuse(exchange, 401, "RepoNotFound", "Repository not found");
      return;
    }
    if (!isRevision(repository.get(), revision)) {
      refuse(exchange, 404, "RevisionNotFound", "Invalid rev id: " + revision);
      return;
    }
    Blob blob = repository.get().files().get(path);
    if (blob == null) {
      refuse(exchange, 404, "EntryNotFound", "Entry not found");
      return;
    }
    exchange.getResponseHeaders().set("X-Repo-Commit", repository.get().commit());
    exchange.getResponseHeaders().set("X-Linked-Etag", blob.tag());
    exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(blob.size()));
    exchange.getResponseHeaders().set("Location", "/blob/" + blob.sha256() + "?from=resolve");
    exchange.sendResponseHeaders(302, -1);
  }

  private void serveBlob(HttpExchange exchange, String sha256) throws IOException {
    Blob blob = blobs.get(sha256);
    if (blob == null) {
      refuse(exchange, 404, "", "");
      return;
    }
    exchange.getResponseHeaders().set("ETag", blob.tag());
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    String wanted = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    Matcher range = RANGE.matcher(wanted == null ? "" : wanted);
    if (!range.matches() || (condition != null && !condition.equals(blob.tag()))) {
      sendBytes(exchange, 200, blob, 0, blob.size());
      return;
    }
    long from = Long.parseLong(range.group(1));
    long to = blob.size();
    if (!range.group(2).isEmpty()) {
      to = Math.min(to, Long.parseLong(range.group(2)) + 1);
    }
    if (from >= blob.size() || to <= from) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + blob.size());
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + blob.size());
    sendBytes(exchange, 206, blob, from, to);
  }

  private static void sendBytes(HttpExchange exchange, int status, Blob blob, long from, long to)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD") || to == from) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(to - from));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    try (FileChannel channel = FileChannel.open(blob.file(), StandardOpenOption.READ)) {
      exchange.sendResponseHeaders(status, to - from);
      WritableByteChannel body = Channels.newChannel(exchange.getResponseBody());
      long position = from;
      while (position < to) {
        long sent = channel.transferTo(position, to - position, body);
        if (sent <= 0) {
          throw new IOException(blob.file() + " became shorter while it was served");
        }
        position += sent;
      }
      body.close();
    }
  }

  private static void sendJson(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    if (!code.isEmpty()) {
      exchange.getResponseHeaders().set("X-Error-Code", code);
      exchange.getResponseHeaders().set("X-Error-Message", message);
    }
    exchange.sendResponseHeaders(status, -1);
  }

  private static Optional<Integer> number(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getQuery();
    Matcher value =
        Pattern.compile("(?:^|&)" + name + "=([0-9]{1,6})(?:&|$)")
            .matcher(query == null ? "" : query);
    return value.find() ? Optional.of(Integer.parseInt(value.group(1))) : Optional.empty();
  }

  private static boolean isRevision(Repository repository, String revision) {
    return revision.equals("main") || revision.equals(repository.commit());
  }

  /** The repository of a name, read on the first request for it. */
  private Optional<Repository> repository(String name) {
    if (SafePath.fault(name).isPresent()) {
      return Optional.empty();
    }
    Path folder = root.resolve(name);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    return Optional.of(repositories.computeIfAbsent(name, any -> read(folder)));
  }

  private Repository read(Path folder) {
    Map<String, Blob> files = new LinkedHashMap<>();
    MessageDigest commit = digest("SHA-1");
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> sorted =
          tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .sorted(Comparator.comparing(file -> relative(folder, file)))
              .toList();
      for (Path file : sorted) {
        Blob blob = describe(file);
        String path = relative(folder, file);
        files.put(path, blob);
        blobs.put(blob.sha256(), blob);
        commit.update((path + '\n' + blob.sha256() + '\n').getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return new Repository(HexFormat.of().formatHex(commit.digest()), files);
  }

  private static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }

  private static Blob describe(Path file) throws IOException {
    long size = Files.size(file);
    MessageDigest sha256 = digest("SHA-256");
    MessageDigest git = digest("SHA-1");
    git.update(("blob " + size + '\0').getBytes(StandardCharsets.US_ASCII));
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
        git.update(buffer, 0, n);
      }
    }
    HexFormat hex = HexFormat.of();
    return new Blob(file, size, hex.formatHex(sha256.digest()), hex.formatHex(git.digest()));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
