package org.invoicelens.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The choice of a configuration file. */
final class ConfigOption {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The model's configuration; config/models/pixtral.yaml unless given.")
  private Path config;

  boolean isGiven() {
    return config != null;
  }

  Path file(CommandContext context) {
    return Optional.ofNullable(config)
        .orElseGet(() -> context.folders().modelConfig("pixtral.yaml"));
  }
}
