package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.RateLimit;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.pixtral.TorchRuntime;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.runtime.CudaRuntimeException;
import org.invoicelens.runtime.RuntimeAdoption;
import org.invoicelens.runtime.RuntimeInstaller;
import org.invoicelens.runtime.TorchPlatform;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.StageException;

/**
 * The library with which models run on NVIDIA's graphics cards: whether it is here, and how it
 * comes and goes. Nothing here is for the UI thread.
 */
public final class GraphicsSupport {

  private final ApplicationFolders folders;
  private final Supplier<HubSettings> hub;

  /**
   * @param hub how servers are reached now
   */
  public GraphicsSupport(ApplicationFolders folders, Supplier<HubSettings> hub) {
    this.folders = folders;
    this.hub = hub;
  }

  /**
   * How it stands.
   *
   * @param build what would be fetched
   * @param offered whether that exists for this kind of computer
   * @param runtime what is here
   * @param fault what is wrong with it; empty where nothing is
   * @param card the graphics card that it is for; empty where none can be used, whatever the model
   * @param free what is free where it would lie, in bytes; negative where nobody knows
   * @param leftBehind what a stopped download left for the next one, in bytes
   * @param named whether somebody named a library of his own, which wins over this one
   * @param loaded whether this process has loaded a library, so that another counts after a restart
   * @param loadedForGraphics whether that is one for graphics cards
   */
  public record State(
      TorchBuild build,
      boolean offered,
      Optional<CudaRuntime> runtime,
      Optional<CudaRuntimeException> fault,
      Optional<String> card,
      long free,
      long leftBehind,
      boolean named,
      boolean loaded,
      boolean loadedForGraphics) {

    /** Whether it is here and whole. */
    public boolean isReady() {
      return runtime.isPresent() && fault.isEmpty();
    }

    /** Whether a card that can be used lies idle for want of it. */
    public boolean isMissing() {
      return offered && !named && !isReady() && card.isPresent();
    }

    /** Whether it is here and counts only when the program is started again. */
    public boolean needsRestart() {
      return isReady() && loaded && !loadedForGraphics && !named;
    }
  }

  /** How it stands now. */
  public State state() throws ConfigException {
    TorchBuild build = build();
    Optional<CudaRuntime> runtime = CudaRuntime.find(folders, build);
    Optional<CudaRuntimeException> fault = Optional.empty();
    if (runtime.isPresent()) {
      try {
        runtime.get().requirePresent();
      } catch (CudaRuntimeException gone) {
        fault = Optional.of(gone);
      }
    }
    boolean offered =
        TorchPlatform.current()
            .filter(platform -> build.platforms().contains(platform.classifier()))
            .isPresent();
    return new State(
        build,
        offered,
        runtime,
        fault,
        CudaCards.read().stream()
            .filter(HardwareStatus.Gpu::isUsable)
            .map(HardwareStatus.Gpu::name)
            .findFirst(),
        free(folders.runtimes()),
        RuntimeInstaller.leftBehind(folders),
        TorchRuntime.isNamed(),
        TorchRuntime.isLoaded(),
        TorchRuntime.isLoadedForGraphics());
  }

  private static long free(Path folder) {
    Path existing = folder;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      return existing == null ? -1 : Files.getFileStore(existing).getUsableSpace();
    } catch (IOException unknown) {
      return -1;
    }
  }

  /** What would be fetched: the administrator's description, else the one that ships. */
  public TorchBuild build() throws ConfigException {
    return new ConfigLoader(folders).loadTorchBuild(folders.torchBuild());
  }

  /** Fetches it, going on where that stopped. */
  public CudaRuntime install(
      TorchBuild build, RateLimit limit, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return new RuntimeInstaller(folders, build, hub.get(), limit, listener, cancellation).install();
  }

  /** Takes over a folder of the user's. */
  public CudaRuntime adopt(Path folder) throws ConfigException, CudaRuntimeException {
    return new RuntimeAdoption(folders, build()).adopt(folder);
  }

  /**
   * Removes what is here, and what a stopped download left; of a folder of the user's only that it
   * counts. Not while another program fetches it.
   *
   * @return how many bytes were freed
   */
  public long remove() throws ConfigException, CudaRuntimeException, DownloadException {
    Optional<CudaRuntime> runtime = CudaRuntime.find(folders, build());
    long freed = RuntimeInstaller.leftBehind(folders);
    RuntimeInstaller.discard(folders);
    if (runtime.isPresent()) {
      freed += runtime.get().size();
      RuntimeInstaller.remove(folders, runtime.get());
    }
    return freed;
  }
}
