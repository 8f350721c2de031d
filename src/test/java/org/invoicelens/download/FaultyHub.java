package org.invoicelens.download;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * A Hub on plain sockets that can misbehave in every way a server or a network can.
 *
 * <p>Large files answer with a redirect to {@code /cdn/} on another host name of the same server,
 * as the real Hub does. The same files lie in {@code /folder/}, as on a share.
 */
final class FaultyHub implements AutoCloseable {

  static final String REPOSITORY = "owner/model";

  /** From this size on a file is listed with its SHA-256. */
  static final int LARGE = 1000;

  record Request(String method, String target, Map<String, String> headers) {
    boolean isForCdn() {
      return target.startsWith("/cdn/");
    }

    boolean isForFolder() {
      return target.startsWith("/folder/");
    }

    boolean isFor(String file) {
      return isForCdn() ? target.contains("name=" + file + "&") : target.equals("/folder/" + file);
    }

    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /** An answer; {@code cutAfter} body bytes the connection ends, by a reset if wished. */
  static final class Reply {
    int status = 200;
    final Map<String, String> headers = new LinkedHashMap<>();
    byte[] body = new byte[0];
    int from;
    int to;
    long cutAfter = Long.MAX_VALUE;
    boolean reset;
    boolean stall;
    boolean chunked;
    long bytesPerSecond;

    /** Done between the head and the body. */
    Step sending = () -> {};

    /** Done before the last bytes leave. */
    Step sent = () -> {};

    Reply status(int newStatus) {
      status = newStatus;
      return this;
    }

    Reply header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Reply body(byte[] newBody) {
      body = newBody;
      from = 0;
      to = newBody.length;
      return this;
    }

    Reply cut(long after) {
      cutAfter = after;
      return this;
    }

    int length() {
      return to - from;
    }
  }

  /** What a server does besides. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /** Changes what would be sent. */
  @FunctionalInterface
  interface Fault {
    Reply apply(Request request, Reply normal) throws Exception;
  }

  final Map<String, byte[]> files = new LinkedHashMap<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  final LongAdder served = new LongAdder();
  volatile Fault fault = (request, normal) -> normal;

  /** Applies a fault to every request for a file. */
  void always(String file, Fault other) {
    fault = (request, normal) -> request.isFor(file) ? other.apply(request, normal) : normal;
  }

  /** Applies a fault to the first request for a file. */
  void once(String file, Fault other) {
    AtomicBoolean done = new AtomicBoolean();
    always(
        file,
        (request, normal) ->
            done.compareAndSet(false, true) ? other.apply(request, normal) : normal);
  }

  volatile String commit = "c0ffee".repeat(6) + "abcd";
  volatile String tagSuffix = "";

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  FaultyHub() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  String otherHost() {
    return "http://localhost:" + server.getLocalPort();
  }

  FaultyHub with(String path, byte[] content) {
    files.put(path, content);
    return this;
  }

  long requestsFor(String file) {
    return requests.stream().filter(r -> r.isFor(file)).count();
  }

  static byte[] bytes(int size, long seed) {
    byte[] content = new byte[size];
    new java.util.Random(seed).nextBytes(content);
    return content;
  }

  private static final Map<byte[], String> DIGESTS =
      java.util.Collections.synchronizedMap(new java.util.WeakHashMap<>());

  /** The digest of an array that does not change; known after the first time. */
  static String sha256(byte[] content) {
    return DIGESTS.computeIfAbsent(content, FaultyHub::computeSha256);
  }

