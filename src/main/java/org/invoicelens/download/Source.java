package org.invoicelens.download;

import java.util.function.LongSupplier;
import org.invoicelens.hub.FileSource;

/**
 * A server that files come from in one run, and how fast it is.
 *
 * <p>The rate is measured over half a second at a time, of all connections together, and kept while
 * none is at work.
 *
 * <p>How many connections it is given at once follows from what it says: a few at first, one more
 * for each range that it begins to send, half as many where it complains. After that, one more for
 * each range that came completely, but as many as it complained about only seldom.
 *
 * <p>What a comment does not say to be thread-safe is guarded by the schedule.
 */
final class Source {

  private static final double UNKNOWN = -1;

  /** What nobody has measured promises more than anything measured. */
  private static final double UNMEASURED = Double.MAX_VALUE / 2;

  private static final long WINDOW = 500_000_000L;

  /** A line is full where each connection brings less than this share of what one has brought. */
  private static final double FULL = 0.8;

  /** How much of that is still believed half a second later. */
  private static final double FADING = 0.97;

  /** How much each connection at work speaks for another source. */
  private static final double LEANING = 0.05;

  /** After so long without a range, what was measured says nothing any more. */
  private static final long STALE = 20_000_000_000L;

  /** So many connections go to it before it has answered any. */
  private static final int FIRST_CONNECTIONS = 4;

  /** After so many ranges it is asked again whether it bears what it complained about. */
  private static final int RANGES_BEFORE_ASKING_AGAIN = 16;

  private final FileSource server;
  private final boolean endpoint;
  private final LongSupplier nanoTime;

  // Guarded by this: measured while bytes come.
  private long received;
  private int active;
  private long windowBegan;
  private long inWindow;
  private long lastActive;
  private double rate = UNKNOWN;
  private double bestOfOne;

  private int most = Integer.MAX_VALUE;
  private int allowed = Integer.MAX_VALUE;

  /** It complained about so many connections at once. */
  private int tooMany = Integer.MAX_VALUE;

  private boolean complained;
  private long lastComplaint;
  private int completeSince;

  /** How often it failed since a range last came completely. */
  int failures;

  /** Not asked before this moment of the schedule's clock. */
  long notBefore = Long.MIN_VALUE;

  /** Not asked any more in this run, or not before an accusation is settled. */
  boolean dropped;

  /**
   * @param endpoint whether it is the endpoint, whose word says what files are, and not a mirror
   * @param nanoTime a clock that never goes back, in nanoseconds
   */
  Source(FileSource server, boolean endpoint, LongSupplier nanoTime) {
    this.server = server;
    this.endpoint = endpoint;
    this.nanoTime = nanoTime;
  }

  FileSource server() {
    return server;
  }

  String name() {
    return server.name();
  }

  boolean isEndpoint() {
    return endpoint;
  }

  /**
   * Gives it so many connections at once at most. Thread-safe, as all about their number.
   *
   * @param connections at least 1
   */
  synchronized void limit(int connections) {
    most = connections;
    allowed = Math.min(FIRST_CONNECTIONS, connections);
  }

  /** Whether it may be given another connection now. */
  synchronized boolean hasRoom() {
    return active < allowed;
  }

  /** It began to send a range. */
  synchronized void answered() {
    if (!complained) {
      grow();
    }
  }

  /** A range came completely. */
  synchronized void completed(Piece piece) {
    if (!complained || isOlderThanComplaint(piece)) {
      return;
    }
    completeSince++;
    if (completeSince >= RANGES_BEFORE_ASKING_AGAIN) {
      tooMany = Integer.MAX_VALUE;
    }
    if (allowed + 1 < tooMany) {
      grow();
    }
  }

  /**
   * It refused or broke off a range that its connection has left, as a server does that has too
   * much to do. Of those that were under way at once only the first counts.
   *
   * @return whether fewer connections may help: it had others, or had them when this one began
   */
  synchronized boolean complains(Piece piece) {
    if (complained && isOlderThanComplaint(piece)) {
      return true;
    }
    if (active > 0) {
      tooMany = active + 1;
      allowed = Math.min(allowed, tooMany);
    }
    allowed = Math.max(1, allowed / 2);
    complained = true;
    lastComplaint = nanoTime.getAsLong();
    completeSince = 0;
    return active > 0;
  }

  private boolean isOlderThanComplaint(Piece piece) {
    return piece.began() - lastComplaint <= 0;
  }

  private void grow() {
    if (allowed < most) {
      allowed++;
      completeSince = 0;
    }
  }

  /** A connection begins a range. Thread-safe, as all that measures. */
  synchronized void begin() {
    long now = nanoTime.getAsLong();
    if (active++ == 0 && now - lastActive > WINDOW) {
      windowBegan = now;
      inWindow = 0;
    }
  }

  /** A connection has left its range. */
  synchronized void end() {
    active--;
    lastActive = nanoTime.getAsLong();
  }

  /** So many bytes came over one of its connections. */
  synchronized void came(int bytes) {
    received += bytes;
    inWindow += bytes;
    long now = nanoTime.getAsLong();
    if (now - windowBegan >= WINDOW) {
      rate = perSecond(inWindow, now - windowBegan);
      bestOfOne = Math.max(bestOfOne * FADING, rate / active);
      windowBegan = now;
      inWindow = 0;
    }
  }

  /**
   * What one more connection would bring by all that is known, in bytes a second: as much as each
   * of those at work, or only its share where the line is full. Above every rate where nothing is
   * known yet and nobody is finding it out, most of all where nothing ever came; below every rate
   * where somebody is.
   */
  synchronized double promise() {
    double known = known();
    if (known == UNKNOWN) {
      return active > 0 ? -active : received == 0 ? Double.MAX_VALUE : UNMEASURED;
    }
    boolean full = active > 0 && known / active < FULL * bestOfOne;
    // Of two that promise the same, the one with fewer connections is less likely to be full soon.
    return known / (full ? active + 1 : Math.max(1, active)) / (1 + LEANING * active);
  }

  /** Whether a promise rests on a measurement. */
  static boolean isMeasured(double promise) {
    return promise >= 0 && promise < UNMEASURED;
  }

  /** How much it has brought and how fast it is now. */
  synchronized SourceUse use() {
    double known = active == 0 ? 0 : Math.max(0, known());
    return new SourceUse(name(), !endpoint, received, (long) known, false);
  }

  private double known() {
    long now = nanoTime.getAsLong();
    if (active == 0) {
      if (now - lastActive > STALE) {
        rate = UNKNOWN;
      }
      return rate;
    }
    // Where nothing comes, nothing ends the window.
    long elapsed = now - windowBegan;
    return elapsed > 2 * WINDOW ? perSecond(inWindow, elapsed) : rate;
  }

  private static double perSecond(long bytes, long nanos) {
    return bytes * 1e9 / nanos;
  }
}
