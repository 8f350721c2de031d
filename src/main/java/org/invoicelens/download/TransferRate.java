package org.invoicelens.download;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How fast a transfer goes, and how long it will still take: the mean over the last five seconds.
 *
 * <p>Bytes that go back, because something has to be fetched again, start the measurement anew.
 * Thread-safe.
 */
public final class TransferRate {

  private static final long WINDOW = 5_000_000_000L;
  private static final long SHORTEST = 500_000_000L;
  private static final long SPACING = 100_000_000L;

  private record Sample(long nanos, long done) {}

  private final LongSupplier nanoClock;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Measures with the system's monotonic clock. */
  public TransferRate() {
    this(System::nanoTime);
  }

  /**
   * @param nanoClock a clock that never goes back, in nanoseconds
   */
  public TransferRate(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Takes note of the state of the transfer.
   *
   * @param done all bytes so far
   */
  public synchronized void record(long done) {
    long now = nanoClock.getAsLong();
    Sample last = samples.peekLast();
    if (last != null && done < last.done()) {
      samples.clear();
    } else if (samples.size() > 1 && now - secondLast().nanos() < SPACING) {
      samples.removeLast();
    }
    samples.addLast(new Sample(now, done));
    forget(now);
  }

  /** The rate now; 0 where nothing came for a while or too little is known. */
  public synchronized double bytesPerSecond() {
    long now = nanoClock.getAsLong();
    forget(now);
    Sample first = samples.peekFirst();
    if (first == null || now - first.nanos() < SHORTEST) {
      return 0;
    }
    return (samples.peekLast().done() - first.done()) * 1e9 / (now - first.nanos());
  }

  /**
   * How long the rest will take at this rate.
   *
   * @param remaining bytes still to come
   * @return empty where there is no rate to tell it by
   */
  public Optional<Duration> timeLeft(long remaining) {
    double rate = bytesPerSecond();
    if (remaining <= 0) {
      return Optional.of(Duration.ZERO);
    }
    return rate <= 0
        ? Optional.empty()
        : Optional.of(
            Duration.ofMillis(
                (long) Math.min(remaining / rate * 1000, Integer.MAX_VALUE * 1000.0)));
  }

  private Sample secondLast() {
    var backwards = samples.descendingIterator();
    backwards.next();
    return backwards.next();
  }

  private void forget(long now) {
    while (samples.size() > 1 && now - samples.peekFirst().nanos() > WINDOW) {
      samples.removeFirst();
    }
  }
}
