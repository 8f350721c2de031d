package org.invoicelens.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hub.HubSettings;
import picocli.CommandLine.Option;

/** How the Hub is reached, where a command line says otherwise than the environment. */
final class HubOptions {

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The Hub or a mirror of it; \"bundled\" for a model that ships.")
  private String endpoint;

  @Option(
      names = "--read-timeout",
      paramLabel = "SECONDS",
      description = "How long a connection may stay silent.")
  private Double readTimeout;

  @Option(names = "--proxy", paramLabel = "URL", description = "The proxy for every request.")
  private String proxy;

  @Option(
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Further certificates to trust, such as a company's own.")
  private Path caFile;

  Optional<String> endpoint(Command command) {
    if (endpoint != null && !endpoint.equals(ModelConfig.BUNDLED) && address(endpoint).isEmpty()) {
      throw command.usage(
          "--endpoint must be an address such as https://huggingface.co, not '" + endpoint + "'.");
    }
    return Optional.ofNullable(endpoint);
  }

  HubSettings settings(Command command) {
    HubSettings settings = command.context.hubSettings();
    if (readTimeout != null && !(readTimeout > 0 && readTimeout <= 86_400)) {
      throw command.usage("--read-timeout must be a number of seconds above 0, at most a day.");
    }
    if (caFile != null && !Files.isReadable(caFile)) {
      throw command.usage("There is no readable file " + caFile + " for --ca-file.");
    }
    Optional<String> server = endpoint(command).filter(e -> !e.equals(ModelConfig.BUNDLED));
    if (server.isPresent()) {
      settings = settings.withEndpoint(server.get());
    }
    Optional<URI> gate = proxy(command);
    if (gate.isPresent()) {
      settings = settings.withProxy(gate.get());
    }
    if (caFile != null) {
      settings = settings.withCaFile(caFile);
    }
    return readTimeout == null
        ? settings
        : settings.withReadTimeout(Duration.ofNanos((long) (readTimeout * 1e9)));
  }

  private Optional<URI> proxy(Command command) {
    if (proxy == null) {
      return Optional.empty();
    }
    Optional<URI> address = address(proxy);
    if (address.isEmpty()) {
      throw command.usage("--proxy must be an address such as http://proxy.example:3128.");
    }
    if (address.get().getUserInfo() != null) {
      throw command.usage(
          "--proxy must not hold a password, which every user of this computer could see."
              + " Set HTTPS_PROXY instead.");
    }
    return address;
  }

  private static Optional<URI> address(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return web && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
