package org.invoicelens.ui.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {

  private record Process(Optional<String> command, Optional<String[]> arguments)
      implements ProcessHandle.Info {

    @Override
    public Optional<String> commandLine() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> startInstant() {
      return Optional.empty();
    }

    @Override
    public Optional<Duration> totalCpuDuration() {
      return Optional.empty();
    }

    @Override
    public Optional<String> user() {
      return Optional.empty();
    }
  }

  private static final ProcessHandle.Info CHECKOUT =
      new Process(Optional.of("/jdk/bin/java"), Optional.of(new String[] {"-cp", "a:b", "Main"}));

  @Test
  void anInstalledProgramIsStartedByItsLauncher() {
    assertThat(Restart.command(Optional.of("/opt/invoicelens/bin/invoicelens"), CHECKOUT))
        .contains(List.of("/opt/invoicelens/bin/invoicelens"));
  }

  @Test
  void aCheckoutIsStartedAsItWas() {
    assertThat(Restart.command(Optional.empty(), CHECKOUT))
        .contains(List.of("/jdk/bin/java", "-cp", "a:b", "Main"));
  }

  @Test
  void whereNobodyKnowsHowTheUserHasToStartIt() {
    Process windows = new Process(Optional.of("C:\\java.exe"), Optional.empty());
    assertThat(Restart.command(Optional.empty(), windows)).isEmpty();
    Restart restart = new Restart(Optional.empty());
    assertThat(restart.isPossible()).isFalse();
    restart.want();
    restart.begin();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void theProgramStartsAgainOnlyWhereThatIsWanted(@TempDir Path folder) throws Exception {
    Path made = folder.resolve("made");
    Restart restart = new Restart(Optional.of(List.of("/bin/mkdir", made.toString())));
    restart.begin();
    assertThat(made).doesNotExist();
    restart.want();
    restart.begin();
    while (!Files.exists(made)) {
      Thread.sleep(10);
    }
  }
}
