package org.invoicelens.pixtral;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Variables that native libraries find. */
class ProcessEnvironmentTest {

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "read by a function of POSIX")
  void nativeCodeFindsWhatIsSet() throws Throwable {
    ProcessEnvironment.setDefault("INVOICELENS_TEST", "a value");
    assertThat(nativeValue("INVOICELENS_TEST")).isEqualTo("a value");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "read by a function of POSIX")
  void whatTheUserSetStays() throws Throwable {
    ProcessEnvironment.setDefault("PATH", "other");
    assertThat(nativeValue("PATH")).isEqualTo(System.getenv("PATH"));
  }

  private static String nativeValue(String name) throws Throwable {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value =
          (MemorySegment)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("getenv").orElseThrow(),
                      FunctionDescriptor.of(ADDRESS, ADDRESS))
                  .invokeExact(arena.allocateFrom(name));
      return value.reinterpret(4096).getString(0);
    }
  }
}
