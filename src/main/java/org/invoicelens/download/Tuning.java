package org.invoicelens.download;

import java.time.Duration;

/**
 * The numbers a transfer works with.
 *
 * @param smallestPiece the shortest range worth a request, in bytes
 * @param largestPiece the longest range of one request, in bytes
 * @param journalInterval how long what has come stays unsafe against a kill, at the least; on a
 *     slow disk longer, so that at most a third of the time goes into it
 * @param firstPause how long the first wait after a failure is; later ones double
 * @param longestPause the longest wait after a failure
 * @param progressThatCounts a connection that broke off after bringing so many bytes is reopened
 *     without counting as a failed attempt
 * @param progressThatRenews a file that has come so many bytes further than it was at any failure
 *     before has all its attempts again
 */
record Tuning(
    long smallestPiece,
    long largestPiece,
    Duration journalInterval,
    Duration firstPause,
    Duration longestPause,
    long progressThatCounts,
    long progressThatRenews) {

  static final Tuning DEFAULT =
      new Tuning(
          8L << 20,
          64L << 20,
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          1L << 20,
          64L << 20);
}
