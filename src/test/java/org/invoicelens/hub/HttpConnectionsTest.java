package org.invoicelens.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which protocol a server is spoken to in, and over how many connections. */
class HttpConnectionsTest {

  private static final String COMMIT = "0123456789".repeat(4);
  private static final String REPOSITORY = "owner/model";
  private static final int REFUSED_STREAM = 7;

  @TempDir Path folder;
  private MockWebServer server = Http2Server.create();
  private HubSettings settings = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));
  private HubClient client;

  @BeforeEach
  void trust() throws Exception {
    settings = Http2Server.trusting(settings, folder);
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.close();
    }
    server.close();
  }

  private void start() throws Exception {
    server.start();
    client = new HubClient(settings, server.url("/").toString(), Map.of());
  }

  private void answerCommit() {
    server.enqueue(new MockResponse.Builder().body("{\"sha\":\"" + COMMIT + "\"}").build());
  }

  private static MockResponse.Builder part() {
    return new MockResponse.Builder()
        .code(206)
        .addHeader("Content-Range", "bytes 0-9/100")
        .body("0123456789");
  }

  private FileAnswer open() throws HubException {
    return client.open(
        new FileRequest(REPOSITORY, COMMIT, "f", Optional.empty(), 0, 10, Optional.empty()));
  }

  private static String body(FileAnswer answer) throws HubException {
    ByteBuffer into = ByteBuffer.allocate(100);
    while (answer.read(into) >= 0) {
      assertThat(into.hasRemaining()).isTrue();
    }
    return new String(into.array(), 0, into.position(), US_ASCII);
  }

  @Test
  void aServerThatSpeaksOnlyHttp2IsSpokenToInHttp2AndRefusesOnlyOnce() throws Exception {
    start();
    for (int i = 0; i < 3; i++) {
      answerCommit();
      assertThat(client.resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
      RecordedRequest request = server.takeRequest();
      assertThat(request.getVersion()).isEqualTo("HTTP/2");
      // The first connection is the one that was refused, and one after the other share the next.
      assertThat(request.getConnectionIndex()).isEqualTo(1);
      assertThat(request.getExchangeIndex()).isEqualTo(i);
    }
  }

  @Test
  void aServerThatSpeaksBothIsSpokenToInHttp1() throws Exception {
    server = new MockWebServer();
    server.useHttps(Http2Server.bothProtocols());
    start();
    answerCommit();
    assertThat(client.resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
    RecordedRequest request = server.takeRequest();
    assertThat(request.getVersion()).isEqualTo("HTTP/1.1");
    assertThat(request.getConnectionIndex()).isZero();
  }

  @Test
  void requestsAtTheSameTimeHaveAConnectionEach() throws Exception {
    start();
    for (int i = 0; i < 4; i++) {
      server.enqueue(part().build());
    }
    try (FileAnswer first = open();
        FileAnswer second = open();
        FileAnswer third = open()) {
      assertThat(body(third)).isEqualTo("0123456789");
      assertThat(body(second)).isEqualTo("0123456789");
      assertThat(body(first)).isEqualTo("0123456789");
    }
    for (int connection = 1; connection <= 3; connection++) {
      RecordedRequest request = server.takeRequest();
      assertThat(request.getVersion()).isEqualTo("HTTP/2");
      assertThat(request.getConnectionIndex()).isEqualTo(connection);
    }
    open().close();
    assertThat(server.takeRequest().getExchangeIndex()).isEqualTo(1);
  }

  @Test
  void aServerBehindAProxyIsSpokenToInHttp2Too() throws Exception {
    start();
    answerCommit();
    try (ServerSocket proxy = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> tunnel(proxy));
      settings = settings.withProxy(URI.create("http://127.0.0.1:" + proxy.getLocalPort()));
      try (HubClient proxied = new HubClient(settings, endpoint(), Map.of())) {
        assertThat(proxied.resolveRevision(REPOSITORY, "main")).isEqualTo(COMMIT);
      }
    }
    assertThat(server.takeRequest().getVersion()).isEqualTo("HTTP/2");
  }

  /** A proxy that lets everything through to the server. */
  private void tunnel(ServerSocket proxy) {
    try {
      while (true) {
        Socket from = proxy.accept();
        Socket to = new Socket(server.getHostName(), server.getPort());
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          head.append((char) from.getInputStream().read());
        }
        assertThat(head.toString()).startsWith("CONNECT ");
        from.getOutputStream().write("HTTP/1.1 200 Open\r\n\r\n".getBytes(US_ASCII));
        Thread.ofVirtual().start(() -> pass(from, to));
        Thread.ofVirtual().start(() -> pass(to, from));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException closed) {
      // By one side or the other.
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsToldAndNotTriedInHttp2() throws Exception {
    server = new MockWebServer();
    server.useHttps(Http2Server.bothProtocols());
    assertUntrusted(1);
  }

  @Test
  void aCertificateThatIsNotTrustedIsToldAlsoWhereOnlyHttp2IsSpoken() throws Exception {
    assertUntrusted(2);
  }

  private void assertUntrusted(int connections) throws Exception {
    settings = HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(5));
    start();
    HubException failure =
        catchThrowableOfType(HubException.class, () -> client.resolveRevision(REPOSITORY, "main"));
    assertThat(failure.reason()).isEqualTo(HubException.Reason.UNTRUSTED_CERTIFICATE);
    assertThat(failure.getMessage()).contains("Office Server");
    client.close();

    client = new HubClient(Http2Server.trusting(settings, folder), endpoint(), Map.of());
    answerCommit();
    client.resolveRevision(REPOSITORY, "main");
    // This one's own refused connection, where there is one, comes before its request too.
    assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(2 * connections - 1);
  }

  private String endpoint() {
    return server.url("/").toString();
  }

  @Test
  void aStreamThatIsResetIsABrokenConnection() throws Exception {
    start();
    server.enqueue(part().onResponseBody(new SocketEffect.CloseStream(2)).build());
    server.enqueue(part().build());
    try (FileAnswer answer = open()) {
      HubException failure = catchThrowableOfType(HubException.class, () -> body(answer));
      assertThat(failure.reason()).isEqualTo(HubException.Reason.NO_CONNECTION);
    }
    try (FileAnswer answer = open()) {
      assertThat(body(answer)).isEqualTo("0123456789");
    }
  }

  @Test
  void aServerThatRefusesEveryStreamIsGivenUp() throws Exception {
    start();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return peek();
          }

          @Override
          public MockResponse peek() {
            return new MockResponse.Builder()
                .onRequestStart(new SocketEffect.CloseStream(REFUSED_STREAM))
                .build();
          }
        });
    HubException failure = catchThrowableOfType(HubException.class, this::open);
    assertThat(failure.reason()).isEqualTo(HubException.Reason.NO_CONNECTION);
  }

  @Test
  void aStreamThatStallsIsABrokenConnection() throws Exception {
    settings = settings.withReadTimeout(Duration.ofMillis(500));
    start();
    server.enqueue(part().onResponseBody(SocketEffect.Stall.INSTANCE).build());
    try (FileAnswer answer = open()) {
      HubException failure = catchThrowableOfType(HubException.class, () -> body(answer));
      assertThat(failure.reason()).isEqualTo(HubException.Reason.NO_CONNECTION);
      assertThat(failure.problem().what()).contains("localhost");
    }
  }

  @Test
  void breakingOffEndsRequestsInHttp2() throws Exception {
    settings = settings.withReadTimeout(Duration.ofMinutes(10));
    start();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            asked.countDown();
            over.await();
            return part().build();
          }
        });
    FutureTask<FileAnswer> waiting = new FutureTask<>(this::open);
    Thread.ofPlatform().daemon().start(waiting);
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    client.breakOff();
    try {
      ExecutionException ended =
          catchThrowableOfType(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
      assertThat(ended).cause().isInstanceOf(HubException.class);
    } finally {
      over.countDown();
    }
    try (FileAnswer answer = open()) {
      assertThat(body(answer)).isEqualTo("0123456789");
    }
  }

  @Test
  void theBodyOfARequestThatIsBrokenOffEnds() throws Exception {
    settings = settings.withReadTimeout(Duration.ofMinutes(10));
    start();
    Buffer large = new Buffer().write(new byte[100]);
    server.enqueue(part().body(large).throttleBody(1, 1, TimeUnit.MINUTES).build());
    try (FileAnswer answer = open()) {
      client.breakOff();
      assertThat(catchThrowableOfType(HubException.class, () -> body(answer))).isNotNull();
    }
  }

  @Test
  void aSmallFileOfAnyServerComesInHttp2() throws Exception {
    server.enqueue(new MockResponse.Builder().body("news").build());
    server.start();
    URI address = server.url("/news").uri();
    assertThat(SmallFile.fetch(address, settings, 100)).asString().isEqualTo("news");
  }
}
