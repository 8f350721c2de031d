package org.invoicelens.download;

/**
 * A range of a file that one connection fetches. Thread-safe, since its end may be taken off and
 * given to another connection meanwhile.
 */
final class Piece {

  /** Bytes are written when so many have come, if not sooner. */
  static final int BUFFER = 64 << 10;

  private static final long QUIET = 1_000_000_000L;

  private final Copy copy;
  private final long began;
  private final int splits;
  private long from;
  private long to;
  private long written;
  private long lastWritten;

  /**
   * @param began when, on the system's monotonic clock, in nanoseconds
   * @param splits how often the range it comes from was split because it came slowly
   */
  Piece(Copy copy, long from, long to, long began, int splits) {
    this.copy = copy;
    this.from = from;
    this.to = to;
    this.written = from;
    this.began = began;
    this.lastWritten = began;
    this.splits = splits;
  }

  Copy copy() {
    return copy;
  }

  Source source() {
    return copy.source();
  }

  FileTransfer file() {
    return copy.file();
  }

  synchronized long from() {
    return from;
  }

  synchronized long to() {
    return to;
  }

  synchronized void becomeWholeFile() {
    from = 0;
    written = 0;
    to = file().checksum().size();
  }

  /**
   * Claims the right to write.
   *
   * @return how far it goes, at most to the wanted end
   */
  synchronized long claim(long wanted) {
    lastWritten = System.nanoTime();
    written = Math.max(written, Math.min(wanted, to));
    return Math.min(wanted, to);
  }

  /** How many bytes are still to be written. */
  synchronized long left() {
    return to - written;
  }

  /** When it was given out, on the system's monotonic clock, in nanoseconds. */
  long began() {
    return began;
  }

  /** How long it has been under way, in nanoseconds. */
  long age(long now) {
    return now - began;
  }

  int splits() {
    return splits;
  }

  /** How fast it comes by all that is known, in bytes a second. */
  synchronized double rate(long now) {
    double mean = (written - from) * 1e9 / Math.max(1, now - began);
    long quiet = now - lastWritten;
    return quiet < QUIET ? mean : Math.min(mean, BUFFER * 1e9 / quiet);
  }

  /**
   * Takes the end off.
   *
   * @param keep how many bytes of what is left stay
   * @return the rest, which may be empty
   */
  synchronized ByteRanges.Range cutOff(long keep) {
    long end = to;
    to = Math.min(end, written + keep);
    return new ByteRanges.Range(to, end);
  }
}
