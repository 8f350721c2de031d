package org.invoicelens.ui.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.invoicelens.config.Precision;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.ScriptedStages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareViewModelTest {

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final SetupSession session = new SetupSession();
  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private HardwareViewModel model;

  @BeforeEach
  void choose() {
    session.config().set(Fixtures.config("pixtral", own));
    model =
        new HardwareViewModel(
            stages,
            session,
            runner,
            desktop,
            new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner));
  }

  @Test
  void checksWhenEnteredAndSaysWhatGoingOnWillDo() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    model.enter();
    assertThat(model.state().get()).isEqualTo(StepState.WORKING);
    assertThat(model.nextReady().get()).isFalse();
    runner.runAll();
    assertThat(model.headline().get()).isEqualTo("Your computer can run pixtral-12b");
    assertThat(model.fact().get()).isEqualTo("ready, one remark");
    assertThat(model.nextText().get()).isEqualTo("_Download 25.4 GB");
    assertThat(model.nextReady().get()).isTrue();
    assertThat(session.hardware().get()).isNotNull();
  }

  @Test
  void doesNotCheckTwiceWhenComeBackTo() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    model.enter();
    runner.runAll();
    model.enter();
    runner.runAll();
    assertThat(stages.calls).containsExactly("verifyHardware");
  }

  @Test
  void showsWhatWasFoundAlsoWhereItDoesNotSuffice() {
    stages.hardware =
        (listener, cancellation) -> {
          throw new HardwareException(
              HardwareException.Reason.TOO_LITTLE_DISK,
              Fixtures.workstation(),
              new Problem("The disk is too small.", "", "Free some."),
              "",
              null);
        };
    model.enter();
    runner.runAll();
    assertThat(model.state().get()).isEqualTo(StepState.FAILED);
    assertThat(model.status().get().checks()).hasSize(5);
    assertThat(model.headline().get()).isEqualTo("This computer cannot run pixtral-12b as it is");
    assertThat(model.nextReady().get()).isFalse();
    assertThat(session.hardware().get()).isNull();
  }

  @Test
  void theReportHoldsEveryCheckAndEverySum() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    model.enter();
    runner.runAll();
    model.actions().stream()
        .filter(action -> action.id().equals("copy-report"))
        .forEach(action -> action.action().run());
    assertThat(desktop.copied).hasSize(1);
    assertThat(desktop.copied.getFirst())
        .contains("[good] Graphics card: NVIDIA RTX A4000", "(NVML)", "[remark] Memory")
        .contains(
            "4 bit (nf4): 9 GiB weights + 1.3 GiB page and answer + 1 GiB runtime + 1.5 GiB kept"
                + " free = 12.8 GiB: fits into 14.1 GiB")
        .contains("16 bit: 23.6 GiB weights");
  }

  @Test
  void goesOnWithWhatIsRecommendedUnlessTheUserWantsOtherwise() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    model.enter();
    runner.runAll();
    assertThat(model.choice().get().precision()).isEqualTo(Precision.NF4);
    assertThat(model.departure()).isEmpty();
    assertThat(model.choiceRemark().get()).isEmpty();

    MemoryEstimate wide = estimate(Precision.BFLOAT16);
    model.choice().set(wide);
    assertThat(model.departure()).contains(wide);
    assertThat(model.choiceRemark().get()).startsWith("16 bit does not fit as things are.");

    model.choice().set(estimate(Precision.INT4));
    assertThat(model.departure()).isPresent();
    assertThat(model.choiceRemark().get()).isEmpty();
  }

  @Test
  void goesOnOnlyWhenItIsDecidedWhatDoesTheWork() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    model.enter();
    runner.runAll();
    assertThat(model.headline().get()).isEqualTo("Your graphics card can run pixtral-12b");
    assertThat(model.nextReady().get()).isFalse();

    model.graphics().decline();
    assertThat(model.sentence().get()).startsWith("The processor does the work, because");
    assertThat(model.nextReady().get()).isTrue();
    model.choice().set(estimate(Precision.INT4));
    assertThat(model.choiceRemark().get()).startsWith("The support for the graphics card");

    model.graphics().reconsider();
    assertThat(model.nextReady().get()).isFalse();
    stages.graphicsInstall =
        (listener, cancellation) -> {
          stages.graphics = (l, c) -> Fixtures.supportHere(false);
          return true;
        };
    model.graphics().download();
    assertThat(model.nextReady().get()).isFalse();
    runner.runAll();
    assertThat(model.headline().get()).isEqualTo("Your computer can run pixtral-12b");
    assertThat(model.sentence().get()).startsWith("The graphics card does the work");
    assertThat(model.nextReady().get()).isTrue();
  }

  @Test
  void aModelThatShipsNeedsNoDecision() {
    session.config().set(Fixtures.config("pixtral-mini", own));
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    model.enter();
    runner.runAll();
    assertThat(model.nextReady().get()).isTrue();
  }

  @Test
  void offersToStartAtOnceWhereTheFilesAreVerifiedAlready() {
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    session.verification().set(Fixtures.verified(session.config().get()));
    model.enter();
    runner.runAll();
    assertThat(model.nextText().get()).isEqualTo("_Start in 4 bit (nf4)");
    model.choice().set(estimate(Precision.INT4));
    assertThat(model.nextText().get()).isEqualTo("_Start in 4 bit (int4)");
  }

  @Test
  void thePictureShowsWhatOtherProgramsHoldAndIsAsWideAsTheLargestSum() {
    HardwareStatus status = Fixtures.workstation();
    MemoryPicture picture = MemoryPicture.ofCard(status).orElseThrow();
    assertThat(picture.total()).isEqualTo(status.bestGpu().orElseThrow().memoryTotal());
    assertThat(picture.others()).isEqualTo(picture.total() - picture.available());
    assertThat(picture.scale())
        .isEqualTo(picture.others() + picture.fits().getFirst().needed())
        .isGreaterThan(picture.total());
    MemoryEstimate fitting = estimateIn(status, Precision.NF4);
    assertThat(MemoryWords.lines(fitting))
        .extracting(MemoryWords.Line::amount)
        .containsExactly("9 GiB", "1.3 GiB", "1 GiB", "1.5 GiB", "12.8 GiB", "14.1 GiB", "1.3 GiB");
    assertThat(MemoryWords.lines(estimateIn(status, Precision.BFLOAT16)).getLast().name())
        .isEqualTo("are lacking");
  }

  private MemoryEstimate estimate(Precision precision) {
    return estimateIn(model.status().get(), precision);
  }

  private static MemoryEstimate estimateIn(HardwareStatus status, Precision precision) {
    return status.fits().stream()
        .filter(fit -> fit.precision() == precision)
        .findFirst()
        .orElseThrow();
  }
}
