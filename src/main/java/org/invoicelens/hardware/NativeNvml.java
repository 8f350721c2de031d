package org.invoicelens.hardware;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * NVML itself, called through the JDK's foreign-function interface.
 *
 * <p>Functions, return codes, buffer sizes and structures follow {@code nvml.h} of the NVML API
 * Reference Manual. All versioned functions used here exist in every driver that runs CUDA 12.
 * Every function returns an {@code nvmlReturn_t}, an int that is 0 on success.
 */
@SuppressWarnings("restricted") // calling native code is what this class is for
final class NativeNvml implements Nvml {

  private static final int SUCCESS = 0;
  private static final int NOT_SUPPORTED = 3;
  private static final int NOT_FOUND = 6;
  private static final int INSUFFICIENT_SIZE = 7;

  private static final int VERSION_BUFFER = 80;
  private static final int NAME_BUFFER = 96;
  private static final int MIG_ENABLED = 1;

  /** {@code NVML_TEMPERATURE_GPU}: the sensor on the chip. */
  private static final int CHIP = 0;

  /** {@code NVML_VALUE_NOT_AVAILABLE}: all bits set. */
  private static final long NOT_AVAILABLE = -1;

  /** No card has more instances; a bound on what a driver may claim. */
  private static final int MOST_PARTS = 16;

  /** A bound on what a driver may claim, so that no absurd buffer is allocated. */
  private static final int MOST_PROGRAMS = 4096;

