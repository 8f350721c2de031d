package org.invoicelens.hub;

import java.io.IOException;
import java.net.URI;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Words;

/**
 * A small file of any server, which is reached as the Hub is: through the same proxies, trusting
 * the same certificates. No token and nothing about this computer goes with the request.
 */
public final class SmallFile {

  private static final Words WORDS = Words.of(SmallFile.class);

  private static final int MOST_REDIRECTS = 5;

  private SmallFile() {}

  /**
   * Fetches a file; follows redirects, but none from a secure to an insecure address.
   *
   * @param largest the most bytes that are taken
   * @throws HubException where it cannot be had, or is larger
   */
  public static byte[] fetch(URI address, HubSettings settings, int largest) throws HubException {
    HttpUrl url = HttpUrl.get(address.toString());
    if (settings.offline()) {
      throw new HubException(Reason.OFFLINE, WORDS.problem("offline"), "", null);
    }
    ProxyRoutes routes = ProxyRoutes.of(settings, System.getenv(), SystemProxies.selector());
    HubFailures failures = new HubFailures(url, false, routes);
    try (HttpConnections connections = new HttpConnections(settings, routes)) {
      for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
        try (Response response = connections.execute(new Request.Builder().url(url).build())) {
          HttpUrl next =
              response.isRedirect() ? url.resolve(response.header("Location", "")) : null;
          if (next == null) {
            return body(response, largest);
          }
          if (url.isHttps() && !next.isHttps()) {
            throw HubFailures.badAnswer(
                WORDS.text("badAnswer.insecureAddress", url.host()),
                HubFailures.withoutQuery(next));
          }
          url = next;
        } catch (IOException failure) {
          throw failures.of(url, failure);
        }
      }
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.circles", url.host()),
          "more than " + MOST_REDIRECTS + " redirects");
    }
  }

  private static byte[] body(Response response, int largest) throws IOException, HubException {
    HttpUrl url = response.request().url();
    if (response.code() != 200) {
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.status", String.valueOf(response.code())),
          "HTTP " + response.code() + " for " + HubFailures.withoutQuery(url));
    }
    BufferedSource source = response.body().source();
    if (source.request(largest + 1L)) {
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.tooLong", url.host()), HubFailures.withoutQuery(url));
    }
    return source.readByteArray();
  }
}
