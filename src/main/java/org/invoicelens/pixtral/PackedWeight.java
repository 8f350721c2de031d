package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A packed weight in main memory.
 *
 * @param form what it is
 * @param parts where each of its tensors lies, by suffix
 */
record PackedWeight(PackedForm form, Map<String, MemorySegment> parts) {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final float[] SCALE_CODES = CodeBook.dynamic().values();

  MemorySegment codes() {
    return parts.get("");
  }

  /** How many scales {@link #scales} tells of a row. */
  int scalesOfRow() {
    return form.precision().bits() == 4 ? Math.toIntExact(form.columns() / form.group()) : 1;
  }

  /** The scales of a row whose groups do not cross it, as numbers. */
  void scales(int row, float[] into) {
    int count = scalesOfRow();
    long first = (long) row * count;
    MemorySegment scale = parts.get(".scale");
    if (!form.doubleQuant()) {
      MemorySegment.copy(scale, FLOAT, first * Float.BYTES, into, 0, count);
      return;
    }
    float offset = parts.get(".scale.offset").get(FLOAT, 0);
    MemorySegment largest = parts.get(".scale.max");
    for (int i = 0; i < count; i++) {
      int code = scale.get(ValueLayout.JAVA_BYTE, first + i) & 0xff;
      float most = largest.get(FLOAT, (first + i) / PackedForm.SCALES * Float.BYTES);
      into[i] = SCALE_CODES[code] * most + offset;
    }
  }
}
