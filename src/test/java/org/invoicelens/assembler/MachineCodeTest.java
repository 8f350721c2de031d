package org.invoicelens.assembler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.incubator.vector.ByteVector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Code that was made is run. */
class MachineCodeTest {

  private static final FunctionDescriptor COPY =
      FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);

  @BeforeEach
  void isPossible() {
    assumeTrue(MachineCode.isPossible() && ByteVector.SPECIES_PREFERRED.length() >= 32);
  }

  /** Copies vectors of 32 bytes: from, to, how many. */
  private static byte[] copy() {
    Assembler to = new Assembler(32);
    int next = to.here();
    to.load(1, RDI, 0);
    to.store(1, RSI, 0);
    to.add(RDI, 32);
    to.add(RSI, 32);
    to.repeat(RDX, next);
    to.leave();
    return to.code();
  }

  @Test
  void aLoopRunsOverJavasMemoryAndOther() throws Throwable {
    byte[] from = new byte[96];
    for (int i = 0; i < from.length; i++) {
      from[i] = (byte) (i + 1);
    }
    byte[] to = new byte[128];
    try (MachineCode code = MachineCode.of(copy(), COPY).orElseThrow();
        Arena arena = Arena.ofConfined()) {
      MemorySegment between = arena.allocate(96);
      code.handle().invokeExact(MemorySegment.ofArray(from), between, 3L);
      code.handle().invokeExact(between, MemorySegment.ofArray(to), 2L);
    }
    for (int i = 0; i < to.length; i++) {
      assertThat(to[i]).isEqualTo((byte) (i < 64 ? i + 1 : 0));
    }
  }

  @Test
  void itsMemoryIsNotWritableAndIsFreed() throws IOException {
    long before = executable();
    try (MachineCode code = MachineCode.of(copy(), COPY).orElseThrow()) {
      assertThat(code.handle()).isNotNull();
      assertThat(executable()).isGreaterThan(before);
    }
    assertThat(executable()).isEqualTo(before);
  }

  /**
   * Bytes of this process that may be run but not written, and are no file's. Not a count of
   * places: the system joins those that are neighbours.
   */
  private static long executable() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.matches("\\S+ r-xp \\S+ 00:00 0\\s*"))
          .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
          .mapToLong(ends -> Long.parseLong(ends[1], 16) - Long.parseLong(ends[0], 16))
          .sum();
    }
  }
}
