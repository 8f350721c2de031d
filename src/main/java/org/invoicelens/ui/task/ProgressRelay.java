package org.invoicelens.ui.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;

/**
 * Brings progress from the working threads to the UI thread, at most twenty times a second, only
 * the latest report on each item. Thread-safe.
 */
final class ProgressRelay implements ProgressListener {

  private record Key(Stage stage, String item) {}

  private final SequencedMap<Key, Progress> latest = new LinkedHashMap<>();
  private final Throttle throttle;
  private final Consumer<List<Progress>> consumer;

  ProgressRelay(Executor uiThread, Consumer<List<Progress>> consumer) {
    this.consumer = consumer;
    this.throttle = new Throttle(Throttle.UI_INTERVAL, uiThread, this::deliver);
  }

  @Override
  public void onProgress(Progress progress) {
    synchronized (latest) {
      latest.putLast(new Key(progress.stage(), progress.item()), progress);
    }
    throttle.request();
  }

  /** Hands over what has not been handed over yet; on the UI thread. */
  void deliver() {
    List<Progress> reports;
    synchronized (latest) {
      reports = List.copyOf(latest.values());
      latest.clear();
    }
    if (!reports.isEmpty()) {
      consumer.accept(reports);
    }
  }
}
