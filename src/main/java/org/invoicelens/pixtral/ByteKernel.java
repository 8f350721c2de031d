package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.invoicelens.config.Precision;

/**
 * Products of whole numbers of eight bits, by {@link ByteMachineCode}: activations are rounded to
 * 255 steps in groups, each with a scale of its own, and so are weights whose own groups are
 * smaller.
 */
final class ByteKernel implements MatrixKernel {

  /** Tiles of a block. */
  private static final int TILES = 8;

  /** The largest whole number of an activation. */
  private static final int MOST = 127;

  /** Below it a group is nothing but 0: its scale could not be divided by. */
  static final float LEAST = 1e-30f;

  /** Added to a small number, it leaves it rounded to a whole one in the lowest bits. */
  private static final float ROUNDING = 0x1.8p23f;

  private static final VectorSpecies<Float> FLOATS = RowKernel.FLOATS;
  private static final VectorSpecies<Integer> INTS = RowKernel.INTS;
  private static final int LANES = RowKernel.LANES;
  private static final VectorSpecies<Byte> BYTES =
      RowKernel.WIDE ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

  private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(int[].class, ORDER);

  private final ByteGroups groups;
  private final MatrixMachineCode code;
  private final Map<Precision, ByteUnpacker> unpackers;

  /** Whether activations are in bfloat16. */
  private final boolean narrow;

  private ByteKernel(
      ByteGroups groups,
      MatrixMachineCode code,
      Map<Precision, ByteUnpacker> unpackers,
      boolean narrow) {
    this.groups = groups;
    this.code = code;
    this.unpackers = unpackers;
    this.narrow = narrow;
  }

  /**
   * A kernel; empty where there is none here.
   *
   * @param type of activations: BFLOAT16 or FLOAT32
   */
  static Optional<ByteKernel> of(ByteGroups groups, Precision type) {
    return ByteMachineCode.of(groups).map(code -> of(groups, code, type));
  }

  /**
   * A kernel with some code.
   *
   * @param code of {@link ByteMachineCode} for the groups, closed with this
   */
  static ByteKernel of(ByteGroups groups, MatrixMachineCode code, Precision type) {
    Map<Precision, ByteUnpacker> unpackers = new EnumMap<>(Precision.class);
    ByteKernel kernel = new ByteKernel(groups, code, unpackers, type == Precision.BFLOAT16);
    for (Precision precision : new Precision[] {Precision.INT8, Precision.NF4, Precision.INT4}) {
      ByteUnpacker.of(precision, groups, code.vectorBytes())
          .ifPresent(unpacker -> unpackers.put(precision, unpacker));
    }
    return kernel;
  }

  @Override
  public boolean takes(PackedForm form) {
    return ByteUnpacker.takes(form)
        && form.columns() % groups.values() == 0
        && unpackers.containsKey(form.precision())
        && (form.precision() == Precision.INT8 || partColumns() % form.group() == 0)
        && form.rows() % 2 == 0;
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
    return ByteGroups.COLUMNS;
  }

  @Override
  public int panelWords(int columns) {
    return columns / groups.values() * groups.ofPanel();
  }

  @Override
  public int rowWords() {
    return groups.rowWords();
  }

  @Override
  public void arrange(MemorySegment input, int first, int count, Part part, MemorySegment panel) {
    NativeNumbers numbers = new NativeNumbers(input, narrow);
    int size = groups.values();
    float[] values = new float[size];
    byte[] bytes = new byte[size];
    int width = code.tokens();
    int[] sums = new int[LANES];
    int[] lines = new int[groups.ofPanel() * width];
    for (int group = 0; group < part.columns() / size; group++) {
      for (int token = 0; token < count; token++) {
        numbers.read(
            (long) (first + token) * part.all() + part.from() + group * size, size, values);
        float scale = round(values, bytes, sums);
        // a sum with weights that are too large begins with as much less
        lines[token] = -ByteMachineCode.OFFSET * sum(sums);
        lines[width + token] = Float.floatToRawIntBits(scale);
        put(bytes, lines, ByteGroups.BEFORE_VALUES * width + token, width);
      }
      long place = (long) group * lines.length * Integer.BYTES;
      MemorySegment.copy(lines, 0, panel, INT, place, lines.length);
    }
  }

  private static int sum(int[] numbers) {
    int sum = 0;
    for (int number : numbers) {
      sum += number;
    }
    return sum;
  }

  private static void put(byte[] bytes, int[] lines, int at, int width) {
    for (int word = 0; word < bytes.length / Integer.BYTES; word++) {
      lines[at + word * width] = (int) WORDS.get(bytes, word * Integer.BYTES);
    }
  }

  /**
   * Rounds a group to whole numbers.
   *
   * @param sums get the sum of the whole numbers, a part in each lane
   * @return by what they have to be multiplied
   */
  private static float round(float[] values, byte[] into, int[] sums) {
    FloatVector largest = FloatVector.zero(FLOATS);
    for (int i = 0; i < values.length; i += LANES) {
      largest = largest.max(FloatVector.fromArray(FLOATS, values, i).abs());
    }
    float most = largest.reduceLanes(VectorOperators.MAX);
    // what is not finite must not look as if it were
    float inverse = most < LEAST || !Float.isFinite(most) ? 0 : MOST / most;
    IntVector sum = IntVector.zero(INTS);
    for (int i = 0; i < values.length; i += LANES) {
      IntVector whole =
          FloatVector.fromArray(FLOATS, values, i)
              .mul(inverse)
              .add(ROUNDING)
              .reinterpretAsInts()
              .sub(Float.floatToRawIntBits(ROUNDING));
      sum = sum.add(whole);
      ((ByteVector) whole.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(into, i);
    }
    sum.intoArray(sums, 0);
    return Float.isFinite(most) ? most < LEAST ? 0 : most / MOST : Float.NaN;
  }

  @Override
  public void fill(PackedWeight weight, int row, int count, Part part, MemorySegment block) {
    ByteUnpacker unpacker = unpackers.get(weight.form().precision());
    for (int i = 0; i < count; i++) {
      long place = (long) i * rowWords() * Integer.BYTES;
      unpacker.unpack(weight, row + i, part.from(), part.columns(), block.asSlice(place));
    }
  }

  @Override
  public void multiply(
      MemorySegment panel, MemorySegment block, MemorySegment sums, int tiles, Part part) {
    code.multiply(panel, block, sums, tiles, part.columns() / groups.values());
  }

  /** Scales are a part of the sums, but for what all values of a precision have in common. */
  @Override
  public float scale(PackedWeight weight, int row) {
    return 1f / ByteUnpacker.one(weight.form().precision());
  }

  @Override
  public void close() {
    code.close();
    unpackers.values().forEach(ByteUnpacker::close);
  }
}
