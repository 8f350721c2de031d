package org.invoicelens.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Credentials;
import org.invoicelens.stage.Words;

/**
 * Which proxy a request takes: one for all, or those that the environment names.
 *
 * <p>The variables are read as curl reads them: {@code https_proxy}, {@code http_proxy} and {@code
 * all_proxy} in either case, with {@code no_proxy} naming hosts, domains and ports to reach
 * directly. Where the environment names none, the operating system is asked for each request. Only
 * a proxy that was chosen stands before the loopback address. Thread-safe.
 */
final class ProxyRoutes extends ProxySelector {

  private static final Words WORDS = Words.of(ProxyRoutes.class);

  /** A proxy with the value that opens it. */
  private record Gate(Proxy proxy, Optional<String> authorization) {

    InetSocketAddress address() {
      return (InetSocketAddress) proxy.address();
    }
  }

  private final Optional<Gate> forAll;
  private final Optional<Gate> forHttps;
  private final Optional<Gate> forHttp;
  private final List<String> direct;
  private final Optional<ProxySelector> system;

  private ProxyRoutes(
      Optional<Gate> forAll,
      Optional<Gate> forHttps,
      Optional<Gate> forHttp,
      List<String> direct,
      Optional<ProxySelector> system) {
    this.system = system;
    this.forAll = forAll;
    this.forHttps = forHttps;
    this.forHttp = forHttp;
    this.direct = direct;
  }

  /**
   * The proxy that was chosen; without one, those of the environment, else those of the system.
   *
   * @param system the operating system's proxies, where they can be asked for
   */
  static ProxyRoutes of(
      HubSettings settings, Map<String, String> environment, Optional<ProxySelector> system)
      throws HubException {
    if (settings.direct()) {
      return none();
    }
    if (settings.proxy().isPresent()) {
      return new ProxyRoutes(
          Optional.of(gate(settings.proxy().get().toString(), WORDS.text("badProxy.itsAddress"))),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());
    }
    Optional<Gate> other = gate(environment, "all_proxy");
    List<String> direct = new ArrayList<>();
    for (String name : value(environment, "no_proxy").orElse("").split("[,\\s]+")) {
      if (!name.isEmpty()) {
        direct.add(name.toLowerCase(Locale.ROOT));
      }
    }
    Optional<Gate> forHttps = gate(environment, "https_proxy").or(() -> other);
    Optional<Gate> forHttp = gate(environment, "http_proxy").or(() -> other);
    boolean named = forHttps.isPresent() || forHttp.isPresent();
    return new ProxyRoutes(
        Optional.empty(), forHttps, forHttp, direct, named ? Optional.empty() : system);
  }

  /** No proxy for anything. */
  static ProxyRoutes none() {
    return new ProxyRoutes(
        Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(gateFor(uri).map(Gate::proxy).orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request fails with the same failure, which is told there.
  }

  /** The value of {@code Proxy-Authorization} for a proxy, where its address holds a password. */
  Optional<String> authorization(Proxy proxy) {
    return List.of(forAll, forHttps, forHttp).stream()
        .flatMap(Optional::stream)
        .filter(gate -> gate.proxy().equals(proxy))
        .findFirst()
        .flatMap(Gate::authorization);
  }

  /** The proxy of a request as {@code host:port}, for messages. */
  Optional<String> describe(URI uri) {
    return gateFor(uri)
        .map(gate -> gate.address().getHostString() + ":" + gate.address().getPort());
  }

  private Optional<Gate> gateFor(URI uri) {
    if (forAll.isPresent()) {
      return forAll;
    }
    String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    if (isLoopback(host) || direct.stream().anyMatch(entry -> covers(entry, host, port))) {
      return Optional.empty();
    }
    return system.isPresent() ? ofSystem(uri) : secure ? forHttps : forHttp;
  }

  private Optional<Gate> ofSystem(URI uri) {
    return system.get().select(uri).stream()
        .findFirst()
        .filter(proxy -> proxy.address() instanceof InetSocketAddress)
        .map(proxy -> new Gate(proxy, Optional.empty()));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("[::1]")
        || host.equals("::1");
  }

  private static boolean covers(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    boolean sixGroups = entry.indexOf(':') != colon && !entry.startsWith("[");
    if (colon > 0 && !sixGroups && entry.substring(colon + 1).matches("[0-9]{1,5}")) {
      if (Integer.parseInt(entry.substring(colon + 1)) != port) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    name = name.replaceFirst("^\\*?\\.", "").replaceAll("[\\[\\]]", "");
    String plainHost = host.replaceAll("[\\[\\]]", "");
    return plainHost.equals(name) || plainHost.endsWith("." + name);
  }

  private static Optional<Gate> gate(Map<String, String> environment, String name)
      throws HubException {
    Optional<String> address = value(environment, name);
    return address.isPresent()
        ? Optional.of(gate(address.get(), name.toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private static Gate gate(String text, String source) throws HubException {
    int slashes = text.indexOf("://");
    String scheme = slashes < 0 ? "http" : text.substring(0, slashes).toLowerCase(Locale.ROOT);
    String rest = (slashes < 0 ? text : text.substring(slashes + 3)).replaceFirst("/.*$", "");
    int at = rest.lastIndexOf('@');
    String hostAndPort = rest.substring(at + 1);
    int colon = hostAndPort.lastIndexOf(':');
    boolean hasPort = colon > 0 && hostAndPort.substring(colon + 1).matches("[0-9]{1,5}");
    String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
    host = host.replaceAll("[\\[\\]]", "");
    boolean socks = scheme.matches("socks(4|4a|5|5h)?");
    int port = hasPort ? Integer.parseInt(hostAndPort.substring(colon + 1)) : socks ? 1080 : 80;
    if (host.isEmpty() || port > 65535 || host.matches(".*\\s.*")) {
      throw badProxy(source, WORDS.text("badProxy.notAnAddress"));
    }
    if (!socks && !scheme.equals("http")) {
      throw badProxy(source, WORDS.text("badProxy.scheme", scheme));
    }
    if (socks && at >= 0) {
      throw badProxy(source, WORDS.text("badProxy.socksPassword"));
    }
    Proxy proxy =
        new Proxy(
            socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
            InetSocketAddress.createUnresolved(host, port));
    return new Gate(proxy, at < 0 ? Optional.empty() : Optional.of(basic(rest.substring(0, at))));
  }

  private static String basic(String userInfo) {
    String[] parts = userInfo.split(":", 2);
    return Credentials.basic(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }

  private static HubException badProxy(String source, String why) {
    return new HubException(
        HubException.Reason.BAD_SETTING, WORDS.problem("badProxy", source, why), source, null);
  }
}
