package org.invoicelens.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.hub.ServerAnswer;
import org.invoicelens.hub.ServerConnections;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.remote.ChatQuestion.Extras;
import org.invoicelens.remote.RemoteException.Reason;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that answers questions about pages: {@code POST /chat/completions}, streamed, and {@code
 * GET /models}.
 *
 * <p>A question is asked again after a fault that may pass, at most so often as configured, and
 * without what the server does not know: the form of the answer, the probabilities of its tokens,
 * their count. Thread-safe: as many questions as configured are asked at once, further ones wait.
 */
public final class ChatServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChatServer.class);

  private static final Words WORDS = Words.of(ChatServer.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_OWN_PAUSE = Duration.ofSeconds(8);

  /** A server that asks for a longer pause than this is not waited for. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private static final int LONGEST_LISTING = 4 << 20;
  private static final int LONGEST_ANSWER = 8 << 20;
  private static final String END = "[DONE]";

  private final RemoteServer server;
  private final RemoteFailures failures;
  private final ServerConnections connections;
  private final Pause pause;
  private final Semaphore free;

  /** What the server is known to take. */
  private volatile Extras known = Extras.ALL;

  ChatServer(
      RemoteServer server, HubSettings settings, Map<String, String> environment, Pause pause)
      throws RemoteException {
    Optional<AccessToken> key = ServerKey.read(server, environment);
    this.server = server;
    this.failures = new RemoteFailures(server, key);
    this.pause = pause;
    this.free = new Semaphore(server.connections(), true);
    try {
      this.connections =
          new ServerConnections(
              server.address(),
              key,
              settings,
              server.timeouts().connect(),
              server.timeouts().firstToken());
    } catch (HubException badSetting) {
      throw failures.of(badSetting);
    }
  }

  /**
   * A server that nothing was asked yet.
   *
   * @param settings the proxy and the certificates that count
   * @throws RemoteException where its key cannot be read, or a setting is not usable
   */
  public static ChatServer open(RemoteServer server, HubSettings settings) throws RemoteException {
    return new ChatServer(server, settings, System.getenv(), Pause.REAL);
  }

  /** The proxy on the way, without its password; empty where there is none. */
  public Optional<String> proxy() {
    return connections.proxy();
  }

  /** The names of the models that the server has. */
  public List<String> models(Cancellation cancellation) throws RemoteException, CancelledException {
    for (int attempt = 0; ; attempt++) {
      try {
        return listing(cancellation);
      } catch (RemoteException e) {
        waitAfter(e, attempt, TokenListener.NONE, cancellation);
      }
    }
  }

  /**
   * Makes sure that the server has the configured model.
   *
   * @throws RemoteException with {@code MODEL_NOT_SERVED} where it has others
   */
  public void requireModel(Cancellation cancellation) throws RemoteException, CancelledException {
    List<String> served = models(cancellation);
    if (!served.contains(server.model())) {
      throw failures.notServed(served, served.toString());
    }
  }

  private List<String> listing(Cancellation cancellation)
      throws RemoteException, CancelledException {
    try (ServerAnswer answer = connections.get("/models", cancellation)) {
      requireData(answer);
      String body = answer.text(firstToken(), LONGEST_LISTING);
      List<String> names = new ArrayList<>();
      try {
        for (JsonElement model :
            JsonParser.parseString(body).getAsJsonObject().getAsJsonArray("data")) {
          names.add(model.getAsJsonObject().get("id").getAsString());
        }
      } catch (RuntimeException otherForm) {
        // Whatever another form provokes means the same here.
        throw failures.badAnswer("answer.noListing", body);
      }
      return names;
    } catch (HubException e) {
      throw failures.of(e);
    } catch (ServerAnswer.TooSlow late) {
      throw failures.stalled(late);
    }
  }

  /** When something of an answer has to be there, on the clock of {@link System#nanoTime}. */
  private long firstToken() {
    return System.nanoTime() + server.timeouts().firstToken().toNanos();
  }

  /**
   * Asks about pages and waits for the whole answer.
   *
   * @param system the instruction in front; may be empty
   * @param pages as the model is to see them
   * @param listener hears of every piece as it comes, and where the question is asked again
   */
  public ServerReply ask(
      String system,
      String user,
      List<BufferedImage> pages,
      GenerationOptions options,
      TokenListener listener,
      Cancellation cancellation)
      throws RemoteException, CancelledException {
    ChatQuestion question = ChatQuestion.of(system, user, pages, options);
    waitForTurn(cancellation);
    try {
      return ask(question, listener, cancellation);
    } finally {
      free.release();
    }
  }

  private void waitForTurn(Cancellation cancellation) throws CancelledException {
    try {
      while (!free.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        cancellation.throwIfCancelled();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  private ServerReply ask(ChatQuestion question, TokenListener listener, Cancellation cancellation)
      throws RemoteException, CancelledException {
    Extras extras = known;
    int attempt = 0;
    while (true) {
      try {
        ChatAnswer answer = answer(question, extras, listener, cancellation);
        GenerationResult result = answer.result(question.options().schema());
        known = extras;
        return new ServerReply(result, notes(question, extras, result));
      } catch (RemoteException e) {
        Extras fewer = extras.without(refused(e));
        if (fewer.equals(extras)) {
          waitAfter(e, attempt++, listener, cancellation);
        } else {
          log.info("{} is asked without what it refuses: {}", server.host(), e.detail());
          extras = fewer;
        }
      }
    }
  }

  private List<String> notes(ChatQuestion question, Extras extras, GenerationResult result) {
    boolean held =
        question
            .options()
            .schema()
            // A server may take the form and not keep to it.
            .map(schema -> extras.form() && schema.allows(result.text()))
            .orElse(true);
    return held ? List.of() : List.of(WORDS.text("note.noForm", server.host()));
  }

  /** What the server does not take, by its words; all where they do not tell. */
  private static Extras refused(RemoteException e) {
    if (e.reason() != Reason.REFUSED) {
      return new Extras(false, false, false);
    }
    String said = e.detail().toLowerCase(Locale.ROOT);
    boolean form =
        said.contains("response_format")
            || said.contains("schema")
            || said.contains("guided")
            || said.contains("grammar")
            || said.contains("structured");
    boolean probabilities = said.contains("logprobs");
    boolean usage = said.contains("stream_options") || said.contains("include_usage");
    return form || probabilities || usage ? new Extras(form, probabilities, usage) : Extras.ALL;
  }

  /** Waits before the next attempt; throws the failure where there is none. */
  private void waitAfter(
      RemoteException e, int attempt, TokenListener listener, Cancellation cancellation)
      throws RemoteException, CancelledException {
    Duration time = e.retryAfter().orElseGet(() -> ownPause(attempt));
    if (!e.isPassing() || attempt >= server.maxRetries() || time.compareTo(LONGEST_PAUSE) > 0) {
      throw e;
    }
    log.info("{} is asked again in {}: {} {}", server.host(), time, e.reason(), e.detail());
    listener.onRestart(
        WORDS.text("again", e.problem().what(), String.valueOf(attempt + 1), server.maxRetries()));
    pause.take(time, cancellation);
  }

  /** Twice as long each time, and a little more so that not all ask again at once. */
  private static Duration ownPause(int attempt) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, 10));
    Duration pause = doubled.compareTo(LONGEST_OWN_PAUSE) > 0 ? LONGEST_OWN_PAUSE : doubled;
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1));
  }

  private ChatAnswer answer(
      ChatQuestion question, Extras extras, TokenListener listener, Cancellation cancellation)
      throws RemoteException, CancelledException {
    byte[] body = question.json(server.model(), extras);
    ChatAnswer growing = new ChatAnswer(failures, listener);
    try (ServerAnswer answer = connections.post("/chat/completions", body, cancellation)) {
      requireData(answer);
      if (answer.contentType().equals("text/event-stream")) {
        listen(new EventStream(answer, failures), growing);
      } else {
        growing.add(answer.text(firstToken(), LONGEST_ANSWER));
      }
      return growing;
    } catch (HubException e) {
      throw failures.of(e);
    } catch (ServerAnswer.TooSlow late) {
      throw failures.stalled(late);
    }
  }

  private void listen(EventStream events, ChatAnswer growing)
      throws RemoteException, HubException, CancelledException {
    long until = firstToken();
    try {
      while (true) {
        Optional<String> event = events.next(until);
        if (event.isEmpty() || event.get().equals(END)) {
          return;
        }
        if (growing.add(event.get())) {
          until = System.nanoTime() + server.timeouts().idle().toNanos();
        }
      }
    } catch (ServerAnswer.TooSlow late) {
      if (!growing.isFinished()) {
        throw failures.stalled(late);
      }
    } catch (HubException broken) {
      // What follows the end of an answer is only its count.
      if (!growing.isFinished()) {
        throw broken;
      }
    }
  }

  private void requireData(ServerAnswer answer) throws RemoteException, CancelledException {
    if (answer.status() != 200) {
      throw failures.of(answer);
    }
    if (answer.contentType().equals("text/html")) {
      throw failures.webPage();
    }
  }

  /** Breaks off what is being asked, and closes all connections. */
  @Override
  public void close() {
    connections.close();
  }
}
