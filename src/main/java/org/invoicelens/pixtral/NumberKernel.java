package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.invoicelens.config.Precision;

/**
 * Products of numbers, two of bfloat16 or one of float32 to a word, by {@link MatrixMachineCode}:
 * nothing is rounded that the program does not round.
 */
final class NumberKernel implements MatrixKernel {

  /** Words that are put in place at a time, of each token of a panel. */
  private static final int NEAR = 16;

  /** Tiles of a block. */
  private static final int TILES = 4;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  private final MatrixMachineCode code;
  private final boolean narrow;

  /** Numbers of a word. */
  private final int perWord;

  /**
   * A kernel for the type of some code.
   *
   * @param code closed with this
   */
  NumberKernel(MatrixMachineCode code) {
    this.code = code;
    this.narrow = code.type() == Precision.BFLOAT16;
    this.perWord = Float.SIZE / code.type().bits();
  }

  @Override
  public boolean takes(PackedForm form) {
    boolean plain = form.precision() == Precision.BFLOAT16 && form.columns() % RowKernel.LANES == 0;
    boolean whole = form.precision().bits() != 4 || partColumns() % form.group() == 0;
    return (plain || RowUnpacker.takes(form) && whole) && form.rows() % 2 == 0;
  }

  @Override
  public MatrixMachineCode code() {
    return code;
  }

  @Override
  public int blockRows() {
    return TILES * code.rows();
  }

  @Override
  public int partColumns() {
    return MatrixMachineCode.WORDS * perWord;
  }

  @Override
  public int panelWords(int columns) {
    return columns / perWord;
  }

  @Override
  public int rowWords() {
    return MatrixMachineCode.ROW;
  }

  @Override
  public void arrange(MemorySegment input, int first, int count, Part part, MemorySegment panel) {
    int words = panelWords(part.columns());
    int width = code.tokens();
    for (int begin = 0; begin < words; begin += NEAR) {
      int end = Math.min(begin + NEAR, words);
      for (int token = 0; token < width; token++) {
        long from = panelWords(part.from()) + (long) (first + token) * panelWords(part.all());
        for (int word = begin; word < end; word++) {
          int value = token < count ? input.get(INT, (from + word) * Integer.BYTES) : 0;
          panel.set(INT, ((long) word * width + token) * Integer.BYTES, value);
        }
      }
    }
  }

  @Override
  public void fill(PackedWeight weight, int row, int count, Part part, MemorySegment block) {
    PackedForm form = weight.form();
    boolean asItIs = narrow && form.precision() == Precision.BFLOAT16;
    RowUnpacker unpacker = RowUnpacker.of(form.precision());
    float[] values = new float[part.columns()];
    boolean four = form.precision().bits() == 4;
    float[] scales = new float[four ? Math.toIntExact(values.length / form.group()) : 0];
    for (int i = 0; i < count; i++) {
      long place = (long) i * rowWords() * Integer.BYTES;
      long number = (row + i) * form.columns() + part.from();
      if (asItIs) {
        long bytes = (long) part.columns() * Short.BYTES;
        MemorySegment.copy(weight.codes(), number * Short.BYTES, block, place, bytes);
        continue;
      }
      weight.scales(row + i, part.from(), scales);
      unpacker.values(weight.codes(), number, scales, values);
      if (narrow) {
        RowUnpacker.round(values, block, place);
      } else {
        MemorySegment.copy(values, 0, block, FLOAT, place, values.length);
      }
    }
  }

  @Override
  public void multiply(
      MemorySegment panel, MemorySegment block, MemorySegment sums, int tiles, Part part) {
    code.multiply(panel, block, sums, tiles, panelWords(part.columns()));
  }

  /** Codes of eight bits are exact in either type, so that their scale comes last. */
  @Override
  public float scale(PackedWeight weight, int row) {
    if (weight.form().precision().bits() != 8) {
      return 1;
    }
    float[] one = new float[1];
    weight.scales(row, one);
    return one[0];
  }

  @Override
  public void close() {
    code.close();
  }
}
