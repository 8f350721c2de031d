package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {

  @TempDir Path home;

  private HubSettings of(Map<String, String> environment) {
    return HubSettings.fromEnvironment(environment, home);
  }

  private Optional<String> token(Map<String, String> environment) {
    return of(environment).token().map(AccessToken::authorization);
  }

  @Test
  void anEmptyEnvironmentLeavesEverythingToTheConfiguration() {
    HubSettings settings = of(Map.of());
    assertThat(settings.endpoint()).isEmpty();
    assertThat(settings.token()).isEmpty();
    assertThat(settings.offline()).isFalse();
    assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void theTokenComesFromTheFirstPlaceThatHasOne() throws Exception {
    Path standard = Files.createDirectories(home.resolve(".cache/huggingface")).resolve("token");
    Files.writeString(standard, "hf_standard\n");
    assertThat(token(Map.of())).contains("Bearer hf_standard");
    Path hubHome = Files.createDirectories(home.resolve("hub"));
    Files.writeString(hubHome.resolve("token"), "hf_home");
    assertThat(token(Map.of("HF_HOME", hubHome.toString()))).contains("Bearer hf_home");
    Path cache = Files.createDirectories(home.resolve("xdg/huggingface"));
    Files.writeString(cache.resolve("token"), "hf_xdg");
    assertThat(token(Map.of("XDG_CACHE_HOME", home.resolve("xdg").toString())))
        .contains("Bearer hf_xdg");
    Path file = Files.writeString(home.resolve("mine"), " hf_file ");
    assertThat(token(Map.of("HF_TOKEN_PATH", file.toString(), "HF_HOME", hubHome.toString())))
        .contains("Bearer hf_file");
    assertThat(token(Map.of("HF_TOKEN", "hf_direct", "HF_TOKEN_PATH", file.toString())))
        .contains("Bearer hf_direct");
  }

  @Test
  void theCacheLiesWhereTheHubsOwnProgramsLookForIt() {
    assertThat(of(Map.of()).cache()).contains(new HubCache(home.resolve(".cache/huggingface/hub")));
    assertThat(of(Map.of("HF_HOME", "~/models")).cache())
        .contains(new HubCache(home.resolve("models/hub")));
    assertThat(of(Map.of("HF_HOME", "~/models", "HF_HUB_CACHE", "~/elsewhere")).cache())
        .contains(new HubCache(home.resolve("elsewhere")));
  }

  @Test
  void whatIsNoTokenIsLeftOut() throws Exception {
    assertThat(token(Map.of("HF_TOKEN", "two words"))).isEmpty();
    assertThat(token(Map.of("HF_TOKEN", "  "))).isEmpty();
    assertThat(token(Map.of("HF_TOKEN_PATH", home.resolve("missing").toString()))).isEmpty();
  }

  @Test
  void offlineHasTwoNames() {
    assertThat(of(Map.of("HF_HUB_OFFLINE", "1")).offline()).isTrue();
    assertThat(of(Map.of("TRANSFORMERS_OFFLINE", "true")).offline()).isTrue();
    assertThat(of(Map.of("HF_HUB_OFFLINE", "0")).offline()).isFalse();
  }

  @Test
  void noTextFormShowsASecret() {
    HubSettings settings =
        of(Map.of("HF_TOKEN", "hf_secret")).withProxy(URI.create("http://me:s3cret@proxy:3128"));
    assertThat(settings.toString())
        .doesNotContain("hf_secret")
        .doesNotContain("s3cret")
        .contains("proxy");
  }

  private static String route(Map<String, String> environment, String url) throws Exception {
    return ProxyRoutes.of(nothing(), environment, Optional.empty())
        .describe(URI.create(url))
        .orElse("direct");
  }

  private static HubSettings nothing() {
    return HubSettings.fromEnvironment(Map.of(), Path.of("nowhere"));
  }

  @Test
  void asksTheSystemForAProxyOnlyWhereTheEnvironmentNamesNone() throws Exception {
    Optional<ProxySelector> system =
        Optional.of(ProxySelector.of(InetSocketAddress.createUnresolved("system", 8080)));
    URI hub = URI.create("https://huggingface.co/x");
    assertThat(ProxyRoutes.of(nothing(), Map.of(), system).describe(hub)).contains("system:8080");
    assertThat(ProxyRoutes.of(nothing(), Map.of("https_proxy", "http://e:1"), system).describe(hub))
        .contains("e:1");
    assertThat(ProxyRoutes.of(nothing().withoutProxy(), Map.of("https_proxy", "e:1"), system))
        .extracting(routes -> routes.describe(hub))
        .isEqualTo(Optional.empty());
    assertThat(
            ProxyRoutes.of(nothing(), Map.of(), system).describe(URI.create("http://127.0.0.1:1")))
        .isEmpty();
  }

  @Test
  void proxiesAreReadAsCurlReadsThem() throws Exception {
    Map<String, String> environment =
        Map.of(
            "HTTPS_PROXY", "http://secure:3128",
            "http_proxy", "plain:8080",
            "NO_PROXY", "direct.example, .inside.example,192.0.2.7,port.example:8443");
    assertThat(route(environment, "https://huggingface.co/x")).isEqualTo("secure:3128");
    assertThat(route(environment, "http://huggingface.co/x")).isEqualTo("plain:8080");
    assertThat(route(environment, "https://direct.example")).isEqualTo("direct");
    assertThat(route(environment, "https://a.direct.example")).isEqualTo("direct");
    assertThat(route(environment, "https://indirect.example")).isEqualTo("secure:3128");
    assertThat(route(environment, "https://x.inside.example")).isEqualTo("direct");
    assertThat(route(environment, "https://192.0.2.7")).isEqualTo("direct");
    assertThat(route(environment, "https://port.example:8443")).isEqualTo("direct");
    assertThat(route(environment, "https://port.example")).isEqualTo("secure:3128");
    assertThat(route(environment, "https://127.0.0.1:5000")).isEqualTo("direct");
    assertThat(route(environment, "http://localhost")).isEqualTo("direct");
    assertThat(route(environment, "http://[::1]:80")).isEqualTo("direct");
    assertThat(route(Map.of("ALL_PROXY", "socks5://socks"), "https://a.b")).isEqualTo("socks:1080");
    assertThat(route(Map.of("ALL_PROXY", "socks", "no_proxy", "*"), "https://a.b"))
        .isEqualTo("direct");
  }
}
