package org.invoicelens.config;

import java.nio.file.Path;

/** The first stage: reads a model's configuration from YAML. Thread-safe. */
public final class ConfigLoader {

  private final ApplicationFolders folders;

  public ConfigLoader(ApplicationFolders folders) {
    this.folders = folders;
  }

  /**
   * Reads a configuration completely.
   *
   * @throws ConfigException with all faults, where the file is missing, unreadable or not valid
   */
  public ModelConfig load(Path file) throws ConfigException {
    throw new UnsupportedOperationException();
  }
}
