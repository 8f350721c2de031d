package org.invoicelens.ui.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private final BlockingQueue<Runnable> uiThread = new LinkedBlockingQueue<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final Throttle throttle =
      new Throttle(Duration.ofMillis(1), uiThread::add, runs::incrementAndGet);

  @Test
  void aThousandRequestsAreOneRun() throws Exception {
    for (int i = 0; i < 1000; i++) {
      throttle.request();
    }
    next().run();
    assertThat(runs).hasValue(1);
    assertThat(uiThread).isEmpty();
  }

  @Test
  void aRequestAfterARunIsFollowedByAnother() throws Exception {
    throttle.request();
    next().run();
    throttle.request();
    next().run();
    assertThat(runs).hasValue(2);
  }

  private Runnable next() throws InterruptedException {
    Runnable run = uiThread.poll(20, TimeUnit.SECONDS);
    assertThat(run).isNotNull();
    return run;
  }
}
