package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.RateLimit;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.stage.ByteSize;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** {@code runtime}: PyTorch for graphics cards, whether it is here, and fetching or removing it. */
@CommandLine.Command(
    name = "runtime",
    header = "PyTorch for graphics cards: tell, fetch, adopt or remove it.",
    description = {
      "Models run on the processor with what ships, and on an NVIDIA card with a library of some",
      "gigabytes that is fetched once. Without an option this tells how it stands. What counts is",
      "decided when a model is first loaded: a program that is running goes on as it is."
    })
final class RuntimeCommand extends Command {

  /** What to do; one thing at a time. */
  static final class Action {

    @Option(names = "--install", description = "Fetch it, going on where that stopped.")
    private boolean install;

    @Option(
        names = "--adopt",
        paramLabel = "DIR",
        description =
            "Use a folder that holds it, such as an unpacked libtorch; nothing is copied.")
    private Path adopt;

    @Option(names = "--verify", description = "Prove every file by its digest.")
    private boolean verify;

    @Option(
        names = "--remove",
        description = "Remove it; of a folder that was adopted nothing but the choice.")
    private boolean remove;
  }

  @ArgGroup(exclusive = true)
  private Action action = new Action();

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "The server to fetch from, instead of the one in pytorch-cuda.yaml.")
  private String address;

  @Option(
      names = "--limit-rate",
      paramLabel = "BYTES/S",
      description = "The highest rate, in bytes a second.")
  private Long limitRate;

  RuntimeCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    if (address != null && !TorchBuild.isAddress(address)) {
      throw usage("--address must be an address that begins with https://, not '" + address + "'.");
    }
    if (limitRate != null && limitRate < 1) {
      throw usage("--limit-rate must be a number of bytes above 0, not " + limitRate + ".");
    }
    if (!action.install && (address != null || limitRate != null)) {
      throw usage("--address and --limit-rate are for --install.");
    }
    GraphicsSupport support = new GraphicsSupport(context.folders(), context::hubSettings);
    JsonObject document = new JsonObject();
    String done = act(support, document, progress);
    progress.clear();
    GraphicsSupport.State state = support.state();
    List<HardwareStatus.Gpu> cards = CudaCards.read();
    if (json) {
      describe(state, cards, document);
      printJson(document);
    } else {
      if (!done.isEmpty()) {
        context.out().println(done);
      }
      print(state, cards);
    }
    return ExitCode.DONE;
  }

  /** Does what is wished and returns it as a sentence; empty where only a report is. */
  private String act(GraphicsSupport support, JsonObject document, ProgressPrinter progress)
      throws Exception {
    if (action.install) {
      TorchBuild build = support.build();
      CudaRuntime runtime =
          support.install(
              address == null ? build : build.withAddress(address.replaceAll("/+$", "")),
              new RateLimit(
                  limitRate == null
                      ? new SettingsStore(context.folders()).current().network().limitRate()
                      : limitRate),
              progress,
              cancellation());
      return "Fetched and unpacked: " + ByteSize.text(runtime.size()) + ".";
    }
    if (action.adopt != null) {
      return "Adopted: " + support.adopt(action.adopt).folder();
    }
    if (action.verify) {
      CudaRuntime runtime =
          support
              .state()
              .runtime()
              .orElseThrow(() -> usage("PyTorch for graphics cards is not here."));
      boolean digests = runtime.verify(progress, cancellation());
      document.addProperty("verified", digests ? "digests" : "presence");
      return digests
          ? "Every file is as it was unpacked."
          : "Its libraries are there; of a folder of yours no digests are known.";
    }
    if (action.remove) {
      long freed = support.remove();
      document.addProperty("freed_bytes", freed);
      return "Removed: " + ByteSize.text(freed) + ".";
    }
    return "";
  }

  private void print(GraphicsSupport.State state, List<HardwareStatus.Gpu> cards) {
    TorchBuild build = state.build();
    line("PyTorch " + build.version() + " for graphics cards (" + build.flavor() + ")");
    for (HardwareStatus.Gpu card : cards) {
      line(
          "Card: "
              + card.name()
              + ", driver "
              + card.driver()
              + ", compute capability "
              + card.computeCapability()
              + (card.isUsable()
                  ? "; it can be used."
                  : "; it cannot be used: " + card.unusable()));
    }
    if (cards.isEmpty()) {
      line(
          "Card: none of NVIDIA's was found. Needed are compute capability "
              + build.minComputeCapability()
              + " and a driver from "
              + build.driverLinux()
              + " on Linux, "
              + build.driverWindows()
              + " on Windows.");
    }
    if (state.runtime().isEmpty()) {
      line(
          state.offered()
              ? "Library: not here. --install fetches about "
                  + ByteSize.text(build.downloadBytes())
                  + ", which become about "
                  + ByteSize.text(build.unpackedBytes())
                  + " on the disk."
              : "Library: there is none for this kind of computer.");
    } else {
      CudaRuntime runtime = state.runtime().get();
      line(
          "Library: "
              + runtime.folder()
              + (runtime.adopted() ? " (adopted)" : ", " + ByteSize.text(runtime.size())));
    }
    state.fault().ifPresent(fault -> line("It cannot be used: " + fault.problem().text()));
    if (state.leftBehind() > 0) {
      line(
          "A stopped download holds " + ByteSize.text(state.leftBehind()) + "; --install goes on.");
    }
    line("Models run with " + runsWith(state, cards));
  }

  private static String runsWith(GraphicsSupport.State state, List<HardwareStatus.Gpu> cards) {
    return switch (device(state, cards)) {
      case "named" -> "the library that PYTORCH_LIBRARY_PATH names.";
      case "graphics" -> "the graphics card.";
      default -> "the processor.";
    };
  }

  private static String device(GraphicsSupport.State state, List<HardwareStatus.Gpu> cards) {
    boolean usable = cards.stream().anyMatch(HardwareStatus.Gpu::isUsable);
    return state.named() ? "named" : state.isReady() && usable ? "graphics" : "processor";
  }

  private static void describe(
      GraphicsSupport.State state, List<HardwareStatus.Gpu> cards, JsonObject document) {
    TorchBuild build = state.build();
    document.addProperty("version", build.version());
    document.addProperty("flavor", build.flavor());
    document.addProperty("offered", state.offered());
    JsonArray list = new JsonArray();
    for (HardwareStatus.Gpu card : cards) {
      JsonObject entry = new JsonObject();
      entry.addProperty("name", card.name());
      entry.addProperty("driver", card.driver());
      entry.addProperty("compute_capability", card.computeCapability());
      entry.addProperty("usable", card.isUsable());
      entry.addProperty("obstacle", card.unusable());
      list.add(entry);
    }
    document.add("cards", list);
    document.addProperty("installed", state.runtime().isPresent());
    state
        .runtime()
        .ifPresent(runtime -> {
          document.addProperty("folder", runtime.folder().toString());
          document.addProperty("adopted", runtime.adopted());
          document.addProperty("bytes", runtime.size());
        });
    document.addProperty("whole", state.isReady());
    state.fault().ifPresent(fault -> document.addProperty("fault", fault.reason().name()));
    document.addProperty("stopped_download_bytes", state.leftBehind());
    document.addProperty("runs_with", device(state, cards));
  }

  private void line(String text) {
    context.out().println(text);
  }
}
