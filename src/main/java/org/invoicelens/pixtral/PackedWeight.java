package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A weight in main memory, packed or in bfloat16.
 *
 * @param form what it is
 * @param parts where each of its tensors lies, by suffix
 */
record PackedWeight(PackedForm form, Map<String, MemorySegment> parts) {

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final float[] SCALE_CODES = CodeBook.dynamic().values();

  MemorySegment codes() {
    return parts.get("");
  }

  /** How many scales {@link #scales} tells of a row. */
  int scalesOfRow() {
    return form.precision().isQuantized() ? Math.toIntExact(form.columns() / form.group()) : 0;
  }

  /** The scales of rows whose groups do not cross them: where they lie, or as numbers. */
  MemorySegment scales(int from, int to) {
    int count = scalesOfRow();
    if (!form.doubleQuant()) {
      long bytes = (long) count * Float.BYTES;
      return parts.get(".scale").asSlice(from * bytes, (to - from) * bytes);
    }
    float[] numbers = new float[(to - from) * count];
    decode((long) from * count, numbers, numbers.length);
    return MemorySegment.ofArray(numbers);
  }

  /** The scales of a row whose groups do not cross it, as numbers. */
  void scales(int row, float[] into) {
    int count = scalesOfRow();
    if (count == 0) {
      return;
    }
    long first = (long) row * count;
    MemorySegment scale = parts.get(".scale");
    if (!form.doubleQuant()) {
      MemorySegment.copy(scale, FLOAT, first * Float.BYTES, into, 0, count);
      return;
    }
    decode(first, into, count);
  }

  /** Scales that are codes themselves, from one on. */
  private void decode(long first, float[] into, int count) {
    float offset = parts.get(".scale.offset").get(FLOAT, 0);
    byte[] codes = new byte[count];
    MemorySegment.copy(parts.get(".scale"), ValueLayout.JAVA_BYTE, first, codes, 0, count);
    for (int i = 0; i < count; ) {
      long shared = (first + i) / PackedForm.SCALES;
      int end = (int) Math.min(count, (shared + 1) * PackedForm.SCALES - first);
      float most = parts.get(".scale.max").get(FLOAT, shared * Float.BYTES);
      for (; i < end; i++) {
        into[i] = SCALE_CODES[codes[i] & 0xff] * most + offset;
      }
    }
  }
}
