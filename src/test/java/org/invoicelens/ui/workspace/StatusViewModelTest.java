package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalInt;
import org.invoicelens.hardware.DeviceState;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.junit.jupiter.api.Test;

class StatusViewModelTest {

  private final ManualRunner runner = new ManualRunner();
  private Optional<DeviceState> state = Optional.empty();
  private int measured;
  private final StatusViewModel status =
      new StatusViewModel(
          device -> {
            measured++;
            return device.equals("cuda:0") ? state : Optional.empty();
          },
          runner,
          () -> "pixtral-12b");

  @Test
  void saysNothingWithoutAModel() {
    status.refresh();
    runner.runAll();
    assertThat(measured).isZero();
    assertThat(status.modelWords().get()).isEmpty();
  }

  @Test
  void saysWhatIsKnownAndLeavesOutTheRest() {
    status.show(Fixtures.model("{}"));
    assertThat(status.modelWords().get()).startsWith("pixtral-12b · 4 bit");
    assertThat(status.deviceWords().get()).isEqualTo("cuda:0");
    assertThat(status.memoryWords().get()).isEqualTo("11.4 GiB");
    assertThat(status.temperatureWords().get()).isEmpty();
    assertThat(status.rateWords().get()).isEmpty();

    state = Optional.of(new DeviceState("NVIDIA RTX A4000", 16 * Fixtures.GIB, OptionalInt.of(61)));
    status.refresh();
    status.refresh();
    runner.runAll();
    assertThat(measured).isEqualTo(1);
    assertThat(status.deviceWords().get()).isEqualTo("NVIDIA RTX A4000");
    assertThat(status.memoryWords().get()).isEqualTo("11.4 of 16 GiB");
    assertThat(status.temperatureWords().get()).isEqualTo("61 °C");

    state = Optional.of(new DeviceState("NVIDIA RTX A4000", 0, OptionalInt.empty()));
    status.refresh();
    runner.runAll();
    assertThat(status.memoryWords().get()).isEqualTo("11.4 GiB");
    assertThat(status.temperatureWords().get()).isEmpty();
  }

  @Test
  void aMeasurementOfAModelThatWentIsNotShown() {
    state = Optional.of(new DeviceState("NVIDIA RTX A4000", 0, OptionalInt.of(50)));
    status.show(Fixtures.model("{}"));
    status.refresh();
    status.show(null);
    runner.runAll();
    assertThat(status.deviceWords().get()).isEmpty();
    assertThat(status.temperatureWords().get()).isEmpty();
  }
}
