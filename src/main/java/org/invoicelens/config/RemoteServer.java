package org.invoicelens.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server that answers in the place of a model on this computer, by the protocol of OpenAI, as
 * vLLM does. It holds no secret: only where the key is found.
 *
 * <p>The address is encrypted, unless the server is on this computer or has a private address in
 * numbers; to the latter no key is sent, because anyone on the way could read it.
 *
 * @param address the beginning of all its addresses, such as {@code https://vllm.example.com/v1};
 *     without a slash at the end
 * @param model the model's name as the server knows it
 * @param keyVariable the variable of the environment that holds the key
 * @param keyFile the file that holds the key, absolute
 * @param connections requests at once, 1 to 64
 * @param maxRetries further attempts after a fault that may pass
 * @param timeouts how long the server is waited for
 */
public record RemoteServer(
    URI address,
    String model,
    Optional<String> keyVariable,
    Optional<Path> keyFile,
    int connections,
    int maxRetries,
    Timeouts timeouts) {

  /** Requests at once where nothing else is said. */
  public static final int CONNECTIONS = 4;

  /** Further attempts where nothing else is said. */
  public static final int MAX_RETRIES = 3;

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /**
   * How long a server is waited for.
   *
   * @param connect until the connection stands
   * @param firstToken from the question to the first token: the server may have others to answer
   * @param idle from one token to the next
   */
  public record Timeouts(Duration connect, Duration firstToken, Duration idle) {

    /** What counts where nothing is said. */
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(120), Duration.ofSeconds(60));
  }

  /**
   * A server as a user enters it, with the defaults of everything else.
   *
   * @throws IllegalArgumentException with a text for the user, where that cannot be
   */
  public static RemoteServer entered(
      String address, String model, Optional<String> keyVariable, Optional<Path> keyFile) {
    Refusal.throwIfPresent(ServerAddress.refuse(address));
    URI canonical = ServerAddress.canonical(address);
    if (model.isBlank()) {
      Refusal.throwIfPresent(Optional.of(Refusal.of("server.noModel")));
    }
    keyVariable.ifPresent(name -> Refusal.throwIfPresent(refuseVariable(name)));
    if (keyVariable.isPresent() || keyFile.isPresent()) {
      Refusal.throwIfPresent(ServerAddress.refuseKey(canonical));
    }
    return new RemoteServer(
        canonical,
        model.strip(),
        keyVariable,
        keyFile.map(file -> file.toAbsolutePath().normalize()),
        CONNECTIONS,
        MAX_RETRIES,
        Timeouts.DEFAULT);
  }

  static Optional<Refusal> refuseVariable(String name) {
    return VARIABLE.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(Refusal.of("server.variable"));
  }

  /** The name or number of the computer it runs on. */
  public String host() {
    return address.getHost();
  }
}
