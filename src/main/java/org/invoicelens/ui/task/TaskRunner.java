package org.invoicelens.ui.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs every work as a JavaFX task on a daemon thread of its own. For the UI thread only. */
public final class TaskRunner implements WorkRunner {

  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(
          Thread.ofPlatform().daemon().name("window-work-", 0).factory());
  private final List<Runnable> whenIdle = new ArrayList<>();
  private int running;

  @Override
  public <V> RunningWork start(Work<V> work, WorkObserver<V> observer) {
    StageTask<V> task = new StageTask<>(work, observer, executor, this::ended);
    running++;
    executor.execute(task);
    return task::stop;
  }

  @Override
  public void whenIdle(Runnable action) {
    if (running == 0) {
      action.run();
    } else {
      whenIdle.add(action);
    }
  }

  private void ended() {
    running--;
    if (running == 0) {
      List<Runnable> actions = List.copyOf(whenIdle);
      whenIdle.clear();
      actions.forEach(Runnable::run);
    }
  }
}
