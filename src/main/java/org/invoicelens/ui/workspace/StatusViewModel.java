package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.hardware.DeviceState;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The model at work, where it is and how it does, in a few words each. For the UI thread only. */
final class StatusViewModel {

  private static final Logger log = LoggerFactory.getLogger(StatusViewModel.class);

  private final Function<String, Optional<DeviceState>> meter;
  private final WorkRunner runner;
  private final Supplier<String> modelName;
  private final ReadOnlyStringWrapper modelWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper deviceWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper memoryWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper temperatureWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper rateWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper promiseWords =
      new ReadOnlyStringWrapper(text("status.private"));
  private Optional<DeviceState> state = Optional.empty();
  private String device = "";
  private long memory;
  private boolean measuring;
  private boolean remote;

  /**
   * @param meter how a device stands now; takes its time
   * @param modelName the name of the model's configuration
   */
  StatusViewModel(
      Function<String, Optional<DeviceState>> meter,
      WorkRunner runner,
      Supplier<String> modelName) {
    this.meter = meter;
    this.runner = runner;
    this.modelName = modelName;
  }

  /** The model and its precision. */
  ReadOnlyStringProperty modelWords() {
    return modelWords.getReadOnlyProperty();
  }

  /** The device it is on. */
  ReadOnlyStringProperty deviceWords() {
    return deviceWords.getReadOnlyProperty();
  }

  /** How much memory it holds, and of how much, where that is known. */
  ReadOnlyStringProperty memoryWords() {
    return memoryWords.getReadOnlyProperty();
  }

  /** How warm the device is; empty where that is not known. */
  ReadOnlyStringProperty temperatureWords() {
    return temperatureWords.getReadOnlyProperty();
  }

  /** What becomes of the documents. */
  ReadOnlyStringProperty promiseWords() {
    return promiseWords.getReadOnlyProperty();
  }

  /** How fast the last document was read; empty before. */
  ReadOnlyStringProperty rateWords() {
    return rateWords.getReadOnlyProperty();
  }

  /** Describes a model that came; null where one went. */
  void show(ReadyModel model) {
    rateWords.set("");
    state = Optional.empty();
    promiseWords.set(text("status.private"));
    if (model == null) {
      device = "";
      modelWords.set("");
      deviceWords.set("");
      memoryWords.set("");
      temperatureWords.set("");
      return;
    }
    EngineFacts facts = model.facts();
    device = facts.device();
    remote = facts instanceof RemoteModel;
    if (remote) {
      promiseWords.set(text("status.server", device));
    }
    memory = facts.memoryUsage();
    modelWords.set(text("status.model", modelName.get(), facts.variant()));
    tell();
  }

  /** Takes over how fast a document was read, and what memory the model held then. */
  void readIn(GenerationResult result) {
    if (device.isEmpty()) {
      return;
    }
    GenerationResult.Timings timings = result.timings();
    rateWords.set(
        text(
            "status.rate",
            Amounts.seconds(timings.image().plus(timings.prefill())),
            Amounts.number(timings.decodeTokensPerSecond())));
    memory = result.memory();
    tell();
  }

  /** Measures anew; does nothing while the last measurement goes on. */
  void refresh() {
    if (measuring || device.isEmpty() || remote) {
      return;
    }
    measuring = true;
    String measured = device;
    runner.start(
        (listener, cancellation) -> meter.apply(measured),
        now -> {
          measuring = false;
          if (measured.equals(device)) {
            state = now;
            tell();
          }
        },
        thrown -> {
          measuring = false;
          log.debug("{} cannot be measured", measured, thrown);
        });
  }

  private void tell() {
    deviceWords.set(
        state
            .map(DeviceState::name)
            .filter(name -> !name.isBlank())
            .orElse(device.equals("cpu") ? text("status.cpu") : device));
    // What a server holds is not this computer's.
    memoryWords.set(remote ? "" : memoryHere());
    temperatureWords.set(
        state.isPresent() && state.get().temperature().isPresent()
            ? text("status.temperature", state.get().temperature().getAsInt())
            : "");
  }

  private String memoryHere() {
    return state
        .filter(now -> now.memoryTotal() > 0)
        .map(now -> Amounts.memoryOf(memory, now.memoryTotal()))
        .orElseGet(() -> Amounts.memory(memory));
  }
}
