package org.invoicelens.hub;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.invoicelens.stage.Cancellation;

/**
 * The connections of a run: every request under way has one of its own.
 *
 * <p>HTTP/1.1 is offered first. A server or proxy that refuses it in the TLS handshake is spoken to
 * in HTTP/2 from then on, each request at the same time again over a connection of its own instead
 * of a stream in a shared one. Thread-safe.
 */
final class HttpConnections implements AutoCloseable {

  private final OkHttpClient client;

  /** What {@link #breakOff} ends, with its client: in it until the body was read or closed. */
  private final Map<Call, OkHttpClient> calls = new ConcurrentHashMap<>();

  /**
   * The servers that speak only HTTP/2, by host and port, with the clients that none of their
   * requests uses at the moment. Each has a pool of its own, so a connection of its own.
   */
  private final Map<String, Queue<OkHttpClient>> http2 = new ConcurrentHashMap<>();

  /**
   * Connections that nothing has opened yet.
   *
   * @throws HubException where the proxy or the file of certificates is not usable
   */
  HttpConnections(HubSettings settings, ProxyRoutes routes) throws HubException {
    this(HttpClients.create(settings, routes));
  }

  /** Connections by a client that nobody else uses. */
  HttpConnections(OkHttpClient made) {
    client =
        made.newBuilder()
            .eventListener(
                new EventListener() {
                  @Override
                  public void callEnd(Call call) {
                    ended(call);
                  }

                  @Override
                  public void callFailed(Call call, IOException failure) {
                    ended(call);
                  }
                })
            .build();
  }

  /**
   * Sends a request and waits for the answer, whose body is still to be read. Close it.
   *
   * @throws IOException where no answer came
   */
  Response execute(Request request) throws IOException {
    Queue<OkHttpClient> idle = http2.get(server(request));
    if (idle != null) {
      return executeInHttp2(request, idle);
    }
    try {
      return execute(request, client);
    } catch (IOException failure) {
      if (!refusesHttp1(failure)) {
        throw failure;
      }
    }
    return executeInHttp2(
        request, http2.computeIfAbsent(server(request), _ -> new ConcurrentLinkedQueue<>()));
  }

  private Response executeInHttp2(Request request, Queue<OkHttpClient> idle) throws IOException {
    OkHttpClient rested = idle.poll();
    return execute(request, rested == null ? another() : rested);
  }

  private OkHttpClient another() {
    return client
        .newBuilder()
        .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
        .connectionPool(new ConnectionPool(1, 1, TimeUnit.MINUTES))
        .build();
  }

  private Response execute(Request request, OkHttpClient by) throws IOException {
    Call call = by.newCall(request);
    calls.put(call, by);
    Cancellation wish = request.tag(Cancellation.class);
    if (wish != null && wish.isCancelled()) {
      // Whoever made the wish before could not find the call yet.
      call.cancel();
    }
    return call.execute();
  }

  /** The connection is back in its client's pool by now. */
  private void ended(Call call) {
    OkHttpClient by = calls.remove(call);
    if (by != client) {
      http2.get(server(call.request())).add(by);
    }
  }

  /** Ends one request, wherever it is; nothing happens where it has ended. */
  void breakOff(Request request) {
    for (Call call : calls.keySet()) {
      if (call.request() == request) {
        call.cancel();
      }
    }
  }

  /** Ends all requests under way; further ones can be made. */
  void breakOff() {
    calls.keySet().forEach(Call::cancel);
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
    http2.values().stream()
        .flatMap(Queue::stream)
        .forEach(idle -> idle.connectionPool().evictAll());
  }

  private static String server(Request request) {
    HttpUrl url = request.url();
    return url.host() + ":" + url.port();
  }

  /**
   * Whether a server that was reached speaks other protocols than the one offered. Java has no type
   * for the alert. Where a host has several addresses, what happened at the others is suppressed.
   */
  private static boolean refusesHttp1(Throwable failure) {
    return (failure instanceof SSLException
            && String.valueOf(failure.getMessage()).contains("no_application_protocol"))
        || Stream.of(failure.getSuppressed()).anyMatch(HttpConnections::refusesHttp1);
  }
}
