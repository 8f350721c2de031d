package org.invoicelens.download;

import java.nio.file.Path;

/** The names of what the application keeps in a model folder beside the model's own files. */
final class ModelFolder {

  /** The one folder that is not the repository's. */
  static final String OWN = ".invoicelens";

  private ModelFolder() {}

  static Path own(Path modelPath) {
    return modelPath.resolve(OWN);
  }

  static Path manifest(Path modelPath) {
    return own(modelPath).resolve("manifest.json");
  }

  static Path listing(Path modelPath) {
    return own(modelPath).resolve("listing.json");
  }

  static Path lock(Path modelPath) {
    return own(modelPath).resolve("lock");
  }

  static Path partial(Path modelPath) {
    return own(modelPath).resolve("partial");
  }
}
