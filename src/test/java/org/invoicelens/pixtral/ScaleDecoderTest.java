package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleDecoderTest {

  @ParameterizedTest
  @CsvSource({"256, 1, 0", "256, 3.5, 0.25", "251, 1e-3, 1e-4", "7, 2, 1"})
  void everyCodeHasTheValueThatTheTableGivesIt(int count, float most, float offset) {
    byte[] codes = new byte[258];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i - 2);
    }
    MemorySegment memory = MemorySegment.ofArray(codes);
    float[] quick = new float[count + 2];
    float[] exact = new float[count + 2];
    ScaleDecoder.decode(memory, 2, count, most, offset, quick, 1);
    ScaleDecoder.decodeExactly(memory, 2, count, most, offset, exact, 1);
    float[] values = CodeBook.dynamic().values();
    for (int code = 0; code < count; code++) {
      assertThat(exact[1 + code]).isEqualTo(values[code] * most + offset);
      assertThat(quick[1 + code]).isCloseTo(exact[1 + code], within(1e-6f * most));
    }
    assertThat(quick[0] + quick[count + 1]).as("nothing beside them").isZero();
  }
}
