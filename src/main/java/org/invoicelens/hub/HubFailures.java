package org.invoicelens.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/**
 * Turns what went wrong on the way to the Hub into words and a reason.
 *
 * <p>The Hub says why in the headers {@code X-Error-Code} and {@code X-Error-Message}; where they
 * are missing, the status has to do. Addresses are told without their query, which may hold a
 * signature.
 */
final class HubFailures {

  private static final Words WORDS = Words.of(HubFailures.class);

  private static final Pattern RATE_LIMIT_RESET = Pattern.compile("\\bt=([0-9]{1,9})\\b");
  private static final Pattern NO_WAY =
      Pattern.compile(
          "network is (unreachable|down)|host is (unreachable|down)|connect timed out",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final HttpUrl endpoint;
  private final boolean hasToken;
  private final ProxyRoutes routes;

  /** Hosts that answered in this run. */
  private final Set<String> answered = ConcurrentHashMap.newKeySet();

  HubFailures(HttpUrl endpoint, boolean hasToken, ProxyRoutes routes) {
    this.endpoint = endpoint;
    this.hasToken = hasToken;
    this.routes = routes;
  }

  /** Notes that a host answers: where it is not found later, the way to it is lost. */
  void answered(HttpUrl url) {
    answered.add(url.host());
  }

  /** A request that got no answer, or one that broke off. */
  HubException of(HttpUrl url, IOException failure) {
    HubException told = told(url, failure);
    return isAboutTheWay(failure) && answered.contains(url.host()) ? told.withWayLost() : told;
  }

  /** Whether nobody at all answered, not even to refuse. */
  private static boolean isAboutTheWay(IOException failure) {
    if (causedBy(failure, UnknownHostException.class) != null
        || causedBy(failure, NoRouteToHostException.class) != null) {
      return true;
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      // Java has no types for these; the words are the system's, which come in English.
      if (t instanceof IOException && NO_WAY.matcher(String.valueOf(t.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  private HubException told(HttpUrl url, IOException failure) {
    String host = url.host();
    Optional<String> proxy = routes.describe(url.uri());
    if (causedBy(failure, CertificateException.class) != null
        || failure instanceof SSLPeerUnverifiedException) {
      return certificate(host, failure);
    }
    String text = String.valueOf(failure.getMessage());
    // The words of the HTTP client, which has no types for these.
    if (text.contains("authenticate with proxy")
        || text.contains("HTTP_PROXY_AUTH")
        || text.contains("Unexpected response code for CONNECT")) {
      return proxyRefused(host, proxy.orElse(""), failure);
    }
    Problem problem;
    if (causedBy(failure, UnknownHostException.class) != null) {
      boolean proxyUnknown =
          proxy.isPresent() && text.contains(proxy.get().replaceFirst(":[0-9]+$", ""));
      if (proxyUnknown) {
        return new HubException(
            Reason.PROXY, WORDS.problem("proxyUnknown", proxy.get()), text, failure);
      }
      problem = WORDS.problem("hostUnknown", host);
    } else if (causedBy(failure, ConnectException.class) != null
        || causedBy(failure, NoRouteToHostException.class) != null) {
      if (proxy.isPresent()) {
        return new HubException(
            Reason.PROXY, WORDS.problem("proxySilent", proxy.get()), text, failure);
      }
      problem = WORDS.problem("connectionRefused", host);
    } else if (failure instanceof SocketTimeoutException) {
      problem =
          WORDS.problem(
              proxy.isPresent() ? "silentThroughProxy" : "silent", host, proxy.orElse(""));
    } else if (failure instanceof SSLException) {
      problem =
          WORDS.problem(
              proxy.isPresent() ? "notSecureThroughProxy" : "notSecure", host, proxy.orElse(""));
    } else {
      problem =
          WORDS.problem(
              proxy.isPresent() ? "brokeOffThroughProxy" : "brokeOff", host, proxy.orElse(""));
    }
    return new HubException(Reason.NO_CONNECTION, problem, text, failure);
  }

  /** An answer with a status that is not success, to a request about a repository. */
  HubException of(Response response, String repoId, String revision, Optional<String> file) {
    int status = response.code();
    String code = response.header("X-Error-Code", "");
    String said = plain(response.header("X-Error-Message", ""));
    String detail =
        "HTTP "
            + status
            + " for "
            + withoutQuery(response.request().url())
            + (code.isEmpty() ? "" : ", " + plain(code))
            + (said.isEmpty() ? "" : ": " + said)
            + Optional.ofNullable(response.header("X-Request-Id"))
                .map(id -> ", request " + plain(id))
                .orElse("");
    if (status == 407) {
      String proxy = routes.describe(response.request().url().uri()).orElse("");
      return proxyRefused(response.request().url().host(), proxy, new IOException(detail));
    }
    if (status == 429 || status == 503) {
      Duration pause = retryAfter(response).orElse(null);
      return status == 429 ? rateLimited(detail, pause) : serverError(status, detail, pause);
    }
    if (status >= 500 || status == 408) {
      return serverError(status, detail, null);
    }
    if (!isEndpoint(response.request().url())) {
      return new HubException(
          Reason.ADDRESS_EXPIRED,
          WORDS.problem("addressExpired", response.request().url().host()),
          detail,
          null);
    }
    return switch (status) {
      case 401, 403 -> refused(status, code, said, repoId, detail);
      case 404, 410 -> notFound(code, repoId, revision, file, detail);
      default -> badAnswer(WORDS.text("badAnswer.status", String.valueOf(status)), detail);
    };
  }

  /** The Hub does not know the token at all. */
  HubException tokenInvalid(Response response) {
    return new HubException(
        Reason.TOKEN_REFUSED,
        WORDS.problem("tokenInvalid", endpoint.host()),
        "HTTP " + response.code() + " for " + withoutQuery(response.request().url()),
        null);
  }

  /**
   * An answer that is not what the protocol says.
   *
   * @param what what is wrong with it, as a sentence for the user
   */
  static HubException badAnswer(String what, String detail) {
    return new HubException(Reason.BAD_ANSWER, WORDS.problem("badAnswer", what), detail, null);
  }

  /** A web page where data was expected: what hotels and login portals send. */
  static HubException webPage(HttpUrl url) {
    return new HubException(
        Reason.BAD_ANSWER,
        WORDS.problem("webPage", url.host()),
        "HTML from " + withoutQuery(url),
        null);
  }

  /** Whether an address belongs to the endpoint itself: same scheme, host and port. */
  boolean isEndpoint(HttpUrl url) {
    return url.scheme().equals(endpoint.scheme())
        && url.host().equals(endpoint.host())
        && url.port() == endpoint.port();
  }

  static String withoutQuery(HttpUrl url) {
    return url.newBuilder().query(null).fragment(null).username("").password("").build().toString();
  }

  private HubException refused(int status, String code, String said, String repoId, String detail) {
    String page = endpoint.resolve("/" + repoId).toString();
    boolean gated = code.equals("GatedRepo");
    String lower = said.toLowerCase(Locale.ROOT);
    boolean aboutToken =
        lower.contains("fine-grained")
            || lower.contains("token")
            || lower.contains("credentials")
            || lower.contains("username or password");
    if (!hasToken) {
      if (code.equals("RepoNotFound")) {
        return repositoryNotFound(repoId, detail);
      }
      if (status == 403 && !gated) {
        return new HubException(
            Reason.ACCESS_NOT_GRANTED,
            WORDS.problem("accessRefused", endpoint.host(), repoId),
            detail,
            null);
      }
      String why = WORDS.text(gated ? "access.conditions" : "access.notPublic");
      return new HubException(
          Reason.TOKEN_NEEDED, WORDS.problem("tokenNeeded", repoId, why, page), detail, null);
    }
    if ((gated && !(status == 403 && lower.contains("fine-grained")) && status != 401)
        || (status == 403 && !aboutToken)) {
      String why = WORDS.text(lower.contains("review") ? "access.waiting" : "access.conditions");
      return new HubException(
          Reason.ACCESS_NOT_GRANTED,
          WORDS.problem("accessNotGranted", repoId, why, page),
          detail,
          null);
    }
    String why = WORDS.text(status == 401 ? "token.invalid" : "token.lacksRight");
    return new HubException(
        Reason.TOKEN_REFUSED, WORDS.problem("tokenRefused", repoId, why), detail, null);
  }

  private HubException notFound(
      String code, String repoId, String revision, Optional<String> file, String detail) {
    if (code.equals("RepoNotFound")) {
      return repositoryNotFound(repoId, detail);
    }
    if (code.equals("RevisionNotFound")
        || (code.isEmpty() && file.isEmpty() && !revision.isEmpty())) {
      return new HubException(
          Reason.REVISION_NOT_FOUND,
          WORDS.problem("revisionNotFound", repoId, plain(revision)),
          detail,
          null);
    }
    if (file.isPresent()) {
      return new HubException(
          Reason.FILE_NOT_FOUND, WORDS.problem("fileNotFound", file.get()), detail, null);
    }
    return repositoryNotFound(repoId, detail);
  }

  private HubException repositoryNotFound(String repoId, String detail) {
    return new HubException(
        Reason.REPOSITORY_NOT_FOUND,
        WORDS.problem(
            hasToken ? "repositoryNotFoundWithToken" : "repositoryNotFound",
            repoId,
            endpoint.host()),
        detail,
        null);
  }

  private static HubException rateLimited(String detail, Duration pause) {
    String seconds =
        pause == null ? "" : WORDS.text("rateLimited.pause", String.valueOf(pause.toSeconds()));
    return new HubException(
        Reason.RATE_LIMITED, WORDS.problem("rateLimited", seconds), detail, null, pause);
  }

  private HubException serverError(int status, String detail, Duration pause) {
    return new HubException(
        Reason.SERVER_ERROR,
        WORDS.problem("serverError", String.valueOf(status)),
        detail,
        null,
        pause);
  }

  private static HubException proxyRefused(String host, String proxy, IOException failure) {
    return new HubException(
        Reason.PROXY,
        WORDS.problem(proxy.isEmpty() ? "someProxyRefused" : "proxyRefused", host, proxy),
        String.valueOf(failure.getMessage()),
        failure);
  }

  private static HubException certificate(String host, IOException failure) {
    CertificateTrust.UntrustedIssuer untrusted =
        causedBy(failure, CertificateTrust.UntrustedIssuer.class);
    Problem problem;
    if (CertificateTrust.isAboutTime(failure)) {
      problem = WORDS.problem("certificateNotValidNow", host);
    } else if (untrusted != null) {
      problem = WORDS.problem("certificateUntrusted", host, plain(untrusted.issuer()));
    } else {
      problem = WORDS.problem("certificateOfAnother", host);
    }
    return new HubException(
        Reason.UNTRUSTED_CERTIFICATE, problem, String.valueOf(failure.getMessage()), failure);
  }

  /** What {@code Retry-After} or {@code RateLimit} says, never negative. */
  private static Optional<Duration> retryAfter(Response response) {
    String value = response.header("Retry-After", "").strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    if (!value.isEmpty()) {
      try {
        Instant until =
            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration pause = Duration.between(Instant.now(), until);
        return Optional.of(pause.isNegative() ? Duration.ZERO : pause);
      } catch (DateTimeParseException notADate) {
        return Optional.empty();
      }
    }
    Matcher reset = RATE_LIMIT_RESET.matcher(response.header("RateLimit", ""));
    return reset.find()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(reset.group(1))))
        : Optional.empty();
  }

  private static <T extends Throwable> T causedBy(Throwable failure, Class<T> kind) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return kind.cast(t);
      }
    }
    return null;
  }

  /** Text from the network for a message: one short line of ordinary characters. */
  static String plain(String text) {
    String line = text.replaceAll("[^\\x20-\\x7e]", " ").strip();
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
