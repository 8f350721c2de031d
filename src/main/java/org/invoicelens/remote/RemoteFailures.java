package org.invoicelens.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.ServerAnswer;
import org.invoicelens.remote.RemoteException.Reason;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;

/**
 * Turns what went wrong between this computer and a server into words and a reason.
 *
 * <p>A server of this protocol says in {@code error.message} what it does not want; vLLM did so in
 * {@code message} before, and what stands before it may say it in {@code detail}, or in HTML.
 */
final class RemoteFailures {

  private static final Words WORDS = Words.of(RemoteFailures.class);

  private static final int LONGEST_REFUSAL = 64 << 10;
  private static final int LONGEST_SAID = 300;
  private static final int MOST_NAMES = 10;

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "maximum context length|context length|context window|max_model_len|too many tokens"
              + "|prompt .{0,40}too long|longer than the maximum model length",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TOO_MANY_PAGES =
      Pattern.compile("at most ([0-9]{1,4}) (image|multimodal)", Pattern.CASE_INSENSITIVE);

  private final RemoteServer server;
  private final Optional<AccessToken> key;

  RemoteFailures(RemoteServer server, Optional<AccessToken> key) {
    this.server = server;
    this.key = key;
  }

  /** No answer came, or it broke off. */
  RemoteException of(HubException failure) {
    Reason reason =
        switch (failure.reason()) {
          case UNTRUSTED_CERTIFICATE -> Reason.UNTRUSTED_CERTIFICATE;
          case PROXY -> Reason.PROXY;
          case BAD_ANSWER -> Reason.BAD_ANSWER;
          case NO_CONNECTION -> lost(failure.getCause());
          default -> Reason.UNREACHABLE;
        };
    return switch (reason) {
      case STALLED -> stalled(failure);
      case BROKEN_OFF -> brokenOff(failure.detail(), failure);
      case BAD_ANSWER -> badAnswer("answer.tooLong", failure.detail());
      default -> new RemoteException(reason, failure.problem(), failure.detail(), failure);
    };
  }

