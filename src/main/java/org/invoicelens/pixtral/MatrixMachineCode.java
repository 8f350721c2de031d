package org.invoicelens.pixtral;

import static org.invoicelens.assembler.Assembler.Register.R10;
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
import org.invoicelens.config.Precision;

/**
 * Products of many tokens with rows of a weight, in machine code that keeps as many sums in
 * registers as there are.
 *
 * <p>A word is what one instruction takes of a row: two numbers of bfloat16, or one of float32. A
 * lane of a vector is a token, so that a word of a weight is multiplied with the same word of a
 * panel of tokens at once. The sums of a panel with a tile, some rows of the weight, stay in
 * registers for all words. Sums are in float32.
 *
 * <p>Calls may come from several threads.
 */
final class MatrixMachineCode implements AutoCloseable {

  /** The most words of a row that are multiplied in one call: rows of a block stay near then. */
  static final int WORDS = 1280;

  /**
   * From one row of a weight to the next, in words: not a power of two, or rows would be in each
   * other's way.
   */
  static final int ROW = WORDS + 16;

  /** Vectors that the tokens of a panel fill. */
  static final int VECTORS = 2;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG);

  private final Precision type;
  private final int vectorBytes;
  private final int rows;
  private final MachineCode code;

  private MatrixMachineCode(Precision type, int vectorBytes, int rows, MachineCode code) {
    this.type = type;
    this.vectorBytes = vectorBytes;
    this.rows = rows;
    this.code = code;
  }

  /** The code for numbers of a type, BFLOAT16 or FLOAT32; empty where there is none here. */
  static Optional<MatrixMachineCode> of(Precision type) {
    return vectorBytes(type).flatMap(bytes -> of(type, bytes, ROW));
  }

  /** The widest vectors for which there is code; empty where there is none here. */
  static Optional<Integer> vectorBytes(Precision type) {
    return Stream.of(64, 32).filter(bytes -> takes(type, bytes)).findFirst();
  }

  /**
   * Whether this processor has the instructions, with vectors of a width. One that has instructions
   * for matrices of bfloat16 as well is left to PyTorch, which uses them.
   */
  static boolean takes(Precision type, int vectorBytes) {
    return MachineCode.isPossible()
        && vectorBytes <= RowMachineCode.vectorBytes()
        && switch (type) {
          case BFLOAT16 ->
              vectorBytes == 64
                  && ProcessorFlags.has("avx512_bf16")
                  && !ProcessorFlags.has("amx_bf16");
          case FLOAT32 -> vectorBytes == 64 || ProcessorFlags.has("fma");
          case INT8, FP8, NF4, INT4 -> false;
        };
  }

  /**
   * The code with vectors of a width; empty where the system does not allow it.
   *
   * @param type one that is taken
   * @param stride from one row to the next, in words
   */
  static Optional<MatrixMachineCode> of(Precision type, int vectorBytes, int stride) {
    return of(code(type, vectorBytes, stride), type, vectorBytes, rowsOfTile(vectorBytes));
  }

  /**
   * Another loop that is called in the same way; empty where the system does not allow it.
   *
   * @param type what it multiplies
   * @param rows of a tile
   */
  static Optional<MatrixMachineCode> of(byte[] code, Precision type, int vectorBytes, int rows) {
    return MachineCode.of(code, TYPE)
        .map(made -> new MatrixMachineCode(type, vectorBytes, rows, made));
  }

  /**
   * The panel is in RDI, rows are in RSI, sums in RDX; RCX counts tiles, and R8 has the number of
   * words.
   */
  private static byte[] code(Precision type, int vectorBytes, int stride) {
    Assembler to = new Assembler(vectorBytes);
    int rows = rowsOfTile(vectorBytes);
    int panel = VECTORS * rows;
    int word = panel + VECTORS;
    int tile = to.here();
    to.move(RAX, R8);
    to.move(R9, RDI);
    to.move(R10, RSI);
    for (int sum = 0; sum < VECTORS * rows; sum++) {
      to.load(sum, RDX, sum * vectorBytes);
    }
    int next = to.here();
    for (int i = 0; i < VECTORS; i++) {
      to.load(panel + i, R9, i * vectorBytes);
    }
    for (int row = 0; row < rows; row++) {
      to.broadcast(word, R10, row * stride * Integer.BYTES);
      for (int i = 0; i < VECTORS; i++) {
        int sum = VECTORS * row + i;
        if (type == Precision.BFLOAT16) {
          to.addPairProducts(sum, panel + i, word);
        } else {
          to.addProducts(sum, panel + i, word);
        }
      }
    }
    to.add(R9, VECTORS * vectorBytes);
    to.add(R10, Integer.BYTES);
    to.repeat(RAX, next);
    for (int sum = 0; sum < VECTORS * rows; sum++) {
      to.store(sum, RDX, sum * vectorBytes);
    }
    to.add(RDX, VECTORS * rows * vectorBytes);
    to.add(RSI, rows * stride * Integer.BYTES);
    to.repeat(RCX, tile);
    to.leave();
    return to.code();
  }

  /** All registers but those of a panel and a word hold sums. */
  private static int rowsOfTile(int vectorBytes) {
    return vectorBytes == 64 ? 12 : 6;
  }

  /** What it multiplies: BFLOAT16, FLOAT32, or INT8. */
  Precision type() {
    return type;
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
    return rows;
  }

  /**
   * Adds the products of a panel with tiles to sums.
   *
   * @param panel {@code [words][tokens]}; for INT8 as {@link ByteMachineCode} has it, like rows
   * @param rows {@code [tiles][rows][stride]} words, of each row so many as the panel has
   * @param sums {@code [tiles][rows][tokens]} of float32
   * @param count words of a row; for INT8 groups
   */
  void multiply(MemorySegment panel, MemorySegment rows, MemorySegment sums, int tiles, int count) {
    try {
      code.handle().invokeExact(panel, rows, sums, (long) tiles, (long) count);
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
