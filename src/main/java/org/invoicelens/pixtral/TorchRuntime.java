package org.invoicelens.pixtral;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;

/**
 * The native PyTorch library, loaded at most once in a process.
 *
 * <p>The library that ships is the one for the processor. A folder with one for graphics cards is
 * named by the system property or environment variable {@code PYTORCH_LIBRARY_PATH}. The one that
 * ships is unpacked into the user's cache, or below the folder that the system property {@value
 * #CACHE_PROPERTY} names. Nothing is ever fetched from a network.
 */
public final class TorchRuntime {

  /** The system property with the folder in which the library is unpacked. */
  public static final String CACHE_PROPERTY = "invoicelens.native-cache";

  private static final String THREADS_PROPERTY = "ai.djl.pytorch.num_threads";

  /** Looks for work before a thread of OpenMP sleeps; some nanoseconds each. */
  private static final String SPINS = "5000";

  private static final Words WORDS = Words.of(TorchRuntime.class);

  private static final Logger log = LoggerFactory.getLogger(TorchRuntime.class);

  private static Engine engine;
  private static CheckpointException failure;

  /** What the thread at hand was set to. */
  private static final ThreadLocal<Integer> prepared = ThreadLocal.withInitial(() -> 0);

  private TorchRuntime() {}

  /**
   * The engine, loaded on the first call.
   *
   * @throws CheckpointException {@code RUNTIME_FAILED} where the library cannot be loaded; the same
   *     at every later call, since a process can try but once
   */
  static synchronized Engine engine() throws CheckpointException {
    if (failure != null) {
      throw failure;
    }
    if (engine == null) {
      try {
        engine = load();
      } catch (RuntimeException | LinkageError e) {
        log.error("The PyTorch library cannot be loaded.", e);
        failure = failed(e);
        throw failure;
      }
    }
    return engine;
  }

  /** Graphics cards that the loaded library can use. */
  public static int graphicsCards() throws CheckpointException {
    return engine().getGpuCount();
  }

  /**
   * Whether a folder holds the library for graphics cards: then a computer without a card that can
   * be used has another fault than a missing library.
   */
  static boolean isForCards(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().contains("torch_cuda"));
    } catch (IOException e) {
      log.debug("{} cannot be looked into.", folder, e);
      return false;
    }
  }

  /** Whether the library is one for graphics cards. */
  static boolean isForCards() {
    String folder =
        System.getProperty("PYTORCH_LIBRARY_PATH", System.getenv("PYTORCH_LIBRARY_PATH"));
    return folder != null && isForCards(Path.of(folder));
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

  private static Engine load() {
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
    if (System.getProperty("PYTORCH_LIBRARY_PATH", System.getenv("PYTORCH_LIBRARY_PATH")) == null) {
      setDefault("PYTORCH_FLAVOR", "cpu");
    }
    Engine loaded = Engine.getEngine("PyTorch");
    log.info(
        "PyTorch {} with {} threads, {} graphics cards",
        loaded.getVersion(),
        defaultThreads(),
        loaded.getGpuCount());
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

  private static CheckpointException failed(Throwable cause) {
    return new CheckpointException(
        CheckpointException.Reason.RUNTIME_FAILED,
        WORDS.problem("library.failed"),
        cause.toString(),
        cause);
  }
}
