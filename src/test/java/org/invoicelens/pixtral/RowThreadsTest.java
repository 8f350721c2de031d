package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowThreadsTest {

  @ParameterizedTest
  @CsvSource({"1, 130", "3, 130", "4, 1", "2, 0"})
  void eachRowIsWorkedOnOnce(int count, int rows) {
    AtomicIntegerArray worked = new AtomicIntegerArray(rows);
    try (RowThreads threads = new RowThreads(count)) {
      threads.share(
          rows,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              worked.incrementAndGet(row);
            }
          });
    }
    for (int row = 0; row < rows; row++) {
      assertThat(worked.get(row)).isOne();
    }
  }

  /** What they work in may be freed when the call has ended, however it ended. */
  @Test
  void workThatFailsIsToldOfWhenNobodyIsAtWorkAnyMore() {
    Thread caller = Thread.currentThread();
    CountDownLatch failing = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    try (RowThreads threads = new RowThreads(2)) {
      assertThatThrownBy(() ->
              threads.share(
                  128,
                  (from, to) -> {
                    if (Thread.currentThread() == caller) {
                      failing.countDown();
                      throw new IllegalArgumentException("of the caller");
                    }
                    try {
                      failing.await();
                      Thread.sleep(50);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    ended.set(true);
                  }))
          .hasMessage("of the caller");
      assertThat(ended).isTrue();
    }
  }

  @Test
  void workThatFailsInAnotherThreadFailsInTheCallers() {
    Thread caller = Thread.currentThread();
    CountDownLatch failing = new CountDownLatch(1);
    try (RowThreads threads = new RowThreads(2)) {
      assertThatThrownBy(() ->
              threads.share(
                  128,
                  (from, to) -> {
                    if (Thread.currentThread() != caller) {
                      failing.countDown();
                      throw new OutOfMemoryError("of another");
                    }
                    try {
                      failing.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessage("of another");
    }
  }
}
