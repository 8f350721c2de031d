package org.invoicelens.download;

/**
 * The highest rate of all connections together; can be changed while they run. Thread-safe.
 *
 * <p>A reservation on one timeline: every byte takes its share of a second, and who comes too early
 * waits for its turn. At most a quarter of a second can be saved up.
 */
public final class RateLimit {

  private static final long SECOND = 1_000_000_000L;
  private static final long LONGEST_SAVING = SECOND / 4;
  private static final long LONGEST_WAIT = SECOND / 4;

  private final Ticker ticker;
  private final Object monitor = new Object();
  private volatile long bytesPerSecond;
  private long nextFree;

  /**
   * @param bytesPerSecond 0 or less for no limit
   */
  public RateLimit(long bytesPerSecond) {
    this(bytesPerSecond, Ticker.SYSTEM);
  }

  RateLimit(long bytesPerSecond, Ticker ticker) {
    this.bytesPerSecond = bytesPerSecond;
    this.ticker = ticker;
    this.nextFree = ticker.nanos();
  }

  /** The limit now; 0 or less for none. */
  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /** Changes the limit; connections that wait take note of it at once. */
  public void change(long newBytesPerSecond) {
    synchronized (monitor) {
      bytesPerSecond = newBytesPerSecond;
      nextFree = ticker.nanos();
      monitor.notifyAll();
    }
  }

  /** How many bytes to take at a time, so that a slow rate is still an even one. */
  int portion(int wanted) {
    long rate = bytesPerSecond;
    return rate <= 0 ? wanted : Math.clamp(rate / 20, 1, wanted);
  }

  /** Waits until so many bytes may pass. */
  void take(int bytes) throws InterruptedException {
    synchronized (monitor) {
      long now = ticker.nanos();
      if (bytesPerSecond <= 0) {
        return;
      }
      nextFree = Math.max(nextFree, now - LONGEST_SAVING);
      nextFree += (long) (bytes * (double) SECOND / bytesPerSecond);
      long turn = nextFree;
      while (bytesPerSecond > 0 && nextFree >= turn && turn - ticker.nanos() > 0) {
        ticker.await(monitor, Math.min(turn - ticker.nanos(), LONGEST_WAIT));
      }
    }
  }
}
