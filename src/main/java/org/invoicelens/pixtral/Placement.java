package org.invoicelens.pixtral;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.hardware.CudaDriver;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a model goes and how it computes there, once everything left open is chosen. */
final class Placement {

  private static final Logger log = LoggerFactory.getLogger(Placement.class);

  private static final Words WORDS = Words.of(Placement.class);

  private Placement() {}

  /** Makes a choice of everything that was left open. */
  static LoadOptions resolve(LoadOptions asked) throws CheckpointException {
    String device = device(asked.device().toLowerCase(Locale.ROOT).strip());
    // a decoder that is not packed has the type of everything else
    Precision dtype = asked.precision().isQuantized() ? asked.dtype() : asked.precision();
    return new LoadOptions(
        asked.precision(),
        dtype,
        attention(asked.attention(), dtype, device),
        device,
        asked.groupSize(),
        asked.doubleQuant());
  }

  /** The same on the devices that a split uses. */
  static LoadOptions on(DeviceSplit split, LoadOptions asked) {
    // several names stay several, so that the program knows that it is split
    String device =
        asked.device().contains(",") && split.isSpread()
            ? String.join(",", split.devices())
            : split.first();
    return new LoadOptions(
        asked.precision(),
        asked.dtype(),
        asked.attention(),
        device,
        asked.groupSize(),
        asked.doubleQuant());
  }

  /** A device's name, or the names of several to choose from, joined by commas. */
  private static String device(String asked) throws CheckpointException {
    if (asked.contains(",")) {
      List<String> names = new ArrayList<>();
      for (String name : asked.split(",")) {
        // PyTorch's second name for the processor stays apart from its first
        names.add(name.equals("cpu:0") ? name : device(name));
      }
      return String.join(",", names);
    }
    if (asked.equals("cpu")) {
      return asked;
    }
    int cards = TorchRuntime.graphicsCards();
    if (asked.equals("auto")) {
      return cards > 0 ? TorchRuntime.graphicsDevices() : "cpu";
    }
    String number = asked.equals("cuda") ? "0" : asked.replaceFirst("^cuda:", "");
    if (number.matches("[0-9]{1,3}") && Integer.parseInt(number) < cards) {
      return "cuda:" + Integer.parseInt(number);
    }
    throw new CheckpointException(
        CheckpointException.Reason.DEVICE_UNAVAILABLE,
        unavailable(asked, cards, TorchRuntime.isLoadedForGraphics()),
        "",
        null);
  }

  /** Why a card cannot be had. */
  static Problem unavailable(String asked, int cards, boolean libraryForCards) {
    String key = cards > 0 ? "device.other" : libraryForCards ? "device.unseen" : "device.none";
    return WORDS.problem(key, asked, cards - 1);
  }

  /** The flash kernel on graphics cards takes 16-bit values, from compute capability 8.0 on. */
  static AttentionVariant attention(AttentionVariant asked, Precision dtype, String device) {
    if (asked != AttentionVariant.FLASH || device.equals("cpu")) {
      return asked;
    }
    boolean possible = dtype == Precision.BFLOAT16 && computeCapability(device) >= 80;
    if (!possible) {
      log.info("The flash kernel does not run in {} on {}; sdpa is used.", dtype.id(), device);
    }
    return possible ? asked : AttentionVariant.SDPA;
  }

  private static int computeCapability(String device) {
    return CudaDriver.computeCapability(cardNumber(device)).orElse(0);
  }

  /** The number of a card, the first of several. */
  private static int cardNumber(String device) {
    return Integer.parseInt(device.split(",")[0].substring("cuda:".length()));
  }

  /** Memory of a graphics card that is free, in bytes; empty where the driver cannot say. */
  static OptionalLong freeCardMemory(String device) {
    int number = cardNumber(device);
    // The driver's order is that of CUDA for sure only where there is one card.
    List<HardwareStatus.Gpu> cards = CudaCards.read();
    if (cards.size() == 1 && number == 0) {
      return OptionalLong.of(cards.getFirst().memoryFree());
    }
    try {
      var usage = CudaUtils.getGpuMemory(Device.gpu(number));
      return OptionalLong.of(usage.getMax() - usage.getCommitted());
    } catch (RuntimeException e) {
      log.debug("The free memory of {} is unknown.", device, e);
      return OptionalLong.empty();
    }
  }
}
