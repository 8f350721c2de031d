package org.invoicelens.ui.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private long now;
  private final StartViewModel model = new StartViewModel(stages, session, runner, () -> now);
  private int finished;

  @BeforeEach
  void verified() {
    session.config().set(Fixtures.config("pixtral", own));
    model.whenFinished(() -> finished++);
  }

  @Test
  void tellsPhasesThenCriteriaAndNotesAndWaitsForTheUser() {
    stages.start =
        (listener, cancellation) -> {
          listener.onProgress(
              Progress.of(Stage.INITIALIZATION, 1, 4, Progress.Unit.BYTES, "layer 10 of 40"));
          assertThat(model.phases().getFirst().fraction().get()).isEqualTo(0.25);
          assertThat(model.phases().getFirst().words().get()).isEqualTo("layer 10 of 40");
          pass(Duration.ofSeconds(30));
          assertThat(model.phases().getFirst().time().get()).isEqualTo("30 s · 2 minutes left");
          for (int step = 0; step <= 4; step++) {
            listener.onProgress(
                Progress.of(Stage.OPTIMIZATION, step, 4, Progress.Unit.STEPS, "a message"));
            assertThat(marks())
                .startsWith(
                    Collections.nCopies(Math.min(step + 1, 4), Mark.GOOD).toArray(Mark[]::new))
                .contains(Mark.WORKING);
            pass(Duration.ofSeconds(2));
          }
          return Fixtures.model("{}");
        };
    model.enter();
    runner.runAll();
    assertThat(marks()).containsOnly(Mark.GOOD);
    assertThat(model.phases())
        .extracting(phase -> phase.time().get())
        .containsExactly("30 s", "2 s", "2 s", "2 s", "4 s");
    assertThat(model.criteria()).hasSize(4);
    assertThat(model.notes()).hasSize(3);
    assertThat(session.model().get()).isNotNull();
    assertThat(finished).isZero();
    assertThat(model.nextReady().get()).isTrue();
    model.next();
    assertThat(finished).isEqualTo(1);
  }

  @Test
  void goesBackToLoadingWhereMemoryRanOutInTheTest() {
    stages.start =
        (listener, cancellation) -> {
          listener.onProgress(
              Progress.of(Stage.OPTIMIZATION, 1, 4, Progress.Unit.STEPS, "a message"));
          listener.onProgress(
              Progress.of(Stage.INITIALIZATION, 1, 4, Progress.Unit.BYTES, "loading in 4 bit"));
          assertThat(marks())
              .containsExactly(
                  Mark.WORKING, Mark.WAITING, Mark.WAITING, Mark.WAITING, Mark.WAITING);
          assertThat(model.phases().getFirst().words().get()).isEqualTo("loading in 4 bit");
          listener.onProgress(
              Progress.of(Stage.OPTIMIZATION, 0, 4, Progress.Unit.STEPS, "a message"));
          assertThat(marks())
              .containsExactly(Mark.GOOD, Mark.WORKING, Mark.WAITING, Mark.WAITING, Mark.WAITING);
          return Fixtures.model("{}");
        };
    model.enter();
    runner.runAll();
    assertThat(marks()).containsOnly(Mark.GOOD);
  }

  @Test
  void goesStraightOnWhereItHadStartedBefore() {
    stages.start = (listener, cancellation) -> Fixtures.model("{}");
    model.setStraightOn(true);
    model.enter();
    runner.runAll();
    assertThat(finished).isEqualTo(1);
    assertThat(stages.calls).containsExactly("reopen");
    assertThat(model.phases().getLast().words().get()).startsWith("not needed");
  }

  @Test
  void marksThePhaseThatFailed() {
    stages.start =
        (listener, cancellation) -> {
          listener.onProgress(
              Progress.of(Stage.INITIALIZATION, 1, 4, Progress.Unit.BYTES, "layer 10 of 40"));
          throw new InitializationException(
              InitializationException.Reason.OUT_OF_MEMORY,
              new Problem("Too little memory.", "", "Close other programs."),
              "",
              null);
        };
    model.enter();
    runner.runAll();
    assertThat(model.phases().getFirst().mark().get()).isEqualTo(Mark.FAILED);
    assertThat(model.phases().getLast().mark().get()).isEqualTo(Mark.WAITING);
    assertThat(model.failure().get().problem().remedy()).isEqualTo("Close other programs.");
    assertThat(session.model().get()).isNull();
  }

  private void pass(Duration time) {
    now += time.toNanos();
    model.tick();
  }

  private List<Mark> marks() {
    return model.phases().stream().map(phase -> phase.mark().get()).toList();
  }
}
