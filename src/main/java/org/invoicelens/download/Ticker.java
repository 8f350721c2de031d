package org.invoicelens.download;

import java.util.concurrent.TimeUnit;

/** The passing of time, so that tests of pauses need not last. */
interface Ticker {

  /** The real one. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void await(Object monitor, long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
        }
      };

  /** A clock that never goes back, in nanoseconds. */
  long nanos();

  /** Waits on a monitor that the caller holds, at most so long. */
  void await(Object monitor, long nanos) throws InterruptedException;
}
