package org.invoicelens.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.invoicelens.config.TorchBuild;

/**
 * A server that offers PyTorch for graphics cards as the Deep Java Library's does: {@code
 * files.txt} and packed files below. The libraries in it are small and hold nothing.
 */
public final class RuntimeServer implements AutoCloseable {

  static final String FOLDER = "cu128/linux-x86_64/native/lib/";

  /** Larger than the ranges of one connection and than what needs no journal. */
  static final int LARGE = 3_000_000;

  /** The files as they are unpacked. */
  final Map<String, byte[]> files = new LinkedHashMap<>();

  /** The files as they are sent. */
  final Map<String, byte[]> packed = new LinkedHashMap<>();

  /** Paths that were asked for, with the range. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Bytes of packed files that were sent. */
  final LongAdder served = new LongAdder();

  /** Changes the listing. */
  volatile UnaryOperator<String> listing = text -> text;

  /** Changes the answer to a path. */
  volatile Fault fault = (path, normal) -> normal;

  volatile String tag = "\"one\"";
  volatile long bytesPerSecond;

  private final MockWebServer server = new MockWebServer();

  /** Changes what would be answered. */
  @FunctionalInterface
  interface Fault {
    MockResponse.Builder apply(String path, MockResponse.Builder normal);
  }

  public RuntimeServer() throws IOException {
    for (String name : TorchPlatform.LINUX.required()) {
      with(name, bytes(name.equals("libtorch_cuda.so") ? LARGE : 5000, name.hashCode()));
    }
    // A name that is another one in an address.
    with("libstdc++.so.6", bytes(2000, 7));
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String path = request.getTarget().substring(1);
            requests.add(path);
            return fault.apply(path, answer(path, request)).build();
          }
        });
    server.start();
  }

  RuntimeServer with(String name, byte[] content) {
    files.put(name, content);
    packed.put(name + ".gz", gzip(content));
    return this;
  }

  public String address() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A description that leads here. */
  public TorchBuild build() {
    return new TorchBuild(
        "2.7.1",
        "cu128",
        address(),
        List.of("linux-x86_64", "win-x86_64"),
        "525.60.13",
        "528.33",
        7.5,
        4_000_000,
        4_000_000,
        50_000_000,
        Map.of());
  }

  static byte[] bytes(int size, long seed) {
    byte[] content = new byte[size];
    new java.util.Random(seed).nextBytes(content);
    return content;
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    return bytes.toByteArray();
  }

  private MockResponse.Builder answer(String path, RecordedRequest request) {
    if (path.equals("files.txt")) {
      StringBuilder text = new StringBuilder("cpu/linux-x86_64/native/lib/libtorch.so.gz\n");
      packed
          .keySet()
          .forEach(name ->
              text.append(FOLDER)
                  .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                  .append('\n'));
      return new MockResponse.Builder().body(listing.apply(text.toString()));
    }
    byte[] content =
        packed.entrySet().stream()
            .filter(file ->
                path.equals(FOLDER + URLEncoder.encode(file.getKey(), StandardCharsets.UTF_8)))
            .findFirst()
            .map(Map.Entry::getValue)
            .orElse(null);
    return content == null
        ? new MockResponse.Builder().code(404)
        : range(content, request.getHeaders().get("Range"));
  }

  private MockResponse.Builder range(byte[] content, String range) {
    int from = 0;
    int to = content.length;
    MockResponse.Builder answer = new MockResponse.Builder().setHeader("ETag", tag);
    if (range != null) {
      String[] bounds = range.replace("bytes=", "").split("-", -1);
      from = Integer.parseInt(bounds[0]);
      to = bounds[1].isEmpty() ? to : Math.min(to, Integer.parseInt(bounds[1]) + 1);
      answer
          .code(206)
          .setHeader("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
    }
    served.add(to - from);
    answer.body(new Buffer().write(Arrays.copyOfRange(content, from, to)));
    if (bytesPerSecond > 0) {
      answer.throttleBody(bytesPerSecond / 50, 20, TimeUnit.MILLISECONDS);
    }
    return answer;
  }

  @Override
  public void close() {
    server.close();
  }
}
