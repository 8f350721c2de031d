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

  MemorySegment codes() {
    return parts.get("");
  }

  /** How many scales {@link #scales} tells of a row. */
  int scalesOfRow() {
    return form.precision().isQuantized() ? Math.toIntExact(form.columns() / form.group()) : 0;
  }

  /**
   * The scales of rows whose groups do not cross them: where they lie, or as numbers, which are off
   * as {@link ScaleDecoder} says. Empty where there are none.
   */
  MemorySegment scales(int from, int to) {
    int count = scalesOfRow();
    if (count == 0) {
      return MemorySegment.NULL;
    }
    MemorySegment scale = parts.get(".scale");
    if (!form.doubleQuant()) {
      long bytes = (long) count * Float.BYTES;
      return scale.asSlice(from * bytes, (to - from) * bytes);
    }
    float[] numbers = new float[(to - from) * count];
    forEachShared(
        (long) from * count,
        numbers.length,
        (first, at, run, most, offset) ->
            ScaleDecoder.decode(scale, first, run, most, offset, numbers, at));
    return MemorySegment.ofArray(numbers);
  }

  /** The scales of a row whose groups do not cross it, as numbers. */
  void scales(int row, float[] into) {
    scales(row, 0, into);
  }

  /** The same from the group of a column on, as many as there is room for. */
  void scales(int row, int column, float[] into) {
    int count = into.length;
    if (count == 0) {
      return;
    }
    long begin = (long) row * scalesOfRow() + column / form.group();
    MemorySegment scale = parts.get(".scale");
    if (!form.doubleQuant()) {
      MemorySegment.copy(scale, FLOAT, begin * Float.BYTES, into, 0, count);
      return;
    }
    forEachShared(
        begin,
        count,
        (first, at, run, most, offset) ->
            ScaleDecoder.decodeExactly(scale, first, run, most, offset, into, at));
  }

  /** Takes scales that share their largest value. */
  @FunctionalInterface
  private interface Run {
    void decode(long first, int at, int count, float most, float offset);
  }

  private void forEachShared(long begin, int count, Run run) {
    float offset = parts.get(".scale.offset").get(FLOAT, 0);
    for (int at = 0; at < count; ) {
      long shared = (begin + at) / PackedForm.SCALES;
      int end = (int) Math.min(count, (shared + 1) * PackedForm.SCALES - begin);
      float most = parts.get(".scale.max").get(FLOAT, shared * Float.BYTES);
      run.decode(begin + at, at, end - at, most, offset);
      at = end;
    }
  }
}
