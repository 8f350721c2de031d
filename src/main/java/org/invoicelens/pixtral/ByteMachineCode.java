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

import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.assembler.Assembler;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.assembler.ProcessorFlags;
import org.invoicelens.config.Precision;

/**
 * The loop of {@link MatrixMachineCode} for tokens and rows of a weight that are both in bytes,
 * four to a word, as {@link ByteGroups} has them.
 *
 * <p>A weight's values are {@value #OFFSET} too large, for one side of the instruction has no sign;
 * what that adds to the sum of a group is the same for all rows, and the sum begins with as much
 * less. Sums of groups are exact; multiplied by both scales they are added up in float32.
 * Stateless.
 */
final class ByteMachineCode {

  /** By how much a weight's values are too large. */
  static final int OFFSET = 128;

  private static final int VECTORS = MatrixMachineCode.VECTORS;

  private ByteMachineCode() {}

  /** The code with the widest vectors for which there is one; empty where there is none here. */
  static Optional<MatrixMachineCode> of(ByteGroups groups) {
    return Stream.of(64, 32)
        .filter(ByteMachineCode::takes)
        .findFirst()
        .flatMap(bytes -> of(groups, bytes));
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
  static Optional<MatrixMachineCode> of(ByteGroups groups, int vectorBytes) {
    return MatrixMachineCode.of(
        code(groups, vectorBytes), Precision.INT8, vectorBytes, rowsOfTile(vectorBytes));
  }

  /**
   * The panel is in RDI, rows are in RSI, sums in RDX; RCX counts tiles, and R8 has the number of
   * groups.
   */
  private static byte[] code(ByteGroups groups, int vectorBytes) {
    Assembler to = new Assembler(vectorBytes);
    int rows = rowsOfTile(vectorBytes);
    int count = VECTORS * rows;
    int sums = count;
    int panel = 2 * count;
    int word = panel + VECTORS;
    int scale = word + 1;
    int line = VECTORS * vectorBytes;
    int stride = groups.rowWords() * Integer.BYTES;
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
    to.add(R9, ByteGroups.BEFORE_VALUES * line);
    to.add(R10, Float.BYTES);
    to.move(R11, groups.words());
    int next = to.here();
    for (int i = 0; i < VECTORS; i++) {
      to.load(panel + i, R9, i * vectorBytes);
    }
    for (int row = 0; row < rows; row++) {
      to.broadcast(word, R10, row * stride);
      for (int i = 0; i < VECTORS; i++) {
        to.addByteProducts(VECTORS * row + i, word, panel + i);
      }
    }
    to.add(R9, line);
    to.add(R10, Integer.BYTES);
    to.repeat(R11, next);
    for (int i = 0; i < VECTORS; i++) {
      to.load(panel + i, R9, i * vectorBytes - (1 + groups.words()) * line);
    }
    for (int row = 0; row < rows; row++) {
      to.broadcast(word, R10, row * stride - groups.ofRow() * Integer.BYTES);
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
    to.add(RSI, rows * stride);
    to.repeat(RCX, tile);
    to.leave();
    return to.code();
  }

  /** All registers but those of a panel, a word and a scale: half of them for a group's sums. */
  private static int rowsOfTile(int vectorBytes) {
    return vectorBytes == 64 ? 6 : 3;
  }
}