  /** What became of a connection: it never came about, it fell silent, or it broke. */
  private static Reason lost(Throwable failure) {
    boolean silent = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnknownHostException
          || t instanceof ConnectException
          || t instanceof NoRouteToHostException
          || t instanceof SSLException) {
        return Reason.UNREACHABLE;
      }
      silent = silent || t instanceof SocketTimeoutException;
    }
    // Java has one type for both silences; the words are its own, in English.
    String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return silent
        ? words.contains("connect") ? Reason.UNREACHABLE : Reason.STALLED
        : Reason.BROKEN_OFF;
  }

  /** Nothing came for longer than is waited. */
  RemoteException stalled(Throwable cause) {
    return new RemoteException(
        Reason.STALLED, WORDS.problem("stalled", server.host()), String.valueOf(cause), cause);
  }

  /** The answer has no end. */
  RemoteException brokenOff(String detail, Throwable cause) {
    return new RemoteException(
        Reason.BROKEN_OFF, WORDS.problem("brokenOff", server.host()), detail, cause);
  }

  /** An answer that is not what the protocol says. */
  RemoteException badAnswer(String key, String detail) {
    return new RemoteException(
        Reason.BAD_ANSWER,
        WORDS.problem("badAnswer", server.host(), WORDS.text(key)),
        plain(detail),
        null);
  }

  /** An answer with a status that is not success; its body is read. */
  RemoteException of(ServerAnswer answer) throws CancelledException {
    String body;
    try {
      long until = System.nanoTime() + server.timeouts().idle().toNanos();
      body = answer.text(until, LONGEST_REFUSAL);
    } catch (HubException | ServerAnswer.TooSlow broken) {
      body = "";
    }
    if (answer.status() >= 300 && answer.status() < 400) {
      String target = answer.header("Location").map(this::plain).orElse("");
      return new RemoteException(
          Reason.NOT_FOUND,
          WORDS.problem("redirected", server.address(), target),
          "HTTP " + answer.status(),
          null);
    }
    return of(answer.status(), said(body), retryAfter(answer));
  }

  /** A failure that the server tells of in an answer that had begun well. */
  RemoteException of(JsonObject error) {
    int status = 500;
    if (error.get("code") instanceof JsonElement code
        && code.isJsonPrimitive()
        && code.getAsString().matches("[45][0-9]{2}")) {
      status = code.getAsInt();
    }
    return of(status, said(error), Optional.empty());
  }

  private RemoteException of(int status, String said, Optional<Duration> pause) {
    String detail = "HTTP " + status + (said.isEmpty() ? "" : ": " + said);
    String host = server.host();
    return switch (status) {
      case 401 ->
          // A server may repeat a part of the key, so nothing of what it says is told.
          new RemoteException(
              Reason.KEY_REFUSED,
              WORDS.problem(key.isPresent() ? "keyRefused" : "keyWanted", host),
              "HTTP 401",
              null);
      case 403 ->
          new RemoteException(
              Reason.KEY_REFUSED, WORDS.problem("forbidden", host), "HTTP 403", null);
      case 404, 405, 410 ->
          said.contains(server.model())
              ? notServed(List.of(), detail)
              : new RemoteException(
                  Reason.NOT_FOUND, WORDS.problem("notFound", server.address()), detail, null);
      case 407 ->
          new RemoteException(Reason.PROXY, WORDS.problem("proxyRefused", host), detail, null);
      case 413 ->
          new RemoteException(
              Reason.REQUEST_TOO_LARGE, WORDS.problem("tooLarge", host), detail, null);
      case 429 ->
          new RemoteException(
              Reason.BUSY,
              WORDS.problem("busy", host, pauseWords(pause)),
              detail,
              null,
              pause.orElse(null));
      default ->
          status >= 500 || status == 408
              ? new RemoteException(
                  Reason.SERVER_ERROR,
                  WORDS.problem("serverError", host, String.valueOf(status)),
                  detail,
                  null,
                  pause.orElse(null))
              : refused(said, detail);
    };
  }

  private RemoteException refused(String said, String detail) {
    Matcher pages = TOO_MANY_PAGES.matcher(said);
    if (pages.find()) {
      return RemoteException.tooManyPages(
          Integer.parseInt(pages.group(1)),
          WORDS.problem("tooManyPages", server.host(), pages.group(1)),
          detail);
    }
    if (TOO_LONG.matcher(said).find()) {
      return new RemoteException(
          Reason.PROMPT_TOO_LONG, WORDS.problem("tooLong", server.host()), detail, null);
    }
    return new RemoteException(
        Reason.REFUSED,
        WORDS.problem("refused", server.host(), said.isEmpty() ? detail : said),
        detail,
        null);
  }

  /**
   * The server has no such model.
   *
   * @param served what it has; empty where that is not known
   */
  RemoteException notServed(List<String> served, String detail) {
    String names = String.join(", ", served.stream().limit(MOST_NAMES).map(this::plain).toList());
    return new RemoteException(
        Reason.MODEL_NOT_SERVED,
        WORDS.problem(
            served.isEmpty() ? "notServedAny" : "notServed",
            server.host(),
            plain(server.model()),
            names + (served.size() > MOST_NAMES ? ", …" : "")),
        plain(detail),
        null);
  }

  /** A web page where data was expected. */
  RemoteException webPage() {
    return new RemoteException(
        Reason.BAD_ANSWER, WORDS.problem("webPage", server.host()), "HTML", null);
  }

  private static String pauseWords(Optional<Duration> pause) {
    return pause.map(time -> WORDS.text("busy.pause", String.valueOf(time.toSeconds()))).orElse("");
  }

  private String said(String body) {
    try {
      JsonElement json = JsonParser.parseString(body);
      return json.isJsonObject() ? said(json.getAsJsonObject()) : "";
    } catch (RuntimeException notJson) {
      return "";
    }
  }

  private String said(JsonObject json) {
    if (json.get("error") instanceof JsonObject error) {
      return said(error);
    }
    for (String name : new String[] {"message", "error", "detail"}) {
      JsonElement text = json.get(name);
      if (text != null && !text.isJsonNull()) {
        return plain(text.isJsonPrimitive() ? text.getAsString() : text.toString());
      }
    }
    return "";
  }

  /** Text from the network for a message: one short line, without the key. */
  String plain(String text) {
    String line =
        text.codePoints()
            .map(c ->
                Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .strip();
    String hidden = key.map(secret -> secret.hiddenIn(line)).orElse(line);
    return hidden.length() > LONGEST_SAID ? hidden.substring(0, LONGEST_SAID) + "…" : hidden;
  }

  private static Optional<Duration> retryAfter(ServerAnswer answer) {
    String value = answer.header("Retry-After").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration pause = Duration.between(Instant.now(), until);
      return Optional.of(pause.isNegative() ? Duration.ZERO : pause);
    } catch (DateTimeParseException notADate) {
      return Optional.empty();
    }
  }
}
