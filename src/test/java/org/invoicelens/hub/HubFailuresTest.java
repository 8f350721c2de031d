package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether nobody answers any more, or somebody answers badly. */
class HubFailuresTest {

  private static final HttpUrl HUB = HttpUrl.get("https://hub.example/api");
  private static final HttpUrl CDN = HttpUrl.get("https://cdn.example/file");

  private final HubFailures failures = new HubFailures(HUB, false, ProxyRoutes.none());

  private static ConnectException failedToConnect(IOException cause) {
    ConnectException failure = new ConnectException("Failed to connect to hub.example:443");
    failure.initCause(cause);
    return failure;
  }

  static Stream<IOException> noWay() {
    return Stream.of(
        new UnknownHostException("hub.example"),
        new NoRouteToHostException("No route to host"),
        new SocketTimeoutException("Connect timed out"),
        new SocketException("Network is down"),
        failedToConnect(new ConnectException("Network is unreachable")));
  }

  @ParameterizedTest
  @MethodSource
  void noWay(IOException failure) {
    assertThat(failures.of(HUB, failure).isWayLost()).as("never reached").isFalse();
    failures.answered(HUB);
    assertThat(failures.of(HUB, failure).isWayLost()).as("reached before").isTrue();
    assertThat(failures.of(HUB, failure).isPassing()).isTrue();
    assertThat(failures.of(CDN, failure).isWayLost()).as("another host").isFalse();
  }

  static Stream<IOException> badAnswer() {
    return Stream.of(
        failedToConnect(new ConnectException("Connection refused")),
        new SocketTimeoutException("Read timed out"),
        new SocketException("Connection reset"),
        new IOException("unexpected end of stream"));
  }

  @ParameterizedTest
  @MethodSource
  void badAnswer(IOException failure) {
    failures.answered(HUB);
    assertThat(failures.of(HUB, failure).isWayLost()).isFalse();
  }
}
