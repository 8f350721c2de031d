package org.invoicelens.ui;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;

/** Asks the UI thread for a sign of life again and again, and notes how long each takes to come. */
final class Heartbeat implements AutoCloseable {

  private static final Duration BEAT = Duration.ofMillis(10);

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<Long> delays = Collections.synchronizedList(new ArrayList<>());

  Heartbeat() {
    clock.scheduleAtFixedRate(this::beat, 0, BEAT.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void beat() {
    long asked = System.nanoTime();
    Platform.runLater(() -> delays.add(System.nanoTime() - asked));
  }

  /** How many signs have come. */
  int count() {
    return delays.size();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  /** A line with the number of signs, the median, the 99th percentile and the longest delay. */
  String report(String during) {
    List<Long> sorted = new ArrayList<>(delays);
    Collections.sort(sorted);
    long late = sorted.stream().filter(delay -> delay > TimeUnit.MILLISECONDS.toNanos(50)).count();
    return String.format(
        Locale.ROOT,
        "%s: %d beats, median %.1f ms, 99 %% within %.1f ms, longest %.1f ms, %d over 50 ms%n",
        during,
        sorted.size(),
        at(sorted, 0.5),
        at(sorted, 0.99),
        at(sorted, 1),
        late);
  }

  private static double at(List<Long> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size())) / 1e6;
  }
}
