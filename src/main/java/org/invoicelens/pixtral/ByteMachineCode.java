package org.invoicelens.pixtral;

import static org.invoicelens.assembler.Assembler.Register.R10;
import static org.invoicelens.assembler.Assembler.Register.R11;
import static org.invoicelens.assembler.Assembler.Register.R8;
import static org.invoicelens.assembler.Assembler.Register.R9;
import static org.invoicelens.assembler.Assembler.Register.RAX;
import static org.invoicelens.assembler.Assembler.Register.RCX;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.assembler.Assembler;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.assembler.ProcessorFlags;

/**
 * Products of many tokens with rows of a weight, both in bytes, four to a word, in machine code.
 *
 * <p>Values are whole numbers in groups of {@value #GROUP}, each group with a scale. A weight's are
 * {@value #OFFSET} too large, for one side of the instruction has no sign; what that adds to the
 * sum of a group is the same for all rows, and the sum begins with as much less. Sums of groups are
 * exact; multiplied by both scales they are added up in float32.
 *
 * <p>Calls may come from several threads.
 */
final class ByteMachineCode implements AutoCloseable {

  /** Values that share a scale. */
  static final int GROUP = 64;

  /** By how much a weight's values are too large. */
  static final int OFFSET = 128;

  /** The most groups of a row that are multiplied in one call: rows of a block stay near then. */
  static final int GROUPS = 80;

  /** Words that the values of a group are. */
  static final int GROUP_WORDS = GROUP / Integer.BYTES;

  /** Words of a group in a row: its scale, then its values. */
  static final int ROW_GROUP = 1 + GROUP_WORDS;

  /** Words that a token has in a panel for a group: where sums begin, its scale, its values. */
  static final int PANEL_GROUP = 2 + GROUP_WORDS;

  /** From one row of a weight to the next, in words. */
  static final int ROW = GROUPS * ROW_GROUP + 16;

  private static final int VECTORS = 2;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG);

  private final int vectorBytes;
  private final MachineCode code;

  private ByteMachineCode(int vectorBytes, MachineCode code) {
    this.vectorBytes = vectorBytes;
    this.code = code;
  }

  /** The code with the widest vectors for which there is one; empty where there is none here. */
  static Optional<ByteMachineCode> of() {
    return Stream.of(64, 32)
        .filter(ByteMachineCode::takes)
        .findFirst()
        .flatMap(ByteMachineCode::of);
  }

  /**
   * Whether this processor has the instructions, with vectors of a width. One that has instructions
   * for matrices is faster with those.
   */
  static boolean takes(int vectorBytes) {
    return MachineCode.isPossible()
        && vectorBytes <= RowMachineCode.vectorBytes()
        && ProcessorFlags.has(vectorBytes == 64 ? "avx512_vnni" : "avx_vnni")
        && ProcessorFlags.has("fma")
        && !ProcessorFlags.has("amx_bf16");
  }

  /**
   * The code with vectors of a width; empty where the system does not allow it.
   *
   * @param vectorBytes one that is taken
   */
  static Optional<ByteMachineCode> of(int vectorBytes) {
    return MachineCode.of(code(vectorBytes), TYPE)
        .map(made -> new ByteMachineCode(vectorBytes, made));
  }

  /**
   * The panel is in RDI, rows are in RSI, sums in RDX; RCX counts tiles, and R8 has the number of
   * groups.
   */
  private static byte[] code(int vectorBytes) {
    Assembler to = new Assembler(vectorBytes);
    int rows = rowsOfTile(vectorBytes);
    int count = VECTORS * rows;
    int sums = count;
    int panel = 2 * count;
    int word = panel + VECTORS;
    int scale = word + 1;
    int line = VECTORS * vectorBytes;
    int tile = to.here();
    to.move(RAX, R8);
    to.move(R9, RDI);
    to.move(R10, RSI);
    for (int i = 0; i < count; i++) {
      to.load(sums + i, RDX, i * vectorBytes);
    }
    int group = to.here();
    for (int i = 0; i < count; i++) {
      to.load(i, R9, i % VECTORS * vectorBytes);
    }
    to.add(R9, (PANEL_GROUP - GROUP_WORDS) * line);
    to.add(R10, Float.BYTES);
    to.move(R11, GROUP_WORDS);
    int next = to.here();
    for (int i = 0; i < VECTORS; i++) {
      to.load(panel + i, R9, i * vectorBytes);
    }
    for (int row = 0; row < rows; row++) {
      to.broadcast(word, R10, row * ROW * Integer.BYTES);
      for (int i = 0; i < VECTORS; i++) {
        to.addByteProducts(VECTORS * row + i, word, panel + i);
      }
    }
    to.add(R9, line);
    to.add(R10, Integer.BYTES);
    to.repeat(R11, next);
    for (int i = 0; i < VECTORS; i++) {
      to.load(panel + i, R9, i * vectorBytes - (1 + GROUP_WORDS) * line);
    }
    for (int row = 0; row < rows; row++) {
      to.broadcast(word, R10, (row * ROW - ROW_GROUP) * Float.BYTES);
      for (int i = 0; i < VECTORS; i++) {
        int whole = VECTORS * row + i;
        to.multiply(scale, panel + i, word);
        to.intsToFloats(whole, whole);
        to.addProducts(sums + whole, whole, scale);
      }
    }
    to.repeat(RAX, group);
    for (int i = 0; i < count; i++) {
      to.store(sums + i, RDX, i * vectorBytes);
    }
    to.add(RDX, rows * line);
    to.add(RSI, rows * ROW * Integer.BYTES);
    to.repeat(RCX, tile);
    to.leave();
    return to.code();
  }

  /** All registers but those of a panel, a word and a scale: half of them for a group's sums. */
  private static int rowsOfTile(int vectorBytes) {
    return vectorBytes == 64 ? 6 : 3;
  }

  int vectorBytes() {
    return vectorBytes;
  }

  /** Tokens of a panel. */
  int tokens() {
    return VECTORS * vectorBytes / Float.BYTES;
  }

  /** Rows of a weight that are a tile. */
  int rows() {
    return rowsOfTile(vectorBytes);
  }

  /**
   * Adds the products of a panel with tiles to sums.
   *
   * @param panel {@code [groups][PANEL_GROUP][tokens]}: whole numbers, scales in float32, words
   * @param rows {@code [tiles][rows][ROW]}, in each {@code [groups][ROW_GROUP]}: a scale in
   *     float32, then words
   * @param sums {@code [tiles][rows][tokens]} of float32
   */
  void multiply(
      MemorySegment panel, MemorySegment rows, MemorySegment sums, int tiles, int groups) {
    try {
      code.handle().invokeExact(panel, rows, sums, (long) tiles, (long) groups);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frees the code; no product may be under way. */
  @Override
  public void close() {
    code.close();
  }
}
