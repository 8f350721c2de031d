package org.invoicelens.pixtral;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.hardware.CudaCards;
import org.invoicelens.hardware.CudaDriver;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.runtime.CudaRuntimeException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;

/**
 * The native PyTorch library, loaded at most once in a process.
 *
 * <p>The library that ships is the one for the processor. Where one for graphics cards was fetched
 * or adopted and a card can be used, that is loaded; a folder that the system property or
 * environment variable {@code PYTORCH_LIBRARY_PATH} names wins over both. The one that ships is
 * unpacked into the user's cache, or below the folder that the system property {@value
 * #CACHE_PROPERTY} names; in a package it lies unpacked in the folder that {@value
 * #SHIPPED_PROPERTY} names. Nothing is fetched from a network here.
 */
public final class TorchRuntime {

  /** The system property with the folder in which the library is unpacked. */
  public static final String CACHE_PROPERTY = "invoicelens.native-cache";

  /** The system property with the folder in which a package has the library for the processor. */
  public static final String SHIPPED_PROPERTY = "invoicelens.pytorch";

  private static final String NAMED = "PYTORCH_LIBRARY_PATH";

  private static final String THREADS_PROPERTY = "ai.djl.pytorch.num_threads";

  /** Looks for work before a thread of OpenMP sleeps; some nanoseconds each. */
  private static final String SPINS = "5000";

  private static final Words WORDS = Words.of(TorchRuntime.class);

  private static final Logger log = LoggerFactory.getLogger(TorchRuntime.class);

  private static Engine engine;
  private static CheckpointException failure;

  /** What is loaded, or was tried to be. */
  private static volatile LibraryChoice choice;

  /** What the thread at hand was set to. */
  private static final ThreadLocal<Integer> prepared = ThreadLocal.withInitial(() -> 0);

  private TorchRuntime() {}

  /**
   * The engine, loaded on the first call.
   *
   * @throws CheckpointException {@code RUNTIME_FAILED} where the library cannot be loaded; the same
   *     at every later call, since a process can try but once. Where a file of it is gone, nothing
   *     was tried yet
   */
  static synchronized Engine engine() throws CheckpointException {
    if (failure != null) {
      throw failure;
    }
    if (engine == null) {
      LibraryChoice chosen = choose();
      choice = chosen;
      try {
        engine = load(chosen);
      } catch (RuntimeException | LinkageError e) {
        log.error("The PyTorch library cannot be loaded.", e);
        failure = failed(chosen, e);
        throw failure;
      }
    }
    return engine;
  }

  /** Graphics cards that the loaded library can use. */
  public static int graphicsCards() throws CheckpointException {
    return engine().hasCapability("CUDA") ? CudaDriver.cards() : 0;
  }

  /** The device names of these cards, joined by commas; empty where there are none. */
  public static String graphicsDevices() throws CheckpointException {
    return IntStream.range(0, graphicsCards())
        .mapToObj(i -> "cuda:" + i)
        .collect(Collectors.joining(","));
  }

  /**
   * Whether this process has loaded a library, so that another one counts only from the next start
   * on. Does not load any.
   */
  public static boolean isLoaded() {
    return choice != null;
  }

  /** Whether the library that this process has loaded can use graphics cards. */
  public static boolean isLoadedForGraphics() {
    LibraryChoice loaded = choice;
    return loaded != null && loaded.isForGraphics();
  }

  /** Whether somebody named a folder that wins over every other. */
  public static boolean isNamed() {
    return named().isPresent();
  }

  private static Optional<String> named() {
    return Optional.ofNullable(System.getenv(NAMED))
        .or(() -> Optional.ofNullable(System.getProperty(NAMED)));
  }

  private static LibraryChoice choose() throws CheckpointException {
    ApplicationFolders folders = ApplicationFolders.current();
    Optional<TorchBuild> build = build(folders);
    try {
      return LibraryChoice.of(
          named(),
          Optional.ofNullable(System.getProperty(SHIPPED_PROPERTY)),
          build.map(TorchBuild::flavor).orElse(LibraryChoice.PROCESSOR),
          () -> build.flatMap(description -> CudaRuntime.find(folders, description)),
          CudaCards::isAnyUsable);
    } catch (CudaRuntimeException gone) {
      throw new CheckpointException(
          CheckpointException.Reason.RUNTIME_FAILED, gone.problem(), gone.detail(), gone);
    }
  }

  /** The library for the processor must load even where that description is of no use. */
  private static Optional<TorchBuild> build(ApplicationFolders folders) {
    try {
      return Optional.of(new ConfigLoader(folders).loadTorchBuild(folders.torchBuild()));
    } catch (ConfigException unusable) {
      log.warn("No library for graphics cards is looked for: {}", unusable.problem().text());
      return Optional.empty();
    }
  }

  /** Threads that do a program's work unless it is told otherwise: one for each core. */
  static int defaultThreads() {
    return Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
  }

  /**
   * To be called on a thread before it runs a program: these settings are the thread's own.
   *
   * @param threads how many do the work on the processor
   */
  static void prepareThread(int threads) {
    if (prepared.get() != threads) {
      prepared.set(threads);
      JniUtils.setNumThreads(threads);
      JniUtils.setGraphExecutorOptimize(false);
    }
  }

  /** Gives memory of a graphics card that the library keeps for later back to the driver. */
  static void giveBack(String device) {
    if (device.startsWith("cuda")) {
      JniUtils.emptyCudaCache();
    }
  }

  private static Engine load(LibraryChoice chosen) {
    setDefault("ai.djl.offline", "true");
    // sequences grow with every token; the profiling executor would specialise anew each time
    setDefault("ai.djl.pytorch.graph_optimizer", "false");
    setDefault(THREADS_PROPERTY, Integer.toString(physicalCores()));
    // PyTorch's threads would go on looking for work for milliseconds after each product, and hold
    // up those that make products here: they look for a fraction of one
    ProcessEnvironment.setDefault("GOMP_SPINCOUNT", SPINS);
    ProcessEnvironment.setDefault("KMP_BLOCKTIME", "0");
    String cache = System.getProperty(CACHE_PROPERTY);
    if (cache != null) {
      setDefault("DJL_CACHE_DIR", cache);
    }
    chosen.path().ifPresent(path -> setDefault(NAMED, path));
    // Without it, the tensor library asks the CUDA toolkit, which hardly anybody has.
    setDefault("PYTORCH_FLAVOR", chosen.flavor());
    if (chosen.isForGraphics() && System.getProperty("os.name").startsWith("Windows")) {
      setDefault("ai.djl.pytorch.native_helper", CudnnLibraries.class.getName());
    }
    Engine loaded = Engine.getEngine("PyTorch");
    log.info(
        "PyTorch {} ({}, {}) with {} threads",
        loaded.getVersion(),
        chosen.flavor(),
        chosen.origin(),
        defaultThreads());
    return loaded;
  }

  private static int physicalCores() {
    int logical = Runtime.getRuntime().availableProcessors();
    try {
      int physical = new SystemInfo().getHardware().getProcessor().getPhysicalProcessorCount();
      return Math.max(1, Math.min(physical, logical));
    } catch (RuntimeException | LinkageError e) {
      log.debug("The number of cores is unknown.", e);
      return logical;
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static CheckpointException failed(LibraryChoice chosen, Throwable cause) {
    return new CheckpointException(
        CheckpointException.Reason.RUNTIME_FAILED,
        chosen.origin() == LibraryChoice.Origin.GRAPHICS
            ? WORDS.problem("library.graphics.failed", chosen.path().orElseThrow())
            : WORDS.problem("library.failed"),
        cause.toString(),
        cause);
  }
}
