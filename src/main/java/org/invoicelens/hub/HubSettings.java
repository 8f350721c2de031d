package org.invoicelens.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the Hub is reached from this network.
 *
 * @param endpoint overrides the configuration's endpoint, such as a mirror
 * @param token the user's access token; never logged, stored or sent to another host
 * @param proxy the proxy for every request; where empty, the environment's proxies count
 * @param caFile further trusted certificates, PEM
 * @param readTimeout how long a connection may stay silent
 * @param offline whether no request may leave this computer
 */
public record HubSettings(
    Optional<String> endpoint,
    Optional<AccessToken> token,
    Optional<URI> proxy,
    Optional<Path> caFile,
    Duration readTimeout,
    boolean offline) {

  /** What {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HTTPS_PROXY} and the others say. */
  public static HubSettings fromEnvironment() {
    throw new UnsupportedOperationException();
  }
}
