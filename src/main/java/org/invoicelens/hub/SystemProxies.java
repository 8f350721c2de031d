package org.invoicelens.hub;

import java.net.ProxySelector;
import java.util.Locale;
import java.util.Optional;

/**
 * The proxies that Windows and macOS have for every program.
 *
 * <p>Java asks them where {@code java.net.useSystemProxies} is set before it first chooses a proxy.
 * On Linux it would ask the desktop's library, which can wait for a service that does not answer;
 * there the environment tells.
 */
final class SystemProxies {

  private SystemProxies() {}

  /** Asks the system for each request, off the UI thread; empty where that is not safe. */
  static Optional<ProxySelector> selector() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (!system.startsWith("windows") && !system.startsWith("mac")) {
      return Optional.empty();
    }
    System.setProperty("java.net.useSystemProxies", "true");
    return Optional.ofNullable(ProxySelector.getDefault());
  }
}
