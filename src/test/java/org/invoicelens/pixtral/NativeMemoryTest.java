package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native memory in use, as the C library counts it, over many answers. */
@EnabledOnOs(OS.LINUX)
class NativeMemoryTest {

  private static final int MOST_ROUNDS = 16;
  private static final int ANSWERS = 50;
  private static final int TOKENS = 12;

  /**
   * Less than 2 KB for each token. The rest of Java, its compilers above all, comes to use more for
   * seconds at a time, but not in every round; what an answer left behind would be there in each.
   */
  private static final long SCATTER = 1 << 20;

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8", "NF4"})
  void twoHundredAnswersLeaveMemoryAsItWas(Precision precision) throws Throwable {
    assumeTrue(Linker.nativeLinker().defaultLookup().find("mallinfo2").isPresent());
    LoadOptions options =
        new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, true);
    Prompt prompt = new Prompt(new int[] {1, 5, 9, 100, 120, 37, 12, 55, 90, 41}, List.of());
    GenerationOptions generation = new GenerationOptions(TOKENS, 0, 1, 0, true);
    try (PixtralProcessor processor = PixtralProcessor.open(BundledModelTest.FOLDER);
        PixtralModel model =
            PixtralModel.load(
                BundledModelTest.FOLDER, processor, options, progress -> {}, new Cancellation())) {
      answer(model, prompt, generation, 50);
      long held = model.memory();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && least >= SCATTER; round++) {
        long before = inUse();
        answer(model, prompt, generation, ANSWERS);
        least = Math.min(least, inUse() - before);
      }
      assertThat(least).isLessThan(SCATTER);
      assertThat(model.memory()).isEqualTo(held);
      assertThat(model.program().alive()).isZero();
    }
  }

  private static void answer(
      PixtralModel model, Prompt prompt, GenerationOptions generation, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      model.generate(prompt, generation, TokenListener.NONE, new Cancellation());
    }
  }

  /** Bytes that were asked of the C library and not given back. */
  private static long inUse() throws Throwable {
    String[] fields = {
      "arena",
      "ordblks",
      "smblks",
      "hblks",
      "hblkhd",
      "usmblks",
      "fsmblks",
      "uordblks",
      "fordblks",
      "keepcost"
    };
    StructLayout layout =
        MemoryLayout.structLayout(
            Arrays.stream(fields)
                .map(ValueLayout.JAVA_LONG::withName)
                .toArray(MemoryLayout[]::new));
    Linker linker = Linker.nativeLinker();
    MethodHandle mallinfo =
        linker.downcallHandle(
            linker.defaultLookup().find("mallinfo2").orElseThrow(), FunctionDescriptor.of(layout));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = (MemorySegment) mallinfo.invokeExact((SegmentAllocator) arena);
      return info.get(ValueLayout.JAVA_LONG, offset(layout, "uordblks"))
          + info.get(ValueLayout.JAVA_LONG, offset(layout, "hblkhd"));
    }
  }

  private static long offset(StructLayout layout, String field) {
    return layout.byteOffset(MemoryLayout.PathElement.groupElement(field));
  }
}
