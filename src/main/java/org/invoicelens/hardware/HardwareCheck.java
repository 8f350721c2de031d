package org.invoicelens.hardware;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.hardware.HardwareException.Reason;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.HardwareStatus.Check.State;
import org.invoicelens.hardware.HardwareStatus.Check.Subject;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Problem;

/**
 * One run of the check: each step measures one thing, puts it in words and notes what is lacking.
 * The steps are called once each, in the order of {@link Subject}.
 */
final class HardwareCheck {

  /** One part in so many of the download is left free on the disk beside it. */
  private static final int DISK_MARGIN = 100;

  private static final String ARITHMETIC = "memory arithmetic";
  private static final String CONNECTION = "TCP connection";
  private static final String FILE_SYSTEM = "file system";

  private record Failure(Reason reason, Problem problem, String detail, Throwable cause) {}

  private final ModelConfig config;
  private final HardwareVerifier.Probes probes;
  private final Cancellation cancellation;
  private final List<Check> checks = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  private Machine machine;
  private List<Gpu> gpus = List.of();
  private Optional<Gpu> best = Optional.empty();
  private long diskSpace;
  private boolean networkAvailable;
  private List<MemoryEstimate> fits = List.of();
  private Optional<MemoryEstimate> recommended = Optional.empty();

  HardwareCheck(ModelConfig config, HardwareVerifier.Probes probes, Cancellation cancellation) {
    this.config = config;
    this.probes = probes;
    this.cancellation = cancellation;
  }

  /** Finds the graphics cards and picks the best. */
  void machineAndCards() {
    machine = probes.machine().get();
    List<Card> cards = probes.cards().apply(machine);
    gpus = cards.stream().map(this::judge).toList();
    best = HardwareStatus.best(gpus);
    String source = cards.isEmpty() ? OshiMachine.SOURCE : sources(cards);
    if (best.isPresent()) {
      Optional<Card> card = cards.stream().filter(c -> isSame(c, best.get())).findFirst();
      graphicsCard(card.orElseThrow(), source);
    } else if (mayUseProcessor()) {
      add(
          Subject.GRAPHICS,
          isProcessorWished() ? State.GOOD : State.REMARK,
          found(),
          source,
          isProcessorWished()
              ? "The configuration asks for the processor."
              : "The processor will do the work, which is much slower.",
          isProcessorWished() ? "" : advice());
    } else {
      add(
          Subject.GRAPHICS,
          State.FAILED,
          found(),
          source,
          "The configuration does not allow the processor to do the work.",
          noDeviceRemedy());
      fail(
          Reason.NO_USABLE_DEVICE,
          new Problem(
              "This computer has no graphics card that can run " + config.name() + ".",
              found() + ".",
              noDeviceRemedy()),
          null);
    }
  }

  void processor() {
    String name = machine.processor().isEmpty() ? "Processor" : machine.processor();
    add(
        Subject.PROCESSOR,
        State.GOOD,
        name + ", " + machine.cores() + (machine.cores() == 1 ? " core" : " logical cores"),
        OshiMachine.SOURCE,
        "",
        "");
  }

  void memory() {
    add(
        Subject.MEMORY,
        State.GOOD,
        ByteSize.binaryText(machine.memoryTotal())
            + ", of which "
            + ByteSize.binaryText(machine.memoryAvailable())
            + " are free",
        machine.memorySource(),
        "",
        "");
  }

  /** The model folder: whether files can be made there, and whether enough of them. */
  void disk() {
    ModelStorage storage = new ModelStorage(config.modelPath());
    Path nearest = storage.nearest();
    long present;
    try {
      diskSpace = storage.freeSpace();
      present = storage.present();
      ModelStorage.proveWritable(nearest);
    } catch (IOException e) {
      String meaning = "The model cannot be stored in " + config.modelPath() + ".";
      String remedy =
          "Choose another folder for the model, or ask for permission to write to " + nearest + ".";
      add(Subject.DISK, State.FAILED, "Nothing can be written", FILE_SYSTEM, meaning, remedy);
      fail(
          Reason.MODEL_FOLDER_NOT_WRITABLE,
          new Problem("Nothing can be written to " + nearest + ".", meaning, remedy),
          e);
      return;
    }
    String found = ByteSize.text(diskSpace) + " free for " + config.modelPath();
    long missing = missing(present);
    if (missing > diskSpace) {
      String meaning =
          "The download needs " + ByteSize.text(missing) + ", which do not fit on this disk.";
      String remedy =
          "Free "
              + ByteSize.text(missing - diskSpace)
              + " on it, or choose a folder on another disk for the model.";
      add(Subject.DISK, State.FAILED, found, FILE_SYSTEM, meaning, remedy);
      fail(
          Reason.TOO_LITTLE_DISK,
          new Problem("There is too little room on the disk: " + found + ".", meaning, remedy),
          null);
      return;
    }
    String meaning =
        config.footprint().isEmpty()
            ? "How much the download needs is known when it starts."
            : missing == 0
                ? "The model's files are there already."
                : "The download needs " + ByteSize.text(missing) + ".";
    add(Subject.DISK, State.GOOD, found, FILE_SYSTEM, meaning, "");
  }

