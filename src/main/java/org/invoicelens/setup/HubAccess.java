package org.invoicelens.setup;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.NetworkChoice;
import org.invoicelens.settings.Secrets;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the Hub is reached now: what the environment says together with what the user chose and
 * entered in the window. Thread-safe.
 *
 * <p>In the window the user's own choice wins, since it is the later one and can be seen. On the
 * command line the environment wins, as programs there are used to.
 */
public final class HubAccess {

  private static final Logger log = LoggerFactory.getLogger(HubAccess.class);

  private static final Set<String> PROXY_VARIABLES =
      Set.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY");

  private final SettingsStore settings;
  private final SecretsFile secrets;
  private final Supplier<HubSettings> environment;
  private final Set<String> variables;

  /**
   * @param environment what the environment says, without its proxies
   */
  public HubAccess(SettingsStore settings, SecretsFile secrets, Supplier<HubSettings> environment) {
    this(settings, secrets, environment, System.getenv().keySet());
  }

  HubAccess(
      SettingsStore settings,
      SecretsFile secrets,
      Supplier<HubSettings> environment,
      Set<String> variables) {
    this.settings = settings;
    this.secrets = secrets;
    this.environment = environment;
    this.variables = variables;
  }

  /** What counts in the window. */
  public HubSettings chosen() {
    HubSettings outside = environment.get();
    HubSettings result = withProxy(outside);
    return withCaFile(enteredToken().map(result::withToken).orElse(result));
  }

  /** What counts on the command line. */
  public HubSettings afterEnvironment() {
    HubSettings outside = environment.get();
    boolean proxyNamed =
        outside.proxy().isPresent()
            || variables.stream()
                .anyMatch(name -> PROXY_VARIABLES.contains(name.toUpperCase(Locale.ROOT)));
    HubSettings result = proxyNamed ? outside : withProxy(outside);
    HubSettings trusting = outside.caFile().isPresent() ? result : withCaFile(result);
    return outside.token().or(this::enteredToken).map(trusting::withToken).orElse(trusting);
  }

  private Optional<AccessToken> enteredToken() {
    try {
      return secrets.current().token().map(AccessToken::new);
    } catch (IllegalArgumentException notOneWord) {
      log.warn("The token that was kept is none and is left out.");
      return Optional.empty();
    }
  }

  private HubSettings withProxy(HubSettings outside) {
    NetworkChoice network = settings.current().network();
    return switch (network.proxyMode()) {
      case SYSTEM -> outside;
      case NONE -> outside.withoutProxy();
      case MANUAL -> network.proxy().map(uri -> outside.withProxy(withLogin(uri))).orElse(outside);
    };
  }

  private HubSettings withCaFile(HubSettings outside) {
    return settings.current().network().caFile().map(outside::withCaFile).orElse(outside);
  }

  private URI withLogin(URI proxy) {
    Secrets entered = secrets.current();
    if (entered.proxyUser().isEmpty()) {
      return proxy;
    }
    String login =
        encoded(entered.proxyUser().get()) + ":" + encoded(entered.proxyPassword().orElse(""));
    try {
      return new URI(
          proxy.toString().replaceFirst("://", Matcher.quoteReplacement("://" + login + "@")));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("an encoded login is always part of an address");
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
