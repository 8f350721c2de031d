package org.invoicelens.download;

import java.nio.file.Path;
import org.invoicelens.hub.SafePath;

/** The names of what the application keeps in a model folder beside the model's own files. */
public final class ModelFolder {

  private ModelFolder() {}

  /** The one folder that is not the repository's. */
  public static Path own(Path modelPath) {
    return modelPath.resolve(SafePath.OWN_FOLDER);
  }

  /** Where files that were wrong lie until their replacements are there. */
  public static Path replaced(Path modelPath) {
    return own(modelPath).resolve("replaced");
  }

  static Path manifest(Path modelPath) {
    return own(modelPath).resolve("manifest.json");
  }

  static Path listing(Path modelPath) {
    return own(modelPath).resolve("listing.json");
  }

  /** The file that {@link FolderLock} locks. */
  public static Path lock(Path modelPath) {
    return own(modelPath).resolve("lock");
  }

  static Path partial(Path modelPath) {
    return own(modelPath).resolve("partial");
  }

  /** The record of how the model was started when it passed its test. */
  public static Path started(Path modelPath) {
    return own(modelPath).resolve("started.json");
  }

  /** Where the differing files of other commits wait until all of one are there. */
  public static Path next(Path modelPath) {
    return own(modelPath).resolve("next");
  }

  /** Where those of one commit wait. */
  static Path next(Path modelPath, String commit) {
    return next(modelPath).resolve(commit);
  }

  /** Where the files lie, by commit, that an update replaced. */
  public static Path previous(Path modelPath) {
    return own(modelPath).resolve("previous");
  }

  /** What {@link CommitSwitch} is doing. */
  static Path switchJournal(Path modelPath) {
    return own(modelPath).resolve("switch.json");
  }
}
