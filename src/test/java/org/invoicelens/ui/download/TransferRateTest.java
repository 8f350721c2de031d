package org.invoicelens.ui.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferRateTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final TransferRate rate = new TransferRate();

  @Test
  void knowsNothingAtFirst() {
    rate.note(0, 500);
    assertThat(rate.bytesPerSecond()).isZero();
    assertThat(rate.timeLeft(100)).isEmpty();
  }

  @Test
  void doesNotCountWhatWasThereBefore() {
    rate.note(0, 1_000_000);
    rate.note(SECOND, 1_000_100);
    assertThat(rate.bytesPerSecond()).isEqualTo(100);
    assertThat(rate.timeLeft(1000)).contains(Duration.ofSeconds(10));
  }

  @Test
  void fallsToNothingWhenTheLineStalls() {
    rate.note(0, 0);
    for (int second = 1; second <= 30; second++) {
      rate.note(second * SECOND, Math.min(second, 10) * 100);
    }
    assertThat(rate.bytesPerSecond()).isZero();
    assertThat(rate.timeLeft(1)).isEmpty();
  }

  @Test
  void isNeverNegativeWhenAFileIsFetchedAnew() {
    rate.note(0, 1000);
    rate.note(SECOND, 100);
    assertThat(rate.bytesPerSecond()).isZero();
    assertThat(rate.history()).containsExactly(0.0);
  }
}
