package org.invoicelens.download;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one run does otherwise than the configuration says.
 *
 * @param include patterns of paths to fetch, such as {@code *.json}; empty for the files the model
 *     needs
 * @param exclude patterns of paths to leave out
 * @param everyFile whether all files of the repository are fetched, needed or not
 * @param connections instead of the configured number
 * @param limitRate the highest rate in bytes a second; 0 for none
 * @param importFrom a folder that may hold files of the repository, such as one on a USB drive;
 *     what is right there is taken and not fetched
 */
public record TransferOptions(
    List<String> include,
    List<String> exclude,
    boolean everyFile,
    Optional<Integer> connections,
    long limitRate,
    Optional<Path> importFrom) {

  /** As the configuration says. */
  public static final TransferOptions DEFAULT =
      new TransferOptions(List.of(), List.of(), false, Optional.empty(), 0);

  /** Nothing is imported. */
  public TransferOptions(
      List<String> include,
      List<String> exclude,
      boolean everyFile,
      Optional<Integer> connections,
      long limitRate) {
    this(include, exclude, everyFile, connections, limitRate, Optional.empty());
  }

  /** The same, taking what is right in a folder. */
  public TransferOptions importing(Optional<Path> folder) {
    return new TransferOptions(include, exclude, everyFile, connections, limitRate, folder);
  }

  public TransferOptions {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }
}
