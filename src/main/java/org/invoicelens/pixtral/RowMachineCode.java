package org.invoicelens.pixtral;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import org.invoicelens.assembler.MachineCode;
import org.invoicelens.assembler.ProcessorFlags;

/**
 * Products of rows of a weight with a vector, in machine code for one form of weights.
 *
 * <p>Numbers of bfloat16 and fp8 become float32, and nothing is rounded but sums. Other codes
 * become whole numbers of 16 bits, which are multiplied and added in pairs, for which Java has no
 * name: values of nf4 are off by a 16,382th of their block's largest, int4 and int8 are exact, and
 * of the input {@link RowInput} tells it. Sums within a block are exact, those of blocks are in
 * float32.
 *
 * <p>Calls may come from several threads.
 */
final class RowMachineCode implements AutoCloseable {

  /** Values of the widest vector's half, which may have a scale of their own. */
  private static final int HALF_BLOCK = 64;

  /** Blocks with one scale that are written out one after the other. */
  private static final int MOST_BLOCKS = 8;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG);

  private final PackedForm form;
  private final int vectorBytes;

  /** For several rows at a time. */
  private final MachineCode many;

  /** For those that are left. */
  private final MachineCode one;

  private RowMachineCode(PackedForm form, int vectorBytes, MachineCode many, MachineCode one) {
    this.form = form;
    this.vectorBytes = vectorBytes;
    this.many = many;
    this.one = one;
  }

  /** How wide vectors are here, in bytes. */
  static int vectorBytes() {
    return ByteVector.SPECIES_PREFERRED.length();
  }

  /** Whether there is code for a form of weights, with vectors of a width. */
  static boolean takes(PackedForm form, int vectorBytes) {
    int block = RowLoop.block(vectorBytes);
    if (!MachineCode.isPossible() || form.columns() % block != 0) {
      return false;
    }
    long group = form.group();
    return switch (form.precision()) {
      case INT8 -> true;
      case BFLOAT16, FP8 -> vectorBytes == 64 || ProcessorFlags.has("fma");
      case NF4, INT4 ->
          form.columns() % group == 0
              && (group % block == 0
                  ? group / block <= MOST_BLOCKS
                  : group == HALF_BLOCK && block == 2 * HALF_BLOCK);
      case FLOAT32 -> false;
    };
  }

  /** The code for a form of weights, for any number of rows; empty where there is none here. */
  static Optional<RowMachineCode> of(PackedForm form) {
    for (int vectorBytes : new int[] {64, 32}) {
      if (vectorBytes <= vectorBytes() && takes(form, vectorBytes)) {
        return of(form, vectorBytes);
      }
    }
    return Optional.empty();
  }

  /**
   * The code with vectors of a width; empty where the system does not allow it.
   *
   * @param form one that is taken
   */
  static Optional<RowMachineCode> of(PackedForm form, int vectorBytes) {
    Optional<MachineCode> many = loop(form, vectorBytes, RowLoop.rows(vectorBytes));
    Optional<MachineCode> one = many.flatMap(made -> loop(form, vectorBytes, 1));
    if (one.isEmpty()) {
      many.ifPresent(MachineCode::close);
      return Optional.empty();
    }
    return Optional.of(new RowMachineCode(form, vectorBytes, many.get(), one.get()));
  }

  private static Optional<MachineCode> loop(PackedForm form, int vectorBytes, int rows) {
    return MachineCode.of(RowLoop.code(form, vectorBytes, rows), TYPE);
  }

  /** The input as {@link #multiply} wants it. */
  RowInput arrange(float[] input) {
    return RowInput.of(input, form.precision(), vectorBytes);
  }

  /**
   * The products of rows with an input.
   *
   * @param weight of this form
   * @param input as {@link #arrange} gave it
   * @param into where they go
   * @param at the place of the first
   */
  void multiply(PackedWeight weight, int from, int to, RowInput input, float[] into, int at) {
    int rows = to - from;
    int alone = rows % RowLoop.rows(vectorBytes);
    int perVector = vectorBytes / Float.BYTES;
    float[] sums = new float[rows * perVector];
    MemorySegment scales = weight.scales(from, to);
    run(many, (rows - alone) / RowLoop.rows(vectorBytes), weight, from, scales, input, sums, 0);
    run(one, alone, weight, from, scales, input, sums, rows - alone);
    for (int row = 0; row < rows; row++) {
      float product = ReproducibleMath.sum(sums, row * perVector, perVector);
      into[at + row] =
          switch (form.precision()) {
            case INT8 -> product * scales.getAtIndex(PackedWeight.FLOAT, row);
            case FP8 ->
                product * RowKernel.Fp8.DISTANCE * scales.getAtIndex(PackedWeight.FLOAT, row);
            case BFLOAT16, NF4, INT4, FLOAT32 -> product;
          };
    }
  }

  /**
   * Runs a loop some times.
   *
   * @param from the first of the rows that scales and sums are of
   * @param first the first of these that is multiplied
   */
  private void run(
      MachineCode loop,
      int times,
      PackedWeight weight,
      int from,
      MemorySegment scales,
      RowInput input,
      float[] sums,
      int first) {
    if (times == 0) {
      return;
    }
    long rowCodes = weight.codes().byteSize() / weight.form().rows();
    try {
      loop.handle()
          .invokeExact(
              weight.codes().asSlice((from + first) * rowCodes),
              scales.asSlice((long) first * weight.scalesOfRow() * Float.BYTES),
              input.numbers(),
              input.scales(),
              MemorySegment.ofArray(sums).asSlice((long) first * vectorBytes),
              (long) times);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frees the code; no product may be under way. */
  @Override
  public void close() {
    many.close();
    one.close();
  }
}