  void network() {
    if (config.isBundled()) {
      networkAvailable = true;
      String meaning = "This model comes with InvoiceLens.";
      add(Subject.NETWORK, State.GOOD, "Not needed", "", meaning, "");
      return;
    }
    String files = "The model can be used only if its files are on this computer already.";
    if (probes.network().isOffline()) {
      add(
          Subject.NETWORK,
          State.REMARK,
          "Offline by choice",
          "HF_HUB_OFFLINE",
          files,
          "To download the model, remove the environment variable HF_HUB_OFFLINE.");
      return;
    }
    URI endpoint = probes.network().endpoint(config.endpoint());
    NetworkProbe.Answer answer = probes.network().reach(endpoint, cancellation);
    networkAvailable = answer.reached();
    if (answer.reached()) {
      String found = answer.target() + " answered within " + answer.milliseconds() + " ms";
      add(Subject.NETWORK, State.GOOD, found, CONNECTION, "", "");
    } else {
      add(
          Subject.NETWORK,
          State.REMARK,
          answer.target() + " was not reached: " + answer.failure(),
          CONNECTION,
          files,
          "To download the model, check the network connection, and ask your administrator whether"
              + " a proxy is needed (HTTPS_PROXY).");
    }
  }

  void temporaryFolder() {
    Path folder = probes.temporary();
    try {
      ModelStorage.proveWritable(folder);
      add(Subject.TEMPORARY_FOLDER, State.GOOD, folder + " can be written", FILE_SYSTEM, "", "");
    } catch (IOException e) {
      String meaning = "InvoiceLens cannot prepare invoices without a temporary folder.";
      String remedy =
          "Free some space there or ask for permission to write to it; another folder can be named"
              + " by the environment variable TMPDIR (TEMP on Windows).";
      String found = "Nothing can be written to " + folder;
      add(Subject.TEMPORARY_FOLDER, State.FAILED, found, FILE_SYSTEM, meaning, remedy);
      fail(Reason.TEMPORARY_FOLDER_NOT_WRITABLE, new Problem(found + ".", meaning, remedy), e);
    }
  }

  /** The memory sums, and the precision they allow. */
  void precision() {
    if (config.footprint().isEmpty()) {
      add(
          Subject.PRECISION,
          State.REMARK,
          "Not known yet",
          "",
          "How much memory this model needs is known when its files are here.",
          "");
      return;
    }
    MemoryArithmetic arithmetic = new MemoryArithmetic(config, config.footprint().get());
    List<MemoryEstimate> onGpu =
        best.map(gpu -> arithmetic.estimates(true, gpu.memoryFree())).orElse(List.of());
    List<MemoryEstimate> onCpu =
        mayUseProcessor()
            ? arithmetic.estimates(false, machine.memoryAvailable())
            : List.<MemoryEstimate>of();
    fits = new ArrayList<>(onGpu);
    fits.addAll(onCpu);
    boolean largeEnough =
        best.filter(gpu -> MemoryArithmetic.isLargeEnough(config, gpu.memoryTotal())).isPresent();
    recommended = arithmetic.recommend(onGpu, onCpu, largeEnough);
    if (recommended.isPresent()) {
      recommend(recommended.get());
    } else if (!fits.isEmpty()) {
      tooLittleMemory(arithmetic.wished());
    }
  }

  /**
   * What was measured.
   *
   * @throws HardwareException for the first thing that is lacking
   */
  HardwareStatus result() throws HardwareException {
    HardwareStatus status =
        new HardwareStatus(
            best.isPresent(),
            best.map(Gpu::memoryTotal).orElse(0L),
            best.map(Gpu::computeCapability).orElse(0.0),
            diskSpace,
            networkAvailable,
            probes.temporary(),
            gpus,
            machine.processor(),
            machine.cores(),
            machine.memoryTotal(),
            machine.memoryAvailable(),
            checks,
            fits,
            recommended.map(MemoryEstimate::precision));
    if (!failures.isEmpty()) {
      Failure first = failures.getFirst();
      throw new HardwareException(first.reason, status, first.problem, first.detail, first.cause);
    }
    return status;
  }

  private Gpu judge(Card card) {
    Gpu gpu = card.judge(config.hardware().minComputeCapability(), probes.limits());
    String device = config.loading().deviceMap();
    String unwanted =
        isProcessorWished()
            ? "the configuration asks for the processor"
            : device.startsWith("cuda:") && !device.equals("cuda:" + card.index())
                ? "the configuration asks for " + device
                : "";
    return !gpu.isUsable() || unwanted.isEmpty()
        ? gpu
        : new Gpu(
            gpu.index(),
            gpu.name(),
            gpu.memoryTotal(),
            gpu.memoryFree(),
            gpu.computeCapability(),
            gpu.driver(),
            gpu.source(),
            unwanted);
  }