  private static String computeSha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String gitSha1(byte[] content) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(("blob " + content.length + '\0').getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sha1.digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofPlatform().daemon().start(() -> talk(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void talk(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Request request = read(in);
        if (request == null) {
          return;
        }
        requests.add(request);
        if (!send(socket, answer(request), request)) {
          return;
        }
      }
    } catch (Exception gone) {
      // The other side left, which is what many tests are about.
    } finally {
      open.remove(socket);
    }
  }

  private static Request read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        return null;
      }
      if (c == '\n') {
        if (line.isEmpty()) {
          break;
        }
        lines.add(line.toString());
        line.setLength(0);
      } else if (c != '\r') {
        line.append((char) c);
      }
    }
    String[] first = lines.get(0).split(" ");
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : lines.subList(1, lines.size())) {
      String[] parts = header.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return new Request(first[0], first[1], headers);
  }

  private boolean send(Socket socket, Reply reply, Request request) throws Exception {
    OutputStream out = socket.getOutputStream();
    StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status + " Status\r\n");
    if (reply.chunked) {
      reply.headers.put("Transfer-Encoding", "chunked");
    } else {
      reply.headers.putIfAbsent("Content-Length", String.valueOf(reply.length()));
    }
    reply.headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    long end = Math.min(reply.to, reply.from + Math.min(reply.cutAfter, Integer.MAX_VALUE));
    int at = reply.from;
    reply.sending.run();
    while (at < end) {
      int n =
          (int) Math.min(reply.bytesPerSecond > 0 ? reply.bytesPerSecond / 50 : 64 << 10, end - at);
      if (reply.chunked) {
        out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      if (at + n == end) {
        reply.sent.run();
      }
      out.write(reply.body, at, n);
      if (reply.chunked) {
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      if (request.isForCdn() || request.isForFolder()) {
        served.add(n);
      }
      at += n;
      if (reply.bytesPerSecond > 0) {
        Thread.sleep(20);
      }
    }
    if (reply.chunked) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    out.flush();
    if (reply.stall) {
      Thread.sleep(60_000);
    }
    if (reply.cutAfter < reply.length()) {
      if (reply.reset) {
        socket.setSoLinger(true, 0);
      }
      return false;
    }
    return true;
  }

  /** What this Hub answers, for a server that speaks otherwise than over plain sockets. */
  Reply answer(Request request) throws Exception {
    return fault.apply(request, normal(request));
  }

  /** What an honest Hub answers. */
  private Reply normal(Request request) throws SocketException {
    String target = request.target();
    String path = target.replaceFirst("\\?.*", "");
    if (path.startsWith("/api/models/" + REPOSITORY + "/revision/")) {
      return json("{\"sha\":\"" + commit + "\"}");
    }
    if (path.startsWith("/api/models/" + REPOSITORY + "/tree/")) {
      return json(tree());
    }
    if (path.startsWith("/" + REPOSITORY + "/resolve/")) {
      String file = path.split("/", 6)[5];
      byte[] content = files.get(file);
      if (content == null) {
        return new Reply().status(404).header("X-Error-Code", "EntryNotFound");
      }
      return new Reply()
          .status(302)
          .header("X-Repo-Commit", commit)
          .header(
              "Location",
              otherHost() + "/cdn/" + sha256(content) + "?name=" + file + "&signature=secret");
    }
    if (path.startsWith("/cdn/")) {
      byte[] content =
          files.values().stream()
              .filter(c -> sha256(c).equals(path.substring(5)))
              .findFirst()
              .orElseThrow();
      return range(request, content);
    }
    if (request.isForFolder()) {
      byte[] content = files.get(path.substring("/folder/".length()));
      return content == null ? new Reply().status(404) : range(request, content);
    }
    return new Reply().status(404).header("X-Error-Code", "RepoNotFound");
  }

  Reply range(Request request, byte[] content) {
    String tag = '"' + sha256(content).substring(0, 20) + tagSuffix + '"';
    Reply reply = new Reply().body(content).header("ETag", tag);
    String range = request.header("Range");
    String condition = request.header("If-Range");
    if (range == null || (condition != null && !condition.equals(tag))) {
      return reply;
    }
    String[] bounds = range.replace("bytes=", "").split("-", -1);
    int from = Integer.parseInt(bounds[0]);
    int to =
        bounds[1].isEmpty()
            ? content.length
            : Math.min(content.length, Integer.parseInt(bounds[1]) + 1);
    if (from >= content.length) {
      return new Reply().status(416).header("Content-Range", "bytes */" + content.length);
    }
    reply.from = from;
    reply.to = to;
    return reply
        .status(206)
        .header("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
  }

  private String tree() {
    StringBuilder json =
        new StringBuilder("[{\"type\":\"directory\",\"path\":\"sub\",\"oid\":\"x\"}");
    files.forEach((path, content) -> {
      json.append(",{\"type\":\"file\",\"path\":\"")
          .append(path)
          .append("\",\"size\":")
          .append(content.length)
          .append(",\"oid\":\"")
          .append(gitSha1(content))
          .append('"');
      if (content.length >= LARGE) {
        json.append(",\"lfs\":{\"oid\":\"")
            .append(sha256(content))
            .append("\",\"size\":")
            .append(content.length)
            .append('}');
      }
      json.append('}');
    });
    return json.append(']').toString();
  }

  static Reply json(String text) {
    return new Reply()
        .header("Content-Type", "application/json")
        .body(text.getBytes(StandardCharsets.UTF_8));
  }
}
