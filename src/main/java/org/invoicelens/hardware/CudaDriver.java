package org.invoicelens.hardware;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cards as CUDA programs of this process see them, in CUDA's order, asked of NVIDIA's driver.
 *
 * <p>The tensor library's Java side counts cards through the CUDA toolkit, which only programmers
 * have; the driver is on every computer with such a card. Functions and codes follow the CUDA
 * Driver API: each function returns an int that is 0 on success. Thread-safe.
 */
@SuppressWarnings("restricted") // calling native code is what this class is for
public final class CudaDriver {

  private static final Logger log = LoggerFactory.getLogger(CudaDriver.class);

  /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR} and {@code _MINOR}. */
  private static final int MAJOR = 75;

  private static final int MINOR = 76;

  private static final int MOST_CARDS = 64;

  private CudaDriver() {}

  /** A driver that is not there, or refuses. */
  private static final class DriverException extends Exception {

    private static final long serialVersionUID = 1L;

    DriverException(String message) {
      super(message);
    }

    DriverException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** How many cards a CUDA program of this process can use; 0 without a driver. */
  public static int cards() {
    return places(System.getProperty("os.name"), System.getenv()).stream()
        .mapToInt(CudaDriver::cards)
        .filter(count -> count > 0)
        .findFirst()
        .orElse(0);
  }

  /**
   * The compute capability of a card, as a whole number such as 86; empty where nobody says.
   *
   * @param card its number, from 0
   */
  public static OptionalInt computeCapability(int card) {
    return places(System.getProperty("os.name"), System.getenv()).stream()
        .map(place -> computeCapability(place, card))
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  static int cards(String place) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup driver = open(place);
      MemorySegment count = arena.allocate(JAVA_INT);
      call(driver, "cuDeviceGetCount", FunctionDescriptor.of(JAVA_INT, ADDRESS), count);
      return Math.clamp(count.get(JAVA_INT, 0), 0, MOST_CARDS);
    } catch (DriverException none) {
      log.info("No cards for CUDA: {}", none.getMessage());
      return 0;
    }
  }

  static OptionalInt computeCapability(String place, int card) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup driver = open(place);
      MemorySegment value = arena.allocate(JAVA_INT);
      call(driver, "cuDeviceGet", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), value, card);
      int device = value.get(JAVA_INT, 0);
      int[] numbers = new int[2];
      for (int i = 0; i < numbers.length; i++) {
        call(
            driver,
            "cuDeviceGetAttribute",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            value,
            i == 0 ? MAJOR : MINOR,
            device);
        numbers[i] = value.get(JAVA_INT, 0);
      }
      return OptionalInt.of(10 * numbers[0] + numbers[1]);
    } catch (DriverException none) {
      log.info("The compute capability of card {} is unknown: {}", card, none.getMessage());
      return OptionalInt.empty();
    }
  }

  /** The driver, started; it stays loaded, since the tensor library uses it too. */
  private static SymbolLookup open(String place) throws DriverException {
    try {
      SymbolLookup driver =
          place.contains("/") || place.contains("\\")
              ? SymbolLookup.libraryLookup(Path.of(place), Arena.global())
              : SymbolLookup.libraryLookup(place, Arena.global());
      call(driver, "cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0);
      return driver;
    } catch (IllegalArgumentException | IllegalCallerException e) {
      throw new DriverException(place + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static void call(
      SymbolLookup driver, String name, FunctionDescriptor type, Object... arguments)
      throws DriverException {
    MemorySegment function =
        driver.find(name).orElseThrow(() -> new DriverException("the driver has no " + name));
    int code;
    try {
      code =
          (int) Linker.nativeLinker().downcallHandle(function, type).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new DriverException(name + " cannot be called", e);
    }
    if (code != 0) {
      throw new DriverException(name + " returned " + code);
    }
  }

  /** Where the driver puts its library; on Windows by its full path, as for NVML. */
  static List<String> places(String system, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return List.of(
          environment.getOrDefault("SystemRoot", "C:\\Windows") + "\\System32\\nvcuda.dll");
    }
    if (name.startsWith("mac")) {
      return List.of();
    }
    List<String> places = new ArrayList<>(List.of("libcuda.so.1"));
    Path wsl = Path.of("/usr/lib/wsl/lib/libcuda.so.1");
    if (Files.exists(wsl)) {
      places.add(wsl.toString());
    }
    return places;
  }
}
