package org.invoicelens.assembler;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function in memory of its own that the processor may run.
 *
 * <p>Its memory is never writable and executable at the same time. Calls may come from several
 * threads.
 */
public final class MachineCode implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MachineCode.class);

  // as Linux numbers them
  private static final int READ_AND_WRITE = 1 | 2;
  private static final int READ_AND_RUN = 1 | 4;
  private static final int PRIVATE_AND_ANONYMOUS = 2 | 0x20;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final long address;
  private final long bytes;
  private final MethodHandle handle;

  private MachineCode(long address, long bytes, MethodHandle handle) {
    this.address = address;
    this.bytes = bytes;
    this.handle = handle;
  }

  /** Whether functions can be made here: on Linux, on x86-64. */
  public static boolean isPossible() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /**
   * Puts a function where it can be run; empty where the system does not let programs do that.
   *
   * @param code that obeys the calling convention of System V
   * @param type of the function; parts of Java's heap may be handed to it, and it must be short,
   *     for the collector waits until it returns
   * @throws IllegalStateException where {@link #isPossible} says no
   */
  public static Optional<MachineCode> of(byte[] code, FunctionDescriptor type) {
    if (!isPossible()) {
      throw new IllegalStateException("machine code is made on Linux on x86-64 only");
    }
    long address = 0;
    try {
      long place =
          (long)
              system("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG))
                  .invokeExact(
                      0L, (long) code.length, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0L);
      if (place == -1) {
        log.info("There is no memory for machine code");
        return Optional.empty();
      }
      address = place;
      MemorySegment memory = MemorySegment.ofAddress(place).reinterpret(code.length);
      memory.copyFrom(MemorySegment.ofArray(code));
      int failed =
          (int)
              system("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT))
                  .invokeExact(place, (long) code.length, READ_AND_RUN);
      if (failed != 0) {
        log.info("This system does not let the program run code that it made");
        free(place, code.length);
        return Optional.empty();
      }
      MethodHandle handle =
          Linker.nativeLinker().downcallHandle(memory, type, Linker.Option.critical(true));
      return Optional.of(new MachineCode(place, code.length, handle));
    } catch (Throwable e) {
      if (address != 0) {
        free(address, code.length);
      }
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle system(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private static void free(long address, long bytes) {
    try {
      int failed =
          (int)
              system("munmap", FunctionDescriptor.of(INT, LONG, LONG)).invokeExact(address, bytes);
      log.debug("Machine code is freed, result {}", failed);
    } catch (Throwable e) {
      log.warn("Memory of machine code is not freed.", e);
    }
  }

  /** Calls it; not to be used after {@link #close}. */
  public MethodHandle handle() {
    return handle;
  }

  /** Frees its memory; no call may be under way. */
  @Override
  public void close() {
    free(address, bytes);
  }
}
