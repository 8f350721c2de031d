package org.invoicelens.settings;

import java.util.Objects;
import java.util.Optional;

/**
 * What the user entered and nobody else may see; no text form of it shows any of it.
 *
 * @param token the access token of the Hub
 * @param proxyUser the name that the chosen proxy asks for
 * @param proxyPassword the password that the chosen proxy asks for
 */
public record Secrets(
    Optional<String> token, Optional<String> proxyUser, Optional<String> proxyPassword) {

  /** Nothing was entered. */
  public static final Secrets NONE =
      new Secrets(Optional.empty(), Optional.empty(), Optional.empty());

  public Secrets {
    token = entered(token);
    proxyUser = entered(proxyUser);
    proxyPassword = entered(proxyPassword);
  }

  private static Optional<String> entered(Optional<String> text) {
    return Objects.requireNonNull(text, "text").filter(t -> !t.isEmpty());
  }

  /** The same with another token. */
  public Secrets withToken(Optional<String> other) {
    return new Secrets(other, proxyUser, proxyPassword);
  }

  /** The same with another name and password for the proxy. */
  public Secrets withProxyLogin(Optional<String> user, Optional<String> password) {
    return new Secrets(token, user, password);
  }

  @Override
  public String toString() {
    return "Secrets[hidden]";
  }
}
