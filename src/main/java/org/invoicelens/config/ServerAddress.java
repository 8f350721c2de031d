package org.invoicelens.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for the address of a server that answers in the place of a model on this computer. */
final class ServerAddress {

  /** Private addresses: RFC 1918, and RFC 4193 for IPv6. */
  private static final Pattern PRIVATE =
      Pattern.compile(
          "10(\\.\\d{1,3}){3}|192\\.168(\\.\\d{1,3}){2}"
              + "|172\\.(1[6-9]|2\\d|3[01])(\\.\\d{1,3}){2}|\\[f[cd][0-9a-f]{2}:[0-9a-f:]*]");

  /** What people copy from examples: the address of the one request that is made most. */
  private static final Pattern REQUEST = Pattern.compile("/(chat/completions|models)/?$");

  private ServerAddress() {}

  static Optional<Refusal> refuse(String text) {
    Optional<URI> address = parse(text);
    if (address.isEmpty()) {
      return Optional.of(Refusal.of("server.invalid", text));
    }
    return isSafe(address.get())
        ? Optional.empty()
        : Optional.of(Refusal.of("server.notEncrypted", text));
  }

  /** What speaks against sending a key to a valid address. */
  static Optional<Refusal> refuseKey(URI address) {
    return isEncrypted(address) || HubAddress.isLoopback(address.getHost())
        ? Optional.empty()
        : Optional.of(Refusal.of("server.keyInPlainText", address.toString()));
  }

  /** A valid address in the form the rest of the program expects; {@code /v1} where no path is. */
  static URI canonical(String text) {
    String address =
        REQUEST.matcher(text.strip().replaceAll("/+$", "")).replaceAll("").replaceAll("/+$", "");
    URI uri = URI.create(address);
    return uri.getRawPath().isEmpty() ? URI.create(address + "/v1") : uri;
  }

  private static boolean isSafe(URI address) {
    String host = address.getHost().toLowerCase(Locale.ROOT);
    return isEncrypted(address) || HubAddress.isLoopback(host) || PRIVATE.matcher(host).matches();
  }

  private static boolean isEncrypted(URI address) {
    return "https".equalsIgnoreCase(address.getScheme());
  }

  private static Optional<URI> parse(String text) {
    try {
      return Optional.of(new URI(text.strip())).filter(HubAddress::isWeb);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
