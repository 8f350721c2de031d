package org.invoicelens.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How the user wants the network to be used. It holds no secret: a proxy's password is not part of
 * the address.
 *
 * @param proxyMode which proxy counts
 * @param proxy the proxy's address where the user named one, {@code http://host:port}; kept while
 *     another mode is chosen
 * @param caFile further trusted certificates, PEM
 * @param limitRate the highest rate of downloads in bytes a second; 0 for none
 */
public record NetworkChoice(
    ProxyMode proxyMode, Optional<URI> proxy, Optional<Path> caFile, long limitRate) {

  /** Nothing but what the system and the environment say. */
  public static final NetworkChoice DEFAULT =
      new NetworkChoice(ProxyMode.SYSTEM, Optional.empty(), Optional.empty(), 0);

  /** Which proxy counts. */
  public enum ProxyMode {
    /** What the environment and the operating system say. */
    SYSTEM,
    /** None. */
    NONE,
    /** The one the user named. */
    MANUAL
  }

  public NetworkChoice {
    Objects.requireNonNull(proxyMode, "proxyMode");
    Objects.requireNonNull(caFile, "caFile");
    if (proxy.isPresent() && proxy.get().getUserInfo() != null) {
      throw new IllegalArgumentException("a proxy's name and password are no setting");
    }
    limitRate = Math.max(0, limitRate);
  }

  /** The same with another proxy. */
  public NetworkChoice withProxy(ProxyMode mode, Optional<URI> address) {
    return new NetworkChoice(mode, address, caFile, limitRate);
  }

  /** The same with other certificates. */
  public NetworkChoice withCaFile(Optional<Path> other) {
    return new NetworkChoice(proxyMode, proxy, other, limitRate);
  }

  /** The same with another limit, in bytes a second; 0 for none. */
  public NetworkChoice withLimitRate(long other) {
    return new NetworkChoice(proxyMode, proxy, caFile, other);
  }
}
