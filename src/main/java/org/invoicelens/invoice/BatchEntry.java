package org.invoicelens.invoice;

import java.util.Optional;

/**
 * What became of one document of a batch.
 *
 * @param document where it lies
 * @param state what became of it
 * @param result its result's path within the folder of results, with {@code /}
 * @param doubts how many reasons there are not to trust what was read
 * @param failure why there is no result as it was asked for
 */
public record BatchEntry(
    String document, State state, Optional<String> result, int doubts, Optional<Failure> failure) {

  /** What can become of a document. */
  public enum State {
    READ,
    /** Read in an earlier run; neither it nor the settings changed since. */
    SKIPPED,
    FAILED,
    /** The run was stopped before its turn. */
    WAITING
  }

  /**
   * Why a document failed.
   *
   * @param reason the name of the failure's reason
   * @param message the failure in the user's words
   */
  public record Failure(String reason, String message) {}
}
