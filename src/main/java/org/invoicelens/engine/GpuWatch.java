package org.invoicelens.engine;

import java.util.OptionalDouble;
import org.invoicelens.hardware.GpuMeter;

/** Watches from a thread of its own how busy the graphics card is while a model works. */
final class GpuWatch implements AutoCloseable {

  private static final long INTERVAL_MILLIS = 100;

  private final Thread thread;
  private double sum;
  private int readings;

  private GpuWatch(int card) {
    thread = Thread.ofPlatform().daemon().name("gpu-watch").unstarted(() -> watch(card));
  }

  /**
   * Begins to watch a model's device, the first of several; never has anything to tell where that
   * is the processor.
   */
  static GpuWatch start(String device) {
    boolean onCard = device.startsWith("cuda:");
    GpuWatch watch =
        new GpuWatch(onCard ? Integer.parseInt(device.split(",")[0].substring(5)) : -1);
    if (onCard) {
      watch.thread.start();
    }
    return watch;
  }

  private void watch(int card) {
    try (GpuMeter meter = GpuMeter.open()) {
      while (true) {
        meter.read(card).ifPresent(utilization -> add(utilization.share()));
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void add(double share) {
    sum += share;
    readings++;
  }

  /** The mean share of the card's time used so far, 0 to 1; empty where nothing could be read. */
  synchronized OptionalDouble share() {
    return readings == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / readings);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
