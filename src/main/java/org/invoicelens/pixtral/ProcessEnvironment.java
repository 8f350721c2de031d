package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The environment variables of this process as native libraries see them, which read some settings
 * from nowhere else and only while they are loaded.
 */
final class ProcessEnvironment {

  private static final Logger log = LoggerFactory.getLogger(ProcessEnvironment.class);

  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  private ProcessEnvironment() {}

  /** Sets a variable that the user has not set; where that cannot be done, nothing changes. */
  static void setDefault(String name, String value) {
    if (System.getenv(name) != null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nativeName = arena.allocateFrom(name);
      MemorySegment nativeValue = arena.allocateFrom(value);
      Linker linker = Linker.nativeLinker();
      int failed;
      if (WINDOWS) {
        // the library's own table and that of the system are both changed by it
        Optional<MemorySegment> function =
            SymbolLookup.libraryLookup("ucrtbase", arena).find("_putenv_s");
        FunctionDescriptor descriptor =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        failed =
            (int)
                linker
                    .downcallHandle(function.orElseThrow(), descriptor)
                    .invokeExact(nativeName, nativeValue);
      } else {
        Optional<MemorySegment> function = linker.defaultLookup().find("setenv");
        FunctionDescriptor descriptor =
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT);
        failed =
            (int)
                linker
                    .downcallHandle(function.orElseThrow(), descriptor)
                    .invokeExact(nativeName, nativeValue, 0);
      }
      log.debug("{}={}, result {}", name, value, failed);
    } catch (Throwable e) {
      log.warn("The variable {} of native libraries cannot be set.", name, e);
    }
  }
}
