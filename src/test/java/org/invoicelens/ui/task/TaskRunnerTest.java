package org.invoicelens.ui.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.application.Platform;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;

class TaskRunnerTest {

  private final List<String> heard = new ArrayList<>();
  private final List<Long> reported = new ArrayList<>();
  private final CountDownLatch idle = new CountDownLatch(1);
  private TaskRunner runner;

  @BeforeAll
  static void uiThread() throws Exception {
    FxToolkit.registerPrimaryStage();
  }

  private WorkObserver<String> observer() {
    return new WorkObserver<>() {
      @Override
      public void progressed(List<Progress> latest) {
        assertThat(Platform.isFxApplicationThread()).isTrue();
        latest.forEach(progress -> reported.add(progress.done()));
      }

      @Override
      public void succeeded(String result) {
        hear("succeeded " + result);
      }

      @Override
      public void failed(Throwable failure) {
        hear("failed " + failure.getMessage());
      }

      @Override
      public void cancelled() {
        hear("cancelled");
      }
    };
  }

  private void hear(String words) {
    assertThat(Platform.isFxApplicationThread()).isTrue();
    heard.add(words);
  }

  private WorkRunner.RunningWork start(Work<String> work) throws Exception {
    WorkRunner.RunningWork[] running = new WorkRunner.RunningWork[1];
    CountDownLatch started = new CountDownLatch(1);
    Platform.runLater(() -> {
      runner = new TaskRunner();
      running[0] = runner.start(work, observer());
      runner.whenIdle(() -> {
        heard.add("idle");
        idle.countDown();
      });
      started.countDown();
    });
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    return running[0];
  }

  private void awaitIdle() throws InterruptedException {
    assertThat(idle.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void worksOffTheUiThreadAndTellsOnIt() throws Exception {
    AtomicBoolean onUiThread = new AtomicBoolean(true);
    start((listener, cancellation) -> {
      onUiThread.set(Platform.isFxApplicationThread());
      return "done";
    });
    awaitIdle();
    assertThat(onUiThread).isFalse();
    assertThat(heard).containsExactly("succeeded done", "idle");
  }

  @Test
  void aFloodOfReportsIsThinnedButTheLastOneAlwaysArrives() throws Exception {
    start((listener, cancellation) -> {
      for (int i = 1; i <= 100_000; i++) {
        listener.onProgress(Progress.of(Stage.DOWNLOAD, i, 100_000, Progress.Unit.BYTES, ""));
      }
      return "done";
    });
    awaitIdle();
    assertThat(reported).hasSizeLessThan(10_000).isSorted().endsWith(100_000L);
  }

  @Test
  void aStoppedWorkIsToldOfOnlyWhenItHasEnded() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    WorkRunner.RunningWork running =
        start((listener, cancellation) -> {
          working.countDown();
          while (!cancellation.isCancelled()) {
            Thread.onSpinWait();
          }
          ended.set(true);
          cancellation.throwIfCancelled();
          return "not reached";
        });
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    running.stop();
    awaitIdle();
    assertThat(ended).isTrue();
    assertThat(heard).containsExactly("cancelled", "idle");
  }

  @Test
  void anErrorIsToldLikeAnyFailure() throws Exception {
    start((listener, cancellation) -> {
      throw new StackOverflowError("too deep");
    });
    awaitIdle();
    assertThat(heard).containsExactly("failed too deep", "idle");
  }
}
