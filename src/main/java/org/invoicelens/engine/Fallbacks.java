package org.invoicelens.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.TorchRuntime;

/**
 * The ways in which a configuration allows a model to be loaded, in the order in which they are
 * tried: on each device the preferred precision and then the fallbacks, and the processor last.
 * Never the processor where it is not allowed; there int8 stands in for fp8, which takes as much
 * memory and is many times slower on processors.
 */
final class Fallbacks {

  static final String CPU = "cpu";

  /**
   * One way.
   *
   * @param device {@code cpu}, {@code cuda:N}, or several cards to choose from, joined by commas
   */
  record Way(String device, Precision precision) {

    boolean onProcessor() {
      return device.equals(CPU);
    }
  }

  private Fallbacks() {}

  /**
   * All ways.
   *
   * @return none where there is no card and the processor is not allowed
   */
  static List<Way> of(ModelConfig config) throws CheckpointException {
    List<Way> ways = new ArrayList<>();
    for (String device : devices(config)) {
      for (Precision precision : precisions(config, device)) {
        ways.add(new Way(device, precision));
      }
    }
    return ways;
  }

  /**
   * The ways that are left where memory ran out in one of them: those after it. Since each step
   * leaves fewer, none is tried twice.
   */
  static List<Way> after(ModelConfig config, Way exhausted) throws CheckpointException {
    List<Way> ways = of(config);
    int place = -1;
    for (int i = 0; i < ways.size(); i++) {
      Way way = ways.get(i);
      if (way.onProcessor() == exhausted.onProcessor()
          && way.precision() == exhausted.precision()) {
        place = i;
      }
    }
    if (place >= 0) {
      return List.copyOf(ways.subList(place + 1, ways.size()));
    }
    // It was loaded otherwise than is configured now: what takes less comes after it.
    return ways.stream()
        .filter(way ->
            way.onProcessor() == exhausted.onProcessor()
                ? way.precision().bits() < exhausted.precision().bits()
                : way.onProcessor())
        .toList();
  }

  private static List<String> devices(ModelConfig config) throws CheckpointException {
    String asked = config.loading().deviceMap();
    List<String> devices = new ArrayList<>();
    if (asked.equals("auto")) {
      String cards = TorchRuntime.graphicsDevices();
      if (!cards.isEmpty()) {
        devices.add(cards);
      }
    } else if (!asked.equals(CPU)) {
      devices.add(asked);
    }
    if (config.hardware().allowCpu() || asked.equals(CPU)) {
      devices.add(CPU);
    }
    return devices;
  }

  private static Set<Precision> precisions(ModelConfig config, String device) {
    Set<Precision> precisions = new LinkedHashSet<>();
    precisions.add(on(device, config.quantization().preferred()));
    config.quantization().fallback().forEach(fallback -> precisions.add(on(device, fallback)));
    return precisions;
  }

  /** The form that a device computes with where a precision is configured. */
  static Precision on(String device, Precision configured) {
    return device.equals(CPU) && configured == Precision.FP8 ? Precision.INT8 : configured;
  }
}
