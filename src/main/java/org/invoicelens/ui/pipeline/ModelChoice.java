package org.invoicelens.ui.pipeline;

import java.nio.file.Path;
import java.util.Optional;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;

/**
 * A configuration file that was found, usable or not.
 *
 * @param file the file
 * @param config what it says; empty where it cannot be used
 * @param fault why it cannot be used; empty where it can
 */
public record ModelChoice(
    Path file, Optional<ModelConfig> config, Optional<ConfigException> fault) {

  /** The same, answered by a server; empty for this computer. */
  public ModelChoice answeredBy(Optional<RemoteServer> server) {
    return new ModelChoice(file, config.map(known -> known.withServer(server)), fault);
  }

  /** The same with the model's files in another folder. */
  public ModelChoice in(Path folder) {
    return new ModelChoice(file, config.map(known -> known.withModelPath(folder)), fault);
  }
}
