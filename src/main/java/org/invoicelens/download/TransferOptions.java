package org.invoicelens.download;

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
 */
public record TransferOptions(
    List<String> include,
    List<String> exclude,
    boolean everyFile,
    Optional<Integer> connections,
    long limitRate) {

  /** As the configuration says. */
  public static final TransferOptions DEFAULT =
      new TransferOptions(List.of(), List.of(), false, Optional.empty(), 0);

  public TransferOptions {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }
}
