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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Problem;

/**
 * Turns what went wrong on the way to the Hub into words and a reason.
 *
 * <p>The Hub says why in the headers {@code X-Error-Code} and {@code X-Error-Message}; where they
 * are missing, the status has to do. Addresses are told without their query, which may hold a
 * signature.
 */
final class HubFailures {

  private static final Pattern RATE_LIMIT_RESET = Pattern.compile("\\bt=([0-9]{1,9})\\b");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final HttpUrl endpoint;
  private final boolean hasToken;
  private final ProxyRoutes routes;

  HubFailures(HttpUrl endpoint, boolean hasToken, ProxyRoutes routes) {
    this.endpoint = endpoint;
    this.hasToken = hasToken;
    this.routes = routes;
  }

  /** A request that got no answer, or one that broke off. */
  HubException of(HttpUrl url, IOException failure) {
    String host = url.host();
    Optional<String> proxy = routes.describe(url.uri());
    String way = proxy.map(p -> " through the proxy " + p).orElse("");
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
            Reason.PROXY,
            new Problem(
                "The proxy " + proxy.get() + " was not found.",
                "No request reaches the network through it.",
                "Correct the proxy's address in the settings."),
            text,
            failure);
      }
      problem =
          new Problem(
              "The address of " + host + " was not found.",
              "This computer has no network, or its network does not know that name.",
              "Check the network connection and the name of the server, then try again.");
    } else if (causedBy(failure, ConnectException.class) != null
        || causedBy(failure, NoRouteToHostException.class) != null) {
      if (proxy.isPresent()) {
        return new HubException(
            Reason.PROXY,
            new Problem(
                "The proxy " + proxy.get() + " does not answer.",
                "No request reaches the network through it.",
                "Check the proxy in the settings, or leave it out."),
            text,
            failure);
      }
      problem =
          new Problem(
              host + " refuses the connection.",
              "The server is not running, or a firewall is in the way.",
              "Check the address of the server; in a company, ask for access to " + host + ".");
    } else if (failure instanceof SocketTimeoutException) {
      problem =
          new Problem(
              host + " stayed silent" + way + ".",
              "The connection was closed after waiting.",
              "Try again later; what has arrived is kept.");
    } else if (failure instanceof SSLException) {
      problem =
          new Problem(
              "No secure connection to " + host + " came about" + way + ".",
              "The server or something on the way does not speak TLS 1.2 or later.",
              "Try another network, or ask the people who run yours.");
    } else {
      problem =
          new Problem(
              "The connection to " + host + way + " broke off.",
              "",
              "Check the network connection and try again; what has arrived is kept.");
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
          new Problem(
              response.request().url().host() + " refuses a file that the Hub sent us to.",
              "The address may have expired, or a firewall lets only the Hub itself through.",
              "Try again; in a company, ask for access to "
                  + response.request().url().host()
                  + "."),
          detail,
          null);
    }
    return switch (status) {
      case 401, 403 -> refused(status, code, said, repoId, detail);
      case 404, 410 -> notFound(code, repoId, revision, file, detail);
      default ->
          badAnswer(
              "The server answered in a way that was not expected (HTTP " + status + ").", detail);
    };
  }

  /** An answer that is not what the protocol says. */
  static HubException badAnswer(String what, String detail) {
    return new HubException(
        Reason.BAD_ANSWER,
        new Problem(
            what,
            "Something between this computer and the Hub may have answered in its place.",
            "Check the address of the server and the network, then try again."),
        detail,
        null);
  }

  /** A web page where data was expected: what hotels and login portals send. */
  static HubException webPage(HttpUrl url) {
    return new HubException(
        Reason.BAD_ANSWER,
        new Problem(
            "A web page came from " + url.host() + " where data was expected.",
            "This network probably wants you to log in first, or the address is not a Hub.",
            "Open any page in a browser, log in to the network, then try again."),
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
            new Problem(
                endpoint.host() + " refuses access to " + repoId + ".",
                "The server or a firewall on the way does not let this computer read it.",
                "Ask the people who run your network or that server."),
            detail,
            null);
      }
      return new HubException(
          Reason.TOKEN_NEEDED,
          new Problem(
              "The Hub wants to know who asks for " + repoId + ".",
              gated
                  ? "Its owner gives access only to people who have accepted the conditions."
                  : "The model is not public, or its name is written differently.",
              "Check the name. If it is right, accept the conditions at "
                  + page
                  + ", make a token with read access and set it as HF_TOKEN."),
          detail,
          null);
    }
    if ((gated && !(status == 403 && lower.contains("fine-grained")) && status != 401)
        || (status == 403 && !aboutToken)) {
      return new HubException(
          Reason.ACCESS_NOT_GRANTED,
          new Problem(
              "Your account may not read " + repoId + " yet.",
              said.toLowerCase(Locale.ROOT).contains("review")
                  ? "Your request waits for the owner's answer."
                  : "Its owner gives access only to people who have accepted the conditions.",
              "Open " + page + ", accept the conditions, and try again when access is granted."),
          detail,
          null);
    }
    return new HubException(
        Reason.TOKEN_REFUSED,
        new Problem(
            "The Hub refuses your token for " + repoId + ".",
            status == 401
                ? "The token is wrong, has expired or was withdrawn."
                : "The token lacks the right to read gated repositories.",
            "Make a new token with read access to gated repositories and set it as HF_TOKEN."),
        detail,
        null);
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
          new Problem(
              repoId + " has no revision " + plain(revision) + ", or there is no such model.",
              "",
              "Check the name and the revision in the configuration; the usual one is main."),
          detail,
          null);
    }
    if (file.isPresent()) {
      return new HubException(
          Reason.FILE_NOT_FOUND,
          new Problem(
              "The server lists " + file.get() + " but does not have it.",
              "The copy of the model there is not complete.",
              "Try again later or use another server."),
          detail,
          null);
    }
    return repositoryNotFound(repoId, detail);
  }

  private HubException repositoryNotFound(String repoId, String detail) {
    return new HubException(
        Reason.REPOSITORY_NOT_FOUND,
        new Problem(
            "There is no model " + repoId + " at " + endpoint.host() + ".",
            hasToken
                ? "The name is written differently, or your account may not see it."
                : "The name is written differently, or the model is private.",
            "Check repo_id in the configuration"
                + (hasToken ? "." : "; for a private model set a token as HF_TOKEN.")),
        detail,
        null);
  }

  private static HubException rateLimited(String detail, Duration pause) {
    return new HubException(
        Reason.RATE_LIMITED,
        new Problem(
            "The Hub asks for a pause: too many requests came from this network.",
            pause == null ? "" : "It names " + pause.toSeconds() + " seconds.",
            "Wait a few minutes and try again; with a token (HF_TOKEN) the limit is higher."),
        detail,
        null,
        pause);
  }

  private HubException serverError(int status, String detail, Duration pause) {
    return new HubException(
        Reason.SERVER_ERROR,
        new Problem(
            "The server has a fault of its own (HTTP " + status + ").",
            "Nothing is wrong with this computer.",
            "Try again in a few minutes; what has arrived is kept."),
        detail,
        null,
        pause);
  }

  private static HubException proxyRefused(String host, String proxy, IOException failure) {
    return new HubException(
        Reason.PROXY,
        new Problem(
            "The proxy "
                + (proxy.isEmpty() ? "" : proxy + " ")
                + "does not let the request to "
                + host
                + " through.",
            "It may want a user name and a password, or not allow this server.",
            "Set the proxy as http://user:password@host:port, or ask for access to " + host + "."),
        String.valueOf(failure.getMessage()),
        failure);
  }

  private static HubException certificate(String host, IOException failure) {
    CertificateTrust.UntrustedIssuer untrusted =
        causedBy(failure, CertificateTrust.UntrustedIssuer.class);
    Problem problem;
    if (CertificateTrust.isAboutTime(failure)) {
      problem =
          new Problem(
              "The certificate of " + host + " is not valid today.",
              "It has expired, or the clock of this computer is wrong.",
              "Check date and time of this computer, then try again.");
    } else if (untrusted != null) {
      problem =
          new Problem(
              "The certificate of "
                  + host
                  + " was issued by "
                  + plain(untrusted.issuer())
                  + ", which this computer does not trust.",
              "Many companies inspect traffic with a certificate of their own.",
              "Ask for that certificate as a PEM file and choose it as the file of trusted"
                  + " certificates (--ca-file).");
    } else {
      problem =
          new Problem(
              "The certificate shown for " + host + " belongs to another server.",
              "Something on the way answers in its place.",
              "Check the address, try another network, or ask the people who run yours.");
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
  private static String plain(String text) {
    String line = text.replaceAll("[^\\x20-\\x7e]", " ").strip();
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
