package org.invoicelens.ui.download;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * How fast bytes come in, over the last seconds: long enough that the time left does not jump
 * about, short enough that a stalled line shows.
 */
final class TransferRate {

  private static final long WINDOW = Duration.ofSeconds(12).toNanos();
  private static final long SPACING = Duration.ofMillis(500).toNanos();
  private static final int HISTORY = 240;

  private record Sample(long nanos, long bytes) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private final Deque<Double> history = new ArrayDeque<>();

  /** Takes note of the bytes there at a time; resumed bytes must come with the first call. */
  void note(long nanos, long bytes) {
    Sample last = samples.peekLast();
    if (last != null && nanos - last.nanos < SPACING) {
      return;
    }
    if (last != null) {
      history.addLast(Math.max(0, perSecond(last, new Sample(nanos, bytes))));
      if (history.size() > HISTORY) {
        history.removeFirst();
      }
    }
    samples.addLast(new Sample(nanos, bytes));
    while (samples.size() > 2 && nanos - samples.peekFirst().nanos > WINDOW) {
      samples.removeFirst();
    }
  }

  /** Forgets the samples, because the flow was interrupted; the history stays. */
  void interrupt() {
    samples.clear();
  }

  /** Bytes a second; 0 where not known yet. */
  double bytesPerSecond() {
    if (samples.size() < 2) {
      return 0;
    }
    return Math.max(0, perSecond(samples.peekFirst(), samples.peekLast()));
  }

  /** The time the rest takes at this rate; empty where not known. */
  Optional<Duration> timeLeft(long remaining) {
    double rate = bytesPerSecond();
    return rate <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis((long) (remaining / rate * 1000)));
  }

  /** The rates of the last two minutes, oldest first, in bytes a second. */
  List<Double> history() {
    return List.copyOf(history);
  }

  private static double perSecond(Sample from, Sample to) {
    return (to.bytes - from.bytes) * 1e9 / (to.nanos - from.nanos);
  }
}
