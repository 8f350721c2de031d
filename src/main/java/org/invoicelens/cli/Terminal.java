package org.invoicelens.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether a person watches a standard stream. */
final class Terminal {

  private static final int STANDARD_ERROR = 2;

  private Terminal() {}

  /** Whether standard error is a terminal on which a line can be drawn over. */
  static boolean isOnStandardError() {
    return !"dumb".equals(System.getenv("TERM")) && isTerminal(STANDARD_ERROR);
  }

  /**
   * Asks the C library: the console of Java tells of standard output only, which is often
   * redirected while progress is watched.
   */
  @SuppressWarnings("restricted")
  private static boolean isTerminal(int descriptor) {
    try {
      Linker linker = Linker.nativeLinker();
      Optional<MemorySegment> function =
          linker.defaultLookup().find("isatty").or(() -> linker.defaultLookup().find("_isatty"));
      if (function.isEmpty()) {
        return false;
      }
      int answer =
          (int)
              linker
                  .downcallHandle(
                      function.get(),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                  .invokeExact(descriptor);
      return answer != 0;
    } catch (Throwable e) {
      // Plain lines are readable everywhere.
      return false;
    }
  }
}
