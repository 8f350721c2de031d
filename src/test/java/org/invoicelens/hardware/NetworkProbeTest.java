package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkProbeTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final URI HUB = URI.create("https://hub.example.org");

  @Test
  void aListeningServerIsReached() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + server.getLocalPort());

      NetworkProbe.Answer answer = probe(Map.of()).reach(endpoint, new Cancellation());

      assertThat(answer.reached()).isTrue();
      assertThat(answer.target()).isEqualTo("127.0.0.1:" + server.getLocalPort());
    }
  }

  @Test
  void aClosedPortIsNot() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }

    NetworkProbe.Answer answer =
        probe(Map.of()).reach(URI.create("http://127.0.0.1:" + port), new Cancellation());

    assertThat(answer.reached()).isFalse();
    assertThat(answer.failure()).contains("refused");
  }

  @Test
  void whereAProxyLeadsOutItIsTheOneThatIsTried() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "http://user:secret@127.0.0.1:" + proxy.getLocalPort();

      NetworkProbe.Answer answer =
          probe(Map.of("HTTPS_PROXY", address)).reach(HUB, new Cancellation());

      assertThat(answer.reached()).isTrue();
      assertThat(answer.target()).isEqualTo("proxy 127.0.0.1:" + proxy.getLocalPort());
    }
  }

  @Test
  void aCancelledAttemptEnds() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();

    assertThat(probe(Map.of()).reach(URI.create("http://127.0.0.1:9"), cancellation).reached())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "*, false",
    "example.org, false",
    ".example.org, false",
    "*.example.org, false",
    "hub.example.org:443, false",
    "hub.example.org:80, true",
    "'other.org, hub.example.org', false",
    "ample.org, true",
  })
  void someHostsNeedNoProxy(String noProxy, boolean proxied) {
    NetworkProbe probe = probe(Map.of("https_proxy", "proxy:3128", "no_proxy", noProxy));

    assertThat(probe.proxy(HUB).isPresent()).isEqualTo(proxied);
    assertThat(probe.proxy(URI.create("https://localhost"))).isEmpty();
    assertThat(probe.proxy(URI.create("http://hub.example.com"))).isEmpty();
  }

  @Test
  void theUserMayWishToStayOffline() {
    assertThat(probe(Map.of("HF_HUB_OFFLINE", "1")).isOffline()).isTrue();
    assertThat(probe(Map.of("HF_HUB_OFFLINE", "TRUE")).isOffline()).isTrue();
    assertThat(probe(Map.of("TRANSFORMERS_OFFLINE", "yes")).isOffline()).isTrue();
    assertThat(probe(Map.of("HF_HUB_OFFLINE", "0")).isOffline()).isFalse();
    assertThat(probe(Map.of()).isOffline()).isFalse();
  }

  private static NetworkProbe probe(Map<String, String> environment) {
    return new NetworkProbe(environment, LIMIT);
  }

  @Test
  void aProxyWithoutAPortIsTriedWhereDownloadsLookForIt() {
    assertThat(probe(Map.of("https_proxy", "proxy")).proxy(HUB).orElseThrow().getPort())
        .isEqualTo(80);
    assertThat(probe(Map.of("https_proxy", "socks5://proxy")).proxy(HUB).orElseThrow().getPort())
        .isEqualTo(1080);
  }

  @Test
  void triesTheMirrorThatTheEnvironmentNames() {
    String configured = "https://huggingface.co";
    assertThat(probe(Map.of()).endpoint(configured)).hasToString(configured);
    assertThat(probe(Map.of("HF_ENDPOINT", " https://mirror.example ")).endpoint(configured))
        .hasToString("https://mirror.example");
    assertThat(probe(Map.of("HF_ENDPOINT", "mirror")).endpoint(configured)).hasToString(configured);
  }
}
