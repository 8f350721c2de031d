package org.invoicelens.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The rules for what names a repository on the Hub: endpoint, repository and revision.
 *
 * <p>The rules for repositories are those of the Hub's own client: two parts of letters, digits,
 * {@code -}, {@code _} and {@code .}; no {@code --} and no {@code ..}; neither part begins or ends
 * with a dot or hyphen; each has at most 96 characters, and the name does not end in {@code .git}.
 */
final class HubAddress {

  private static final Pattern PART = Pattern.compile("\\w([\\w.-]{0,94}\\w)?");
  private static final Pattern REVISION = Pattern.compile("\\w[\\w./+-]{0,254}");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private HubAddress() {}

  static Optional<Refusal> refuseRepoId(String text) {
    String[] parts = text.split("/", -1);
    boolean valid =
        parts.length == 2
            && PART.matcher(parts[0]).matches()
            && PART.matcher(parts[1]).matches()
            && !text.contains("--")
            && !text.contains("..")
            && !text.endsWith(".git");
    return refuseUnless(valid, Refusal.of("repository.invalid", text));
  }

  static Optional<Refusal> refuseRevision(String text) {
    boolean valid =
        REVISION.matcher(text).matches()
            && !text.contains("..")
            && !text.contains("//")
            && !text.endsWith("/")
            && !text.endsWith(".")
            && !text.endsWith(".lock");
    return refuseUnless(valid, Refusal.of("revision.invalid", text));
  }

  static Optional<Refusal> refuseEndpoint(String text) {
    if (text.equals(ModelConfig.BUNDLED)) {
      return Optional.empty();
    }
    Optional<URI> address = address(text);
    if (address.isEmpty()) {
      return Optional.of(Refusal.of("endpoint.invalid", text));
    }
    boolean safe =
        !address.get().getScheme().equalsIgnoreCase("http") || isLoopback(address.get().getHost());
    return refuseUnless(safe, Refusal.of("endpoint.notEncrypted", text));
  }

  /**
   * What is wrong with the address of a mirror. It need not be encrypted: nobody's token goes
   * there, and what comes from there counts only where it has the digest that the endpoint gave.
   */
  static Optional<Refusal> refuseMirror(String text) {
    return refuseUnless(address(text).isPresent(), Refusal.of("mirror.invalid", text));
  }

  /** A valid endpoint in the form the rest of the program expects: without a slash at the end. */
  static String canonicalEndpoint(String endpoint) {
    return endpoint.replaceAll("/+$", "");
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text)).filter(HubAddress::isWeb);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Whether an address is one of http or https that names a server, and perhaps a path. */
  static boolean isWeb(URI address) {
    return ("https".equalsIgnoreCase(address.getScheme())
            || "http".equalsIgnoreCase(address.getScheme()))
        && address.getHost() != null
        && address.getRawUserInfo() == null
        && address.getRawQuery() == null
        && address.getRawFragment() == null
        && address.getPort() <= 65_535;
  }

  /** Whether a host is this computer. */
  static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static Optional<Refusal> refuseUnless(boolean valid, Refusal refusal) {
    return valid ? Optional.empty() : Optional.of(refusal);
  }
}
