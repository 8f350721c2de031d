package org.invoicelens.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the Hub is reached from this network.
 *
 * @param endpoint overrides the configuration's endpoint, such as a mirror
 * @param token the user's access token; never logged, stored or sent to another host
 * @param proxy the proxy for every request; where empty, the environment's proxies count, and
 *     without any the operating system's
 * @param direct whether no proxy counts, whatever anything else says
 * @param caFile further trusted certificates, PEM
 * @param readTimeout how long a connection may stay silent
 * @param offline whether no request may leave this computer
 * @param cache what the Hub's own programs keep on this computer, which need not be fetched again
 */
public record HubSettings(
    Optional<String> endpoint,
    Optional<AccessToken> token,
    Optional<URI> proxy,
    boolean direct,
    Optional<Path> caFile,
    Duration readTimeout,
    boolean offline,
    Optional<HubCache> cache) {

  /** How long a connection may stay silent where nothing else is said. */
  public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(HubSettings.class);
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final long LONGEST_TOKEN_FILE = 4096;

  /** What counts where nothing is said: no token, no cache, and the proxy of the system. */
  public static final HubSettings DEFAULT =
      new HubSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          DEFAULT_READ_TIMEOUT,
          false,
          Optional.empty());

  /** What {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HTTPS_PROXY} and the others say. */
  public static HubSettings fromEnvironment() {
    return fromEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The same for a given environment; reads the token's file and nothing else. */
  static HubSettings fromEnvironment(Map<String, String> environment, Path home) {
    return new HubSettings(
        value(environment, "HF_ENDPOINT"),
        token(environment, home),
        Optional.empty(),
        false,
        Optional.empty(),
        readTimeout(environment),
        isTrue(environment, "HF_HUB_OFFLINE") || isTrue(environment, "TRANSFORMERS_OFFLINE"),
        cache(environment, home));
  }

  /** The same with an endpoint of the user's choice. */
  public HubSettings withEndpoint(String other) {
    return new HubSettings(
        Optional.of(other), token, proxy, direct, caFile, readTimeout, offline, cache);
  }

  /** The same with another token. */
  public HubSettings withToken(AccessToken other) {
    return new HubSettings(
        endpoint, Optional.of(other), proxy, direct, caFile, readTimeout, offline, cache);
  }

  /** The same with no token, for servers it must not go to. */
  public HubSettings withoutToken() {
    return new HubSettings(
        endpoint, Optional.empty(), proxy, direct, caFile, readTimeout, offline, cache);
  }

  /** The same with one proxy for every request, {@code http://user:password@host:port}. */
  public HubSettings withProxy(URI other) {
    return new HubSettings(
        endpoint, token, Optional.of(other), false, caFile, readTimeout, offline, cache);
  }

  /** The same with no proxy for any request. */
  public HubSettings withoutProxy() {
    return new HubSettings(
        endpoint, token, Optional.empty(), true, caFile, readTimeout, offline, cache);
  }

  /** The same with further trusted certificates. */
  public HubSettings withCaFile(Path other) {
    return new HubSettings(
        endpoint, token, proxy, direct, Optional.of(other), readTimeout, offline, cache);
  }

  /** The same with another patience. */
  public HubSettings withReadTimeout(Duration other) {
    return new HubSettings(endpoint, token, proxy, direct, caFile, other, offline, cache);
  }

  /** The same with no request that leaves this computer. */
  public HubSettings withoutNetwork() {
    return new HubSettings(endpoint, token, proxy, direct, caFile, readTimeout, true, cache);
  }

  /** The same with what the Hub's own programs keep. */
  public HubSettings withCache(HubCache other) {
    return new HubSettings(
        endpoint, token, proxy, direct, caFile, readTimeout, offline, Optional.of(other));
  }

  /** What counts for a server inside this computer: no token, no proxy, never offline. */
  public HubSettings forBundledHub() {
    return DEFAULT.withReadTimeout(readTimeout);
  }

  /** Shows neither the token nor what a proxy's address may hold. */
  @Override
  public String toString() {
    return "HubSettings[endpoint="
        + endpoint.orElse("")
        + ", token="
        + (token.isPresent() ? "hidden" : "none")
        + ", proxy="
        + proxy.map(URI::getHost).orElse(direct ? "none" : "")
        + ", caFile="
        + caFile.map(Path::toString).orElse("")
        + ", readTimeout="
        + readTimeout
        + ", offline="
        + offline
        + ", cache="
        + cache.map(HubCache::folder).map(Path::toString).orElse("")
        + "]";
  }

  private static Optional<AccessToken> token(Map<String, String> environment, Path home) {
    Optional<String> direct = value(environment, "HF_TOKEN");
    if (direct.isPresent()) {
      return asToken(direct.get(), "HF_TOKEN");
    }
    Path file;
    try {
      file =
          value(environment, "HF_TOKEN_PATH")
              .map(path -> expand(path, home))
              .orElseGet(() -> hubHome(environment, home).resolve("token"));
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_TOKEN_FILE) {
        return Optional.empty();
      }
      String content = Files.readString(file).strip();
      return content.isEmpty() ? Optional.empty() : asToken(content, file.toString());
    } catch (IOException | InvalidPathException unreadable) {
      log.warn("The token's file cannot be read: {}", unreadable.toString());
      return Optional.empty();
    }
  }

  private static Optional<AccessToken> asToken(String word, String source) {
    try {
      return Optional.of(new AccessToken(word));
    } catch (IllegalArgumentException notOneWord) {
      log.warn("What {} holds is not a token and is left out.", source);
      return Optional.empty();
    }
  }

  private static Path hubHome(Map<String, String> environment, Path home) {
    return value(environment, "HF_HOME")
        .map(path -> expand(path, home))
        .orElseGet(() ->
            value(environment, "XDG_CACHE_HOME")
                .map(path -> expand(path, home))
                .orElse(home.resolve(".cache"))
                .resolve("huggingface"));
  }

  private static Optional<HubCache> cache(Map<String, String> environment, Path home) {
    try {
      return Optional.of(
          new HubCache(
              value(environment, "HF_HUB_CACHE")
                  .map(path -> expand(path, home))
                  .orElseGet(() -> hubHome(environment, home).resolve("hub"))));
    } catch (InvalidPathException unusable) {
      log.warn("The cache of the Hub is left out: {}", unusable.toString());
      return Optional.empty();
    }
  }

  private static Path expand(String path, Path home) {
    return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
  }

  private static Duration readTimeout(Map<String, String> environment) {
    return value(environment, "HF_HUB_DOWNLOAD_TIMEOUT")
        .filter(seconds -> seconds.matches("[1-9][0-9]{0,4}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(DEFAULT_READ_TIMEOUT);
  }

  private static boolean isTrue(Map<String, String> environment, String name) {
    return value(environment, name).map(String::toUpperCase).filter(TRUE::contains).isPresent();
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }
}