  /** {@code nvmlMemory_t}: three unsigned 64-bit numbers of bytes. */
  static final StructLayout MEMORY =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("total"), JAVA_LONG.withName("free"), JAVA_LONG.withName("used"));

  /** {@code nvmlUtilization_t}: two unsigned percentages. */
  static final StructLayout UTILIZATION =
      MemoryLayout.structLayout(JAVA_INT.withName("gpu"), JAVA_INT.withName("memory"));

  /** {@code nvmlProcessInfo_t} of version 3; the compiler pads the first member to eight bytes. */
  static final StructLayout PROGRAM =
      MemoryLayout.structLayout(
          JAVA_INT.withName("pid"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("usedGpuMemory"),
          JAVA_INT.withName("gpuInstanceId"),
          JAVA_INT.withName("computeInstanceId"));

  private final Arena library;
  private final SymbolLookup symbols;
  private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();

  private NativeNvml(Arena library, SymbolLookup symbols) {
    this.library = library;
    this.symbols = symbols;
  }

  /**
   * Loads and starts the driver's library.
   *
   * @throws NvmlException where there is none, or it does not start
   */
  static NativeNvml open() throws NvmlException {
    List<String> places = places(System.getProperty("os.name"), System.getenv());
    NvmlException last = new NvmlException("NVML does not exist on this system");
    for (String place : places) {
      try {
        return open(place);
      } catch (NvmlException e) {
        last = e;
      }
    }
    throw last;
  }

  /** Loads the library from one place: a path, or a name that the dynamic linker finds. */
  static NativeNvml open(String place) throws NvmlException {
    Arena arena = Arena.ofShared();
    try {
      SymbolLookup symbols =
          place.contains("/") || place.contains("\\")
              ? SymbolLookup.libraryLookup(Path.of(place), arena)
              : SymbolLookup.libraryLookup(place, arena);
      NativeNvml nvml = new NativeNvml(arena, symbols);
      nvml.check("nvmlInit_v2", nvml.invoke("nvmlInit_v2", FunctionDescriptor.of(JAVA_INT)));
      return nvml;
    } catch (IllegalArgumentException | IllegalCallerException e) {
      arena.close();
      throw new NvmlException(place + " cannot be loaded: " + e.getMessage(), e);
    } catch (NvmlException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Where the driver puts its library. On Windows by its full path, since a bare name would also be
   * looked for in the current folder.
   */
  static List<String> places(String system, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      String windows = environment.getOrDefault("SystemRoot", "C:\\Windows");
      String programs = environment.getOrDefault("ProgramFiles", "C:\\Program Files");
      return List.of(
          windows + "\\System32\\nvml.dll", programs + "\\NVIDIA Corporation\\NVSMI\\nvml.dll");
    }
    if (name.startsWith("mac")) {
      return List.of();
    }
    List<String> places = new ArrayList<>(List.of("libnvidia-ml.so.1"));
    Path wsl = Path.of("/usr/lib/wsl/lib/libnvidia-ml.so.1");
    if (Files.exists(wsl)) {
      places.add(wsl.toString());
    }
    return places;
  }

  @Override
  public String driverVersion() throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(VERSION_BUFFER);
      String call = "nvmlSystemGetDriverVersion";
      check(
          call,
          invoke(call, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), buffer, VERSION_BUFFER));
      return text(buffer);
    }
  }

  @Override
  public int count() throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      String call = "nvmlDeviceGetCount_v2";
      check(call, invoke(call, FunctionDescriptor.of(JAVA_INT, ADDRESS), count));
      return count.get(JAVA_INT, 0);
    }
  }

  @Override
  public String name(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      return name(card(index, arena), arena);
    }
  }

  @Override
  public Memory memory(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      return memory(card(index, arena), arena);
    }
  }

  @Override
  public List<Part> parts(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment card = card(index, arena);
      MemorySegment most = arena.allocate(JAVA_INT);
      String count = "nvmlDeviceGetMaxMigDeviceCount";
      check(count, invoke(count, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), card, most));
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < Math.clamp(most.get(JAVA_INT, 0), 0, MOST_PARTS); i++) {
        MemorySegment handle = arena.allocate(ADDRESS);
        String call = "nvmlDeviceGetMigDeviceHandleByIndex";
        FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
        int code = invoke(call, types, card, i, handle);
        if (code != NOT_FOUND) {
          check(call, code);
          MemorySegment part = handle.get(ADDRESS, 0);
          parts.add(new Part(name(part, arena), memory(part, arena)));
        }
      }
      return parts;
    }
  }

  private String name(MemorySegment device, Arena arena) throws NvmlException {
    MemorySegment buffer = arena.allocate(NAME_BUFFER);
    String call = "nvmlDeviceGetName";
    FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    check(call, invoke(call, types, device, buffer, NAME_BUFFER));
    return text(buffer);
  }

  private Memory memory(MemorySegment device, Arena arena) throws NvmlException {
    MemorySegment memory = arena.allocate(MEMORY);
    String call = "nvmlDeviceGetMemoryInfo";
    check(call, invoke(call, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), device, memory));
    return new Memory(
        memory.get(JAVA_LONG, offset(MEMORY, "total")),
        memory.get(JAVA_LONG, offset(MEMORY, "free")),
        memory.get(JAVA_LONG, offset(MEMORY, "used")));
  }

  @Override
  public double computeCapability(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      String call = "nvmlDeviceGetCudaComputeCapability";
      FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
      check(call, invoke(call, types, card(index, arena), major, minor));
      return major.get(JAVA_INT, 0) + minor.get(JAVA_INT, 0) / 10.0;
    }
  }

  @Override
  public boolean isDivided(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment current = arena.allocate(JAVA_INT);
      MemorySegment pending = arena.allocate(JAVA_INT);
      String call = "nvmlDeviceGetMigMode";
      FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
      int code = invoke(call, types, card(index, arena), current, pending);
      if (code == NOT_SUPPORTED) {
        return false;
      }
      check(call, code);
      return current.get(JAVA_INT, 0) == MIG_ENABLED;
    }
  }

  @Override
  public int utilizationPercent(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rates = arena.allocate(UTILIZATION);
      String call = "nvmlDeviceGetUtilizationRates";
      check(call, get(call, index, rates, arena));
      return rates.get(JAVA_INT, offset(UTILIZATION, "gpu"));
    }
  }

  @Override
  public int temperature(int index) throws NvmlException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment degrees = arena.allocate(JAVA_INT);
      String call = "nvmlDeviceGetTemperature";
      FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
      check(call, invoke(call, types, card(index, arena), CHIP, degrees));
      return degrees.get(JAVA_INT, 0);
    }
  }

  @Override
  public List<Program> programs(int index) throws NvmlException {
    String call = "nvmlDeviceGetComputeRunningProcesses_v3";
    FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment card = card(index, arena);
      MemorySegment count = arena.allocate(JAVA_INT);
      int code = invoke(call, types, card, count, MemorySegment.NULL);
      if (code == SUCCESS) {
        return List.of();
      }
      if (code != INSUFFICIENT_SIZE) {
        check(call, code);
      }
      // A few more, for programs that start between the two calls.
      int room = Math.clamp(count.get(JAVA_INT, 0), 0, MOST_PROGRAMS) + 8;
      MemorySegment programs = arena.allocate(PROGRAM, room);
      count.set(JAVA_INT, 0, room);
      check(call, invoke(call, types, card, count, programs));
      List<Program> result = new ArrayList<>();
      for (int i = 0; i < Math.min(count.get(JAVA_INT, 0), room); i++) {
        long start = i * PROGRAM.byteSize();
        long memory = programs.get(JAVA_LONG, start + offset(PROGRAM, "usedGpuMemory"));
        result.add(
            new Program(
                Integer.toUnsignedLong(programs.get(JAVA_INT, start + offset(PROGRAM, "pid"))),
                memory == NOT_AVAILABLE ? OptionalLong.empty() : OptionalLong.of(memory)));
      }
      return result;
    }
  }

  @Override
  public void close() {
    try {
      invoke("nvmlShutdown", FunctionDescriptor.of(JAVA_INT));
    } catch (NvmlException e) {
      // The library is unloaded all the same.
    }
    library.close();
  }

  private MemorySegment card(int index, Arena arena) throws NvmlException {
    MemorySegment handle = arena.allocate(ADDRESS);
    String call = "nvmlDeviceGetHandleByIndex_v2";
    check(call, invoke(call, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), index, handle));
    return handle.get(ADDRESS, 0);
  }

  /** Calls a function of the form (card, pointer to result). */
  private int get(String call, int index, MemorySegment result, Arena arena) throws NvmlException {
    FunctionDescriptor types = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    return invoke(call, types, card(index, arena), result);
  }

  private int invoke(String name, FunctionDescriptor types, Object... arguments)
      throws NvmlException {
    MethodHandle function = functions.get(name);
    if (function == null) {
      Optional<MemorySegment> symbol = symbols.find(name);
      if (symbol.isEmpty()) {
        throw new NvmlException("this driver has no " + name);
      }
      function = Linker.nativeLinker().downcallHandle(symbol.get(), types);
      functions.put(name, function);
    }
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new NvmlException(name + " cannot be called: " + e, e);
    }
  }

  private void check(String call, int code) throws NvmlException {
    if (code != SUCCESS) {
      throw new NvmlException(call + " failed: " + message(code), code);
    }
  }

  private String message(int code) {
    try {
      MemorySegment symbol = symbols.find("nvmlErrorString").orElseThrow();
      MethodHandle function =
          Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(ADDRESS, JAVA_INT));
      MemorySegment text = (MemorySegment) function.invokeWithArguments(code);
      return text.reinterpret(1024).getString(0) + " (" + code + ")";
    } catch (Throwable e) {
      return "code " + code;
    }
  }

  /** The characters before the first zero, which a full buffer may lack. */
  private static String text(MemorySegment buffer) {
    byte[] bytes = buffer.toArray(JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
  }

  private static long offset(StructLayout structure, String member) {
    return structure.byteOffset(MemoryLayout.PathElement.groupElement(member));
  }
}
