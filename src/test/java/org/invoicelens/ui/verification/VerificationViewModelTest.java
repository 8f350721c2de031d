package org.invoicelens.ui.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final VerificationViewModel model = new VerificationViewModel(stages, session, runner);
  private ModelConfig config;

  @BeforeEach
  void downloaded() {
    config = Fixtures.config("pixtral", own);
    session.config().set(config);
    session.download().set(Fixtures.download(config));
  }

  @Test
  void ticksEveryFileOff() {
    stages.verification =
        (listener, cancellation) -> {
          for (long done : new long[] {4, 10}) {
            listener.onProgress(
                new Progress(
                    Stage.VERIFICATION, "model.safetensors", done, 10, Progress.Unit.BYTES, ""));
            assertThat(model.files().getFirst().mark().get())
                .isEqualTo(done == 10 ? Mark.GOOD : Mark.WORKING);
          }
          return Fixtures.verified(config);
        };
    model.enter();
    runner.runAll();
    assertThat(model.files()).extracting(CheckedFile::name).containsExactly("model.safetensors");
    assertThat(model.fact().get()).isEqualTo("11 files verified");
    assertThat(session.verification().get().verified()).isTrue();
  }

  @Test
  void namesWhatIsWrongAndRepairs() {
    stages.verification =
        (listener, cancellation) -> {
          throw new VerificationException(
              VerificationException.Reason.FILES_WRONG,
              new VerificationStatus(
                  own,
                  false,
                  10,
                  11,
                  100,
                  List.of(
                      new Finding(
                          "tokenizer.json", Finding.Fault.MISSING, "The file is missing."))),
              new Problem("1 of 11 files is not right.", "", "Repair it."),
              "",
              null);
        };
    model.enter();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.FAILED);
    assertThat(model.retryText().get()).isEqualTo("_Repair");
    CheckedFile wrong = model.files().getFirst();
    assertThat(wrong.name()).isEqualTo("tokenizer.json");
    assertThat(wrong.mark().get()).isEqualTo(Mark.FAILED);
    assertThat(wrong.words().get()).isEqualTo("The file is missing.");

    stages.verification = (listener, cancellation) -> Fixtures.verified(config);
    model.retry();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.DONE);
    assertThat(model.files()).isEmpty();
  }

  @Test
  void findsTheFilesAgainWhereTheDownloadWasBeforeTheWindowWasClosed() {
    session.download().set(null);
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.download = (listener, cancellation) -> Fixtures.download(config);
    stages.verification = (listener, cancellation) -> Fixtures.verified(config);
    model.enter();
    runner.runAll();
    assertThat(stages.calls).containsExactly("verifyHardware", "download", "verify");
    assertThat(model.state().get()).isEqualTo(StepState.DONE);
  }
}