  private void graphicsCard(Card card, String source) {
    boolean aged =
        DriverVersion.tryParse(card.driver())
            .filter(driver -> driver.compareTo(probes.limits().matching()) < 0)
            .isPresent();
    String programs =
        card.programs().isEmpty()
            ? ""
            : " Programs that use it now: " + String.join(", ", card.programs()) + ".";
    add(
        Subject.GRAPHICS,
        aged ? State.REMARK : State.GOOD,
        found(),
        source,
        (aged
                ? "The driver is older than the one that belongs to CUDA 12.8; the card will"
                    + " probably work all the same."
                : "The model can run on " + card.name() + ".")
            + programs,
        aged
            ? "If the model does not start, install driver "
                + probes.limits().matching()
                + " or newer."
            : "");
  }

  private void recommend(MemoryEstimate estimate) {
    Precision preferred = config.quantization().preferred();
    boolean isDefault = estimate.precision() == preferred;
    boolean onSmallCard = !estimate.onGpu() && best.isPresent();
    String more = isDefault ? "" : " " + whyNot(preferred, estimate.onGpu());
    String slower =
        onSmallCard ? " The graphics card is too small, so the processor does the work." : "";
    add(
        Subject.PRECISION,
        isDefault && !onSmallCard ? State.GOOD : State.REMARK,
        estimate.precision().title()
            + (estimate.onGpu() ? " on the graphics card" : " on the processor"),
        ARITHMETIC,
        HardwareWords.sum(estimate) + more + slower,
        "");
  }

  /** Why the default precision is not the one recommended on that device. */
  private String whyNot(Precision preferred, boolean onGpu) {
    MemoryEstimate estimate =
        fits.stream()
            .filter(fit -> fit.precision() == preferred && fit.onGpu() == onGpu)
            .findFirst()
            .orElseThrow();
    return estimate.fits()
        ? preferred.title()
            + " is kept for graphics cards of "
            + ByteSize.binaryText(config.hardware().minGpuMemory())
            + " or more, as the configuration asks."
        : preferred.title() + " would need " + ByteSize.binaryText(estimate.needed()) + ".";
  }

  private void tooLittleMemory(List<Precision> wished) {
    MemoryEstimate smallest =
        fits.stream()
            .filter(fit -> wished.contains(fit.precision()))
            .min(Comparator.comparingLong(fit -> fit.needed() - fit.available()))
            .orElseThrow();
    String place = smallest.onGpu() ? "on the graphics card" : "in main memory";
    String what = config.name() + " does not fit " + place + ".";
    String remedy =
        "Close other programs, allow a smaller precision in the configuration, or choose a smaller"
            + " model.";
    add(
        Subject.PRECISION,
        State.FAILED,
        "Nothing fits",
        ARITHMETIC,
        HardwareWords.sum(smallest),
        remedy);
    fail(Reason.TOO_LITTLE_MEMORY, new Problem(what, HardwareWords.sum(smallest), remedy), null);
  }

  /** What is still to be stored, with a margin; 0 where it is not known or all is there. */
  private long missing(long present) {
    return config
        .footprint()
        .map(ModelConfig.Footprint::downloadBytes)
        .filter(bytes -> bytes > present)
        .map(bytes -> bytes - present + bytes / DISK_MARGIN)
        .orElse(0L);
  }

  private String found() {
    return gpus.isEmpty()
        ? "No graphics card was found"
        : gpus.stream().map(HardwareWords::card).collect(Collectors.joining("; "));
  }

  private String advice() {
    String card = config.hardware().recommendedGpu();
    return card.isEmpty() ? "" : "A graphics card such as " + card + " makes it faster.";
  }

  private String noDeviceRemedy() {
    return (advice()
            + " To use the processor, set hardware.allow_cpu to true in the configuration.")
        .strip();
  }

  private boolean isProcessorWished() {
    return config.loading().deviceMap().equals("cpu");
  }

  private boolean mayUseProcessor() {
    return config.hardware().allowCpu() || isProcessorWished();
  }

  private static boolean isSame(Card card, Gpu gpu) {
    return card.index() == gpu.index() && card.source().equals(gpu.source());
  }

  private static String sources(List<Card> cards) {
    return cards.stream().map(Card::source).distinct().collect(Collectors.joining(", "));
  }

  private void add(
      Subject subject, State state, String found, String source, String meaning, String remedy) {
    checks.add(new Check(subject, state, found, source, meaning, remedy));
  }

  private void fail(Reason reason, Problem problem, Throwable cause) {
    String detail = cause == null ? "" : cause.toString();
    failures.add(new Failure(reason, problem, detail, cause));
  }
}
