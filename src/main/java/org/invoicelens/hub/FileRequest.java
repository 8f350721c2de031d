package org.invoicelens.hub;

import java.util.Optional;

/**
 * A wish for a part of a file, or for all of it.
 *
 * @param repoId the repository, {@code owner/name}
 * @param commit the commit the file is read at
 * @param path the file's place in the repository
 * @param address where it was found last, to go there directly
 * @param from the first byte, counted from 0
 * @param to the byte after the last one, or {@link #END}
 * @param ifRange the strong entity tag the part must belong to; otherwise the server sends the
 *     whole
 */
public record FileRequest(
    String repoId,
    String commit,
    String path,
    Optional<FileAddress> address,
    long from,
    long to,
    Optional<String> ifRange) {

  /** As far as the file goes. */
  public static final long END = Long.MAX_VALUE;

  /** The same, going there directly. */
  FileRequest at(Optional<FileAddress> other) {
    return new FileRequest(repoId, commit, path, other, from, to, ifRange);
  }

  /** Whether all of the file is wanted. */
  public boolean isWhole() {
    return from == 0 && to == END;
  }
}
