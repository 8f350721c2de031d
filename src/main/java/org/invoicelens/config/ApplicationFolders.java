package org.invoicelens.config;

import java.nio.file.Path;

/**
 * Where the application finds what it ships with and keeps what it makes.
 *
 * @param program what ships: {@code config/}, {@code assets/}, {@code models/bundled/}; read-only
 *     when installed
 * @param data the base of relative paths in configurations: the checkout, or the user's data folder
 *     when installed
 * @param state settings and the state of the setup
 * @param logs the rotating log
 */
public record ApplicationFolders(Path program, Path data, Path state, Path logs) {

  /** The folder that holds one repository for each bundled model. */
  public Path bundledModels() {
    return program.resolve("models").resolve("bundled");
  }

  /** The configurations that ship. */
  public Path modelConfigs() {
    return program.resolve("config").resolve("models");
  }

  /** The folders of the running application, from where it was started and the platform's rules. */
  public static ApplicationFolders current() {
    throw new UnsupportedOperationException();
  }
}
