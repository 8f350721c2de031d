package org.invoicelens.hub;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/**
 * The connections to a server that is no Hub but is reached as the Hub is: through the same
 * proxies, trusting the same certificates. Its own key goes with every request, and nothing else
 * about the user; redirects are not followed. Thread-safe.
 */
public final class ServerConnections implements AutoCloseable {

  private static final MediaType JSON = MediaType.get("application/json");

  private final HttpUrl server;
  private final Optional<AccessToken> key;
  private final ProxyRoutes routes;
  private final HubFailures failures;
  private final HttpConnections connections;

  /**
   * Connections that nothing has opened yet.
   *
   * @param server the beginning of all addresses, without a slash at the end
   * @param key opens the server, where it wants one
   * @param settings its proxy and certificates count; its token does not
   * @param connect how long a connection may take to come about
   * @param silence how long an answer may stay away where it says nothing else
   * @throws HubException where the proxy or the file of certificates is not usable
   */
  public ServerConnections(
      URI server,
      Optional<AccessToken> key,
      HubSettings settings,
      Duration connect,
      Duration silence)
      throws HubException {
    this.server = HttpUrl.get(server.toString());
    this.key = key;
    this.routes = ProxyRoutes.of(settings, System.getenv(), SystemProxies.selector());
    this.failures = new HubFailures(this.server, key.isPresent(), routes);
    this.connections =
        new HttpConnections(HttpClients.create(settings.withReadTimeout(silence), routes, connect));
  }

  /** The proxy that requests take, without its password. */
  public Optional<String> proxy() {
    return routes.describe(server.uri());
  }

  /**
   * Asks for what lies at a path.
   *
   * @param path with a slash in front
   */
  public ServerAnswer get(String path, Cancellation cancellation)
      throws HubException, CancelledException {
    return send(request(path, cancellation).build(), cancellation);
  }

  /**
   * Sends JSON to a path.
   *
   * @param json UTF-8
   */
  public ServerAnswer post(String path, byte[] json, Cancellation cancellation)
      throws HubException, CancelledException {
    return send(
        request(path, cancellation).post(RequestBody.create(json, JSON)).build(), cancellation);
  }

  private Request.Builder request(String path, Cancellation cancellation) {
    Request.Builder request =
        new Request.Builder().url(HttpUrl.get(server + path)).tag(Cancellation.class, cancellation);
    key.ifPresent(secret -> request.header("Authorization", secret.authorization()));
    return request;
  }

  private ServerAnswer send(Request request, Cancellation cancellation)
      throws HubException, CancelledException {
    cancellation.throwIfCancelled();
    Cancellation.Registration stop = cancellation.onCancel(() -> connections.breakOff(request));
    try {
      Response response = connections.execute(request);
      failures.answered(request.url());
      return new ServerAnswer(response, failures, cancellation, stop);
    } catch (IOException failure) {
      stop.close();
      cancellation.throwIfCancelled();
      throw failures.of(request.url(), failure);
    }
  }

  @Override
  public void close() {
    connections.breakOff();
    connections.close();
  }
}
