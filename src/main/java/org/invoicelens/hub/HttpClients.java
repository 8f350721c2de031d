package org.invoicelens.hub;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** Makes the HTTP client of a run: its timeouts, trust, proxies and name. */
final class HttpClients {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
  private static final int IDLE_CONNECTIONS = 32;

  private HttpClients() {}

  /**
   * A client that follows no redirect by itself.
   *
   * <p>It speaks HTTP/1.1: ranges fetched at the same time then have a connection each, instead of
   * sharing one, and middleboxes know it best. {@link HttpConnections} knows what to do where a
   * server refuses it.
   *
   * @throws HubException where the proxy or the file of certificates is not usable
   */
  static OkHttpClient create(HubSettings settings, ProxyRoutes routes) throws HubException {
    Duration connect =
        settings.readTimeout().compareTo(CONNECT_TIMEOUT) < 0
            ? settings.readTimeout()
            : CONNECT_TIMEOUT;
    return create(settings, routes, connect);
  }

  /** As above, with a patience of its own for connections that are to come about. */
  static OkHttpClient create(HubSettings settings, ProxyRoutes routes, Duration connect)
      throws HubException {
    CertificateTrust trust = CertificateTrust.with(settings.caFile());
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, new TrustManager[] {trust}, null);
      return new OkHttpClient.Builder()
          .protocols(List.of(Protocol.HTTP_1_1))
          .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
          .sslSocketFactory(tls.getSocketFactory(), trust)
          .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
          .proxySelector(routes)
          .proxyAuthenticator((route, response) -> {
            boolean alreadyTried = response.request().header("Proxy-Authorization") != null;
            if (alreadyTried || route == null) {
              return null;
            }
            return routes
                .authorization(route.proxy())
                .map(value ->
                    response.request().newBuilder().header("Proxy-Authorization", value).build())
                .orElse(null);
          })
          .followRedirects(false)
          .followSslRedirects(false)
          .connectTimeout(connect)
          .readTimeout(settings.readTimeout())
          .writeTimeout(settings.readTimeout())
          .addInterceptor(chain ->
              chain.proceed(chain.request().newBuilder().header("User-Agent", userAgent()).build()))
          .build();
    } catch (GeneralSecurityException noTls) {
      throw new IllegalStateException("Java without TLS", noTls);
    }
  }

  private static String userAgent() {
    String version = HttpClients.class.getPackage().getImplementationVersion();
    return "InvoiceLens/" + (version == null ? "development" : version);
  }
}
