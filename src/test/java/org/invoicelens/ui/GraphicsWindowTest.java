package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The library for graphics cards in the window: offered where a model is set up, and removed. */
class GraphicsWindowTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  @RegisterExtension final WindowRobot window = new WindowRobot();

  @BeforeEach
  void aCardLiesIdle() throws Exception {
    ModelConfig large = Fixtures.config("pixtral", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    stages.download = Fixtures.untilStopped(listener -> {});
  }

  @Test
  void itIsFetchedBeforeTheModelIs() throws Exception {
    stages.graphicsInstall =
        (listener, cancellation) -> {
          stages.graphics = (l, c) -> Fixtures.supportHere(false);
          return true;
        };
    window.open(own, stages);
    window.click("#next");
    window.awaitSeen("#graphics-download");
    assertThat(window.text("#graphics-download")).contains("2.5 GB");
    window.click("#graphics-download");
    window.await(() -> window.text("#graphics-words").startsWith("It is here"));
    window.click("#next");
    window.awaitSeen("#pause");
    assertThat(stages.calls).noneMatch(call -> call.contains("UI thread"));
  }

  @Test
  void withoutItTheProcessorDoesTheWorkAndItIsSaid() throws Exception {
    window.open(own, stages);
    window.click("#next");
    window.awaitSeen("#graphics-decline");
    window.click("#graphics-decline");
    window.await(() -> window.text("#graphics-words").startsWith("The processor does the work"));
    window.click("#next");
    window.awaitSeen("#pause");
  }

  @Test
  void underModelsItIsRemoved() throws Exception {
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(false);
    window.open(own, stages);
    window.click("#rail-models");
    window.awaitSeen("#models-graphics-remove");
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    window.click("#models-graphics-remove");
    window.awaitSeen("#models-graphics-download");
    assertThat(stages.calls).contains("removeGraphics");
  }
}
