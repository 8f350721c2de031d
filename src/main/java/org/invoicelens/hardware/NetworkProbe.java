package org.invoicelens.hardware;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries whether a Hub can be reached, by opening a connection to it or to the proxy that leads
 * there. Nothing is sent, so that nobody's name or token is.
 */
final class NetworkProbe {

  private static final Words WORDS = Words.of(NetworkProbe.class);
  private static final Logger log = LoggerFactory.getLogger(NetworkProbe.class);

  private static final Set<String> YES = Set.of("1", "on", "yes", "true");

  private final Map<String, String> environment;
  private final Duration limit;

  NetworkProbe(Map<String, String> environment, Duration limit) {
    this.environment = environment;
    this.limit = limit;
  }

  /**
   * What an attempt brought.
   *
   * @param reached whether the connection was opened
   * @param target what was tried, such as {@code huggingface.co:443}
   * @param milliseconds how long it took
   * @param failure why it failed, as part of a sentence; empty where it did not
   */
  record Answer(boolean reached, String target, long milliseconds, String failure) {}

  /**
   * Whether the user wishes that nothing goes over the network ({@code HF_HUB_OFFLINE} or {@code
   * TRANSFORMERS_OFFLINE}).
   */
  boolean isOffline() {
    return Stream.of("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
        .map(name -> environment.getOrDefault(name, "").toLowerCase(Locale.ROOT))
        .anyMatch(YES::contains);
  }

  /** The Hub's address: that of {@code HF_ENDPOINT}, as for downloads, or the configured one. */
  URI endpoint(String configured) {
    return Optional.ofNullable(environment.get("HF_ENDPOINT"))
        .map(String::strip)
        .flatMap(NetworkProbe::uri)
        .filter(uri -> uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http"))
        .orElseGet(() -> URI.create(configured));
  }

  /** Opens and closes a connection; returns early where cancelled. */
  Answer reach(URI endpoint, Cancellation cancellation) {
    Optional<InetSocketAddress> proxy = proxy(endpoint);
    InetSocketAddress target = proxy.orElseGet(() -> address(endpoint, port(endpoint)));
    String address = target.getHostString() + ":" + target.getPort();
    String name = proxy.isPresent() ? WORDS.text("probe.proxy", address) : address;
    long start = System.nanoTime();
    FutureTask<Void> attempt =
        new FutureTask<>(() -> {
          connect(target);
          return null;
        });
    Thread.ofVirtual().start(attempt);
    String failure;
    Cancellation.Registration registration = cancellation.onCancel(() -> attempt.cancel(true));
    try {
      attempt.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      failure = "";
    } catch (TimeoutException e) {
      attempt.cancel(true);
      failure = WORDS.text("probe.silent", String.valueOf(limit.toSeconds()));
    } catch (ExecutionException e) {
      log.info("{} was not reached: {}", name, e.getCause().toString());
      failure =
          switch (e.getCause()) {
            case UnknownHostException _ -> WORDS.text("probe.unknownName");
            case ConnectException _ -> WORDS.text("probe.refused");
            default -> WORDS.text("probe.noConnection");
          };
    } catch (CancellationException e) {
      failure = WORDS.text("probe.stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = WORDS.text("probe.stopped");
    } finally {
      registration.close();
    }
    long milliseconds = (System.nanoTime() - start) / 1_000_000;
    return new Answer(failure.isEmpty(), name, milliseconds, failure);
  }

  /** The name is looked up here, on the thread that may be left behind. */
  private void connect(InetSocketAddress target) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(target.getHostString(), target.getPort()),
          Math.toIntExact(limit.toMillis()));
    }
  }

  /** The proxy the environment names for an address, by the rules curl made common. */
  Optional<InetSocketAddress> proxy(URI endpoint) {
    if (isExempt(endpoint)) {
      return Optional.empty();
    }
    return variable(endpoint.getScheme() + "_proxy")
        .or(() -> variable("all_proxy"))
        .map(text -> text.contains("://") ? text : "http://" + text)
        .flatMap(NetworkProbe::uri)
        .filter(uri -> uri.getHost() != null)
        .map(uri -> address(uri, proxyPort(uri)));
  }

  private static int proxyPort(URI proxy) {
    if (proxy.getPort() > 0) {
      return proxy.getPort();
    }
    return proxy.getScheme().startsWith("socks") ? 1080 : 80;
  }

  private boolean isExempt(URI endpoint) {
    String host = host(endpoint);
    for (String entry : variable("no_proxy").orElse("").split("[,\\s]+")) {
      String domain = entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (entry.equals("*")
          || (!domain.isEmpty()
              && (host.equals(domain)
                  || host.endsWith("." + domain)
                  || (host + ":" + port(endpoint)).equals(domain)))) {
        return true;
      }
    }
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(text -> !text.isBlank());
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(URI.create(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static InetSocketAddress address(URI uri, int port) {
    return InetSocketAddress.createUnresolved(host(uri), port);
  }

  private static String host(URI uri) {
    return uri.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
  }

  private static int port(URI uri) {
    return uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443;
  }
}
