package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.invoicelens.hub.Http2Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download from a Hub that speaks only HTTP/2. */
class Http2DownloadTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(2_000_000, 5);
  private static final int INTERNAL_ERROR = 2;

  @TempDir Path folder;
  private final MockWebServer server = Http2Server.create();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ranges = new AtomicInteger();
  private FaultyHub hub;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = new FaultyHub().with(WEIGHTS, CONTENT).with("config.json", FaultyHub.bytes(500, 6));
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            try {
              return answer(request);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        });
    server.start();
    run = new Fixture(folder.resolve("model"));
    run.settings = Http2Server.trusting(run.settings, folder);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    hub.close();
  }

  /** What the Hub answers, over HTTP/2. */
  private MockResponse answer(RecordedRequest recorded) throws Exception {
    assertThat(recorded.getVersion()).isEqualTo("HTTP/2");
    Map<String, String> headers = new LinkedHashMap<>();
    recorded.getHeaders().forEach(pair -> headers.put(pair.getFirst(), pair.getSecond()));
    FaultyHub.Request request =
        new FaultyHub.Request(recorded.getMethod(), recorded.getTarget(), headers);
    if (request.isFor(WEIGHTS)) {
      ranges.incrementAndGet();
      connections.add(recorded.getConnectionIndex());
    }
    FaultyHub.Reply reply = hub.answer(request);
    MockResponse.Builder response =
        new MockResponse.Builder()
            .code(reply.status)
            .body(new Buffer().write(reply.body, reply.from, reply.length()));
    reply.headers.forEach(
        (name, value) -> response.addHeader(name, value.replace(hub.otherHost(), otherHost())));
    if (reply.bytesPerSecond > 0) {
      response.throttleBody(reply.bytesPerSecond / 50, 20, TimeUnit.MILLISECONDS);
    }
    if (reply.reset) {
      response.onResponseBody(new SocketEffect.CloseStream(INTERNAL_ERROR));
    }
    if (reply.stall) {
      response.onResponseBody(SocketEffect.Stall.INSTANCE);
    }
    return response.build();
  }

  private String otherHost() {
    return "https://localhost:" + server.getPort();
  }

  private void download() throws Exception {
    run.download("https://127.0.0.1:" + server.getPort(), FaultyHub.REPOSITORY);
    assertThat(run.files()).containsExactly("config.json", WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
  }

  @Test
  void arrivesWholeOverSeveralConnections() throws Exception {
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          normal.bytesPerSecond = 2_000_000;
          return normal;
        });
    download();
    assertThat(ranges.get()).isGreaterThan(4);
    assertThat(connections).hasSizeBetween(2, 4);
  }

  @Test
  void streamsThatAreResetAreFetchedAgain() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          normal.reset = true;
          return normal;
        });
    download();
  }

  @Test
  void aStreamThatStallsIsFetchedAgain() throws Exception {
    run.settings = run.settings.withReadTimeout(Duration.ofSeconds(1));
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          normal.stall = true;
          return normal;
        });
    download();
  }
}
