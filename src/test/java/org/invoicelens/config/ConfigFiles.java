package org.invoicelens.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations for tests, and a loader whose folders lie in a temporary one. */
final class ConfigFiles {

  static final String MINIMAL =
      """
      name: small
      repo_id: owner/name
      model_path: models/small
      prompt: {user: Read this.}
      """;

  private final Path folder;
  private final ConfigLoader loader;

  ConfigFiles(Path folder) {
    this.folder = folder;
    this.loader =
        new ConfigLoader(
            new ApplicationFolders(
                folder, folder, folder.resolve("state"), folder.resolve("logs")));
  }

  ModelConfig load(String text) throws ConfigException, IOException {
    return loader.load(Files.writeString(folder.resolve("model.yaml"), text));
  }

  ConfigLoader loader() {
    return loader;
  }
}
