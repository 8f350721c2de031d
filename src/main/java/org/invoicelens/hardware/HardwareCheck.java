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
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hardware.HardwareException.Reason;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.HardwareStatus.Check.State;
import org.invoicelens.hardware.HardwareStatus.Check.Subject;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/**
 * One run of the check: each step measures one thing, puts it in words and notes what is lacking.
 * The steps are called once each, in the order of {@link Subject}.
 */
final class HardwareCheck {

  /** One part in so many of the download is left free on the disk beside it. */
  private static final int DISK_MARGIN = 100;

  /** The first cards with instructions for bfloat16. */
  private static final double BFLOAT16_CAPABILITY = 8.0;

  private static final Words WORDS = Words.of(HardwareCheck.class);

  private record Failure(Reason reason, Problem problem, String detail, Throwable cause) {}

  private final ModelConfig config;
  private final HardwareVerifier.Probes probes;
  private final Cancellation cancellation;
  private final List<Check> checks = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  private Machine machine;
  private List<Gpu> gpus = List.of();
  private Optional<Gpu> best = Optional.empty();
  private Optional<Card> bestCard = Optional.empty();
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
    if (config.isRemote()) {
      add(Subject.GRAPHICS, State.GOOD, found(), source, WORDS.text("graphics.notNeeded"), "");
    } else if (best.isPresent()) {
      bestCard = cards.stream().filter(c -> isSame(c, best.get())).findFirst();
      graphicsCard(bestCard.orElseThrow(), source);
    } else {
      noCard(cards, source);
    }
  }

  private void noCard(List<Card> cards, String source) {
    double least = config.hardware().minComputeCapability();
    Optional<Card> worth =
        cards.stream()
            .filter(card -> faultOf(card).filter(f -> f != Card.Fault.OTHER_MAKER).isPresent())
            .min(Comparator.comparing(card -> faultOf(card).orElseThrow()));
    Optional<Problem> problem =
        worth.map(card -> card.problem(faultOf(card).orElseThrow(), least, probes.limits()));
    if (isProcessorWished()) {
      String meaning = WORDS.text("graphics.processorWished");
      add(Subject.GRAPHICS, State.GOOD, found(), source, meaning, "");
    } else if (mayUseProcessor()) {
      String slow = WORDS.text("graphics.processorSlow");
      add(
          Subject.GRAPHICS,
          State.REMARK,
          found(),
          source,
          problem.map(p -> p.meaning() + " " + slow).orElse(slow),
          joined(problem.map(Problem::remedy).orElse(""), advice()));
    } else {
      String remedy = joined(problem.map(Problem::remedy).orElse(""), noDeviceRemedy());
      add(
          Subject.GRAPHICS,
          State.FAILED,
          found(),
          source,
          joined(
              problem.map(Problem::meaning).orElse(""), WORDS.text("graphics.processorForbidden")),
          remedy);
      fail(
          worth.map(card -> reason(faultOf(card).orElseThrow())).orElse(Reason.NO_USABLE_DEVICE),
          new Problem(
              problem.map(Problem::what).orElse(WORDS.text("noDevice.what", config.name())),
              problem.map(Problem::meaning).orElse(WORDS.text("noDevice.meaning", found())),
              remedy),
          null);
    }
  }

  private Optional<Card.Fault> faultOf(Card card) {
    return card.fault(config.hardware().minComputeCapability(), probes.limits());
  }

  private static Reason reason(Card.Fault fault) {
    return switch (fault) {
      case LOST -> Reason.CARD_LOST;
      case DRIVER_TOO_OLD -> Reason.DRIVER_TOO_OLD;
      case DIVIDED -> Reason.CARD_DIVIDED;
      case NO_DRIVER -> Reason.NO_DRIVER;
      case CAPABILITY_TOO_LOW -> Reason.COMPUTE_CAPABILITY_TOO_LOW;
      case MEMORY_UNKNOWN, CAPABILITY_UNKNOWN, OTHER_MAKER -> Reason.NO_USABLE_DEVICE;
    };
  }

  private static String joined(String first, String second) {
    return (first + " " + second).strip();
  }

  void processor() {
    String name =
        machine.processor().isEmpty() ? WORDS.text("processor.unnamed") : machine.processor();
    add(
        Subject.PROCESSOR,
        State.GOOD,
        WORDS.text("processor.found", name, machine.cores()),
        OshiMachine.SOURCE,
        "",
        "");
  }

  void memory() {
    add(
        Subject.MEMORY,
        State.GOOD,
        WORDS.text(
            "mainMemory.found",
            ByteSize.binaryText(machine.memoryTotal()),
            ByteSize.binaryText(machine.memoryAvailable())),
        machine.memorySource(),
        "",
        "");
  }

  /** The model folder: whether all files are there, or can be made there and enough of them. */
  void disk() {
    if (config.isRemote()) {
      add(
          Subject.DISK,
          State.GOOD,
          WORDS.text("network.notNeeded"),
          "",
          WORDS.text("disk.server"),
          "");
      return;
    }
    ModelStorage storage = new ModelStorage(config.modelPath());
    Path nearest = storage.nearest();
    long present = 0;
    try {
      diskSpace = storage.freeSpace();
      present = storage.present();
      ModelStorage.proveWritable(nearest);
    } catch (IOException e) {
      if (present > 0 && missing(present) == 0) {
        // As on a share that holds the model for everybody.
        String onlyRead = WORDS.text("readOnly.found", config.modelPath());
        add(Subject.DISK, State.GOOD, onlyRead, fileSystem(), WORDS.text("disk.present"), "");
        return;
      }
      lacking(
          Subject.DISK,
          Reason.MODEL_FOLDER_NOT_WRITABLE,
          WORDS.text("folderNotWritable.found"),
          fileSystem(),
          WORDS.problem("folderNotWritable", nearest, config.modelPath()),
          e);
      return;
    }
    String found = WORDS.text("disk.found", ByteSize.text(diskSpace), config.modelPath());
    long missing = missing(present);
    if (missing > diskSpace) {
      String needed = ByteSize.text(missing);
      String excess = ByteSize.text(missing - diskSpace);
      lacking(
          Subject.DISK,
          Reason.TOO_LITTLE_DISK,
          found,
          fileSystem(),
          WORDS.problem("tooLittleDisk", found, needed, excess),
          null);
      return;
    }
    String meaning =
        config.footprint().isEmpty()
            ? WORDS.text("disk.sizeUnknown")
            : missing == 0
                ? WORDS.text("disk.present")
                : WORDS.text("disk.needed", ByteSize.text(missing));
    add(Subject.DISK, State.GOOD, found, fileSystem(), meaning, "");
  }

  void network() {
    if (config.isBundled()) {
      networkAvailable = true;
      add(
          Subject.NETWORK,
          State.GOOD,
          WORDS.text("network.notNeeded"),
          "",
          WORDS.text("network.bundled"),
          "");
      return;
    }
    if (config.isRemote()) {
      reach(
          config.server().orElseThrow().address(),
          WORDS.text("network.serverMustAnswer"),
          WORDS.text("network.serverNotReached.remedy"));
      return;
    }
    String files = WORDS.text("network.filesMustBeHere");
    if (probes.network().isOffline()) {
      add(
          Subject.NETWORK,
          State.REMARK,
          WORDS.text("network.offline"),
          "HF_HUB_OFFLINE",
          files,
          WORDS.text("network.offline.remedy"));
      return;
    }
    reach(
        probes.network().endpoint(config.endpoint()),
        files,
        WORDS.text("network.notReached.remedy"));
  }

  /** Tries the way to a server, without which the model may be here all the same. */
  private void reach(URI endpoint, String meaning, String remedy) {
    NetworkProbe.Answer answer = probes.network().reach(endpoint, cancellation);
    networkAvailable = answer.reached();
    String connection = WORDS.text("source.connection");
    if (answer.reached()) {
      String milliseconds = String.valueOf(answer.milliseconds());
      String found = WORDS.text("network.answered", answer.target(), milliseconds);
      add(Subject.NETWORK, State.GOOD, found, connection, "", "");
    } else {
      add(
          Subject.NETWORK,
          State.REMARK,
          WORDS.text("network.notReached", answer.target(), answer.failure()),
          connection,
          meaning,
          remedy);
    }
  }

  void temporaryFolder() {
    Path folder = probes.temporary();
    try {
      ModelStorage.proveWritable(folder);
      String found = WORDS.text("temporary.found", folder);
      add(Subject.TEMPORARY_FOLDER, State.GOOD, found, fileSystem(), "", "");
    } catch (IOException e) {
      lacking(
          Subject.TEMPORARY_FOLDER,
          Reason.TEMPORARY_FOLDER_NOT_WRITABLE,
          WORDS.text("temporaryNotWritable.found", folder),
          fileSystem(),
          WORDS.problem("temporaryNotWritable", folder),
          e);
    }
  }

  /** The memory sums, and the precision they allow. */
  void precision() {
    if (config.isRemote()) {
      RemoteServer server = config.server().orElseThrow();
      add(
          Subject.PRECISION,
          State.GOOD,
          WORDS.text("precision.server", server.host()),
          "",
          WORDS.text("precision.server.meaning", server.model()),
          "");
      return;
    }
    if (config.footprint().isEmpty()) {
      add(
          Subject.PRECISION,
          State.REMARK,
          WORDS.text("precision.unknown"),
          "",
          WORDS.text("precision.unknown.meaning"),
          "");
      return;
    }
    MemoryArithmetic arithmetic = new MemoryArithmetic(config, config.footprint().get());
    List<MemoryEstimate> onOne =
        best.map(gpu -> arithmetic.estimates(true, gpu.memoryFree())).orElse(List.of());
    List<MemoryEstimate> onCpu =
        mayUseProcessor()
            ? arithmetic.estimates(false, machine.memoryAvailable())
            : List.<MemoryEstimate>of();
    boolean largeEnough =
        best.filter(gpu -> MemoryArithmetic.isLargeEnough(config, gpu.memoryTotal())).isPresent();
    List<MemoryEstimate> onGpu = onOne;
    recommended = arithmetic.recommend(onOne, onCpu, largeEnough);
    List<Gpu> usable = gpus.stream().filter(Gpu::isUsable).toList();
    if (usable.size() > 1 && config.loading().deviceMap().equals("auto")) {
      List<MemoryEstimate> onAll =
          arithmetic.estimatesOver(usable.size(), usable.stream().mapToLong(Gpu::memoryFree).sum());
      long total = usable.stream().mapToLong(Gpu::memoryTotal).sum();
      Optional<MemoryEstimate> spread =
          arithmetic.recommend(onAll, onCpu, MemoryArithmetic.isLargeEnough(config, total));
      // One card is faster, so all are used only where that allows a better precision.
      if (spread.filter(MemoryEstimate::onGpu).isPresent()
          && recommended
              .filter(one -> one.onGpu() && one.precision() == spread.get().precision())
              .isEmpty()) {
        onGpu = onAll;
        recommended = spread;
      }
    }
    fits = new ArrayList<>(onGpu);
    fits.addAll(onCpu);
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
            ? WORDS.text("unusable.processorWished")
            : device.startsWith("cuda:") && !device.equals("cuda:" + card.index())
                ? WORDS.text("unusable.otherCardWished", device)
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
        card.programs().isEmpty() ? "" : " " + WORDS.text("graphics.programs", taken(card));
    String part =
        card.parts().isEmpty()
            ? ""
            : " "
                + WORDS.text(
                    "graphics.part",
                    card.parts().size(),
                    card.parts().getFirst().name(),
                    ByteSize.binaryText(card.memoryTotal()));
    add(
        Subject.GRAPHICS,
        aged ? State.REMARK : State.GOOD,
        found(),
        source,
        (aged ? WORDS.text("graphics.aged") : WORDS.text("graphics.good", card.name()))
            + part
            + programs,
        aged ? WORDS.text("graphics.aged.remedy", probes.limits().matching()) : "");
  }

  /** How much of a card's memory is taken, and by whom. */
  private static Object[] taken(Card card) {
    return new Object[] {
      String.join(", ", card.programs()),
      card.programs().size(),
      ByteSize.binaryText(card.memoryTotal() - card.memoryFree())
    };
  }

  private void recommend(MemoryEstimate estimate) {
    Precision preferred = config.quantization().preferred();
    boolean isDefault = estimate.precision() == preferred;
    boolean onSmallCard = !estimate.onGpu() && best.isPresent();
    String more = isDefault ? "" : " " + whyNot(preferred, estimate.onGpu());
    String slower = onSmallCard ? " " + WORDS.text("precision.cardTooSmall") : "";
    boolean emulated =
        estimate.onGpu()
            && typeOf(estimate) == Precision.BFLOAT16
            && best.get().computeCapability() < BFLOAT16_CAPABILITY;
    String emulation =
        emulated
            ? " " + WORDS.text("precision.emulated", String.valueOf(best.get().computeCapability()))
            : "";
    add(
        Subject.PRECISION,
        isDefault && !onSmallCard && !emulated ? State.GOOD : State.REMARK,
        WORDS.text(
            estimate.onGpu() ? "precision.onCard" : "precision.onProcessor",
            estimate.precision().title(),
            estimate.cards()),
        WORDS.text("source.arithmetic"),
        HardwareWords.sum(estimate) + more + slower + emulation,
        "");
  }

  /** The type in which the device computes. */
  private Precision typeOf(MemoryEstimate estimate) {
    return estimate.precision().isQuantized() ? config.loading().dtype() : estimate.precision();
  }

  /** Why the default precision is not the one recommended on that device. */
  private String whyNot(Precision preferred, boolean onGpu) {
    MemoryEstimate estimate =
        fits.stream()
            .filter(fit -> fit.precision() == preferred && fit.onGpu() == onGpu)
            .findFirst()
            .orElseThrow();
    return estimate.fits()
        ? WORDS.text(
            "precision.kept",
            preferred.title(),
            ByteSize.binaryText(config.hardware().minGpuMemory()))
        : WORDS.text(
            "precision.wouldNeed", preferred.title(), ByteSize.binaryText(estimate.needed()));
  }

  private void tooLittleMemory(List<Precision> wished) {
    MemoryEstimate smallest =
        fits.stream()
            .filter(fit -> wished.contains(fit.precision()))
            .min(Comparator.comparingLong(fit -> fit.needed() - fit.available()))
            .orElseThrow();
    Optional<Card> occupied =
        bestCard.filter(card ->
            smallest.onGpu()
                && !card.programs().isEmpty()
                && smallest.needed() <= card.memoryTotal());
    if (occupied.isPresent()) {
      Problem taken = WORDS.problem("memoryTaken", taken(occupied.get()));
      lacking(
          Subject.PRECISION,
          Reason.MEMORY_TAKEN,
          WORDS.text("tooLittleMemory.found"),
          WORDS.text("source.arithmetic"),
          new Problem(
              taken.what(), taken.meaning() + " " + HardwareWords.sum(smallest), taken.remedy()),
          null);
      return;
    }
    String key = smallest.onGpu() ? "tooLittleMemory.onCard" : "tooLittleMemory.inMainMemory";
    lacking(
        Subject.PRECISION,
        Reason.TOO_LITTLE_MEMORY,
        WORDS.text("tooLittleMemory.found"),
        WORDS.text("source.arithmetic"),
        new Problem(
            WORDS.text(key, config.name()),
            HardwareWords.sum(smallest),
            WORDS.text("tooLittleMemory.remedy")),
        null);
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
        ? WORDS.text("graphics.none")
        : gpus.stream().map(HardwareWords::card).collect(Collectors.joining("; "));
  }

  private String advice() {
    String card = config.hardware().recommendedGpu();
    return card.isEmpty() ? "" : WORDS.text("graphics.advice", card);
  }

  private String noDeviceRemedy() {
    return (advice() + " " + WORDS.text("graphics.allowProcessor")).strip();
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

  /** A check that stands in the way, and the failure it leads to. */
  private void lacking(
      Subject subject,
      Reason reason,
      String found,
      String source,
      Problem problem,
      Throwable cause) {
    add(subject, State.FAILED, found, source, problem.meaning(), problem.remedy());
    fail(reason, problem, cause);
  }

  private static String fileSystem() {
    return WORDS.text("source.fileSystem");
  }

  private void fail(Reason reason, Problem problem, Throwable cause) {
    String detail = cause == null ? "" : cause.toString();
    failures.add(new Failure(reason, problem, detail, cause));
  }
}
