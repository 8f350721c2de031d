package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.Precision;

/**
 * The output layer of one token with a copy in eight bits beside it, which is read in half the
 * time.
 *
 * <p>The copy tells every logit but for an error whose bound is known: by the inequality of Cauchy
 * and Schwarz no more than the length of the input times that of the difference between a row and
 * its copy. Only tokens that may be the likeliest within these bounds, a few, are then computed
 * from the layer itself. So the token that is chosen is the one that the layer itself gives. Not
 * thread-safe.
 */
final class ScreenedHead implements AutoCloseable {

  /** Rows that are packed at a time. */
  private static final int ROWS = 1024;

  /** Inputs of one block in machine code, at most; they have 15 bits of the largest of them. */
  private static final double INPUT_ERROR = Math.sqrt(128) / (1 << 15);

  /** The relative error of a sum in float32 for each number added, half of the last bit. */
  private static final double SUM_ERROR = 0x1p-24;

  /** For what errors lose themselves when they are computed. */
  private static final double MARGIN = 1.001;

  private final PackedWeight weight;
  private final PackedWeight copy;
  private final RowProducts products;
  private final Arena arena;

  /** How far a logit may be off for an input of length 1. */
  private final float[] errors;

  private ScreenedHead(
      PackedWeight weight, PackedWeight copy, float[] errors, RowProducts products, Arena arena) {
    this.weight = weight;
    this.copy = copy;
    this.errors = errors;
    this.products = products;
    this.arena = arena;
  }

  /**
   * Makes the copy: a second or two where there are many tokens.
   *
   * @param weight the output layer's, in bfloat16
   * @param threads that share the work
   */
  static ScreenedHead of(PackedWeight weight, RowProducts products, RowThreads threads) {
    Arena arena = Arena.ofShared();
    try {
      PackedWeight copy = copy(weight, arena);
      float[] errors = new float[Math.toIntExact(weight.form().rows())];
      threads.share(
          errors.length,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              errors[row] = error(weight, copy, row);
            }
          });
      return new ScreenedHead(weight, copy, errors, products, arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static PackedWeight copy(PackedWeight weight, Arena arena) {
    PackedForm form = form(weight.form());
    Map<String, MemorySegment> parts = new HashMap<>();
    form.parts().forEach(part -> parts.put(part.suffix(), arena.allocate(part.bytes(), 64)));
    RowPacker packer = new RowPacker(form);
    long columns = form.columns();
    for (long first = 0; first < form.rows(); first += ROWS) {
      int count = (int) Math.min(ROWS, form.rows() - first);
      MemorySegment raw =
          weight.codes().asSlice(first * columns * Short.BYTES, count * columns * Short.BYTES);
      MemorySegment codes = parts.get("").asSlice(first * columns, count * columns);
      float[] scales = packer.pack(raw, Checkpoint.BFLOAT16, count, 0, codes);
      long there = first * Float.BYTES;
      MemorySegment.copy(scales, 0, parts.get(".scale"), PackedWeight.FLOAT, there, count);
    }
    return new PackedWeight(form, parts);
  }

  /** The form of the copy of a weight. */
  static PackedForm form(PackedForm form) {
    return new PackedForm(Precision.INT8, form.rows(), form.columns(), form.columns(), false);
  }

  /** The form of the copy. */
  PackedForm form() {
    return copy.form();
  }

  /** How far a logit of the copy may be off for an input of length 1. */
  private static float error(PackedWeight weight, PackedWeight copy, int row) {
    int columns = Math.toIntExact(weight.form().columns());
    float[] numbers = new float[columns];
    new NativeNumbers(weight.codes(), true).read((long) row * columns, columns, numbers);
    float[] scale = new float[1];
    copy.scales(row, scale);
    long first = (long) row * columns;
    double difference = 0;
    double length = 0;
    for (int i = 0; i < columns; i++) {
      double number = numbers[i];
      double copied = copy.codes().get(ValueLayout.JAVA_BYTE, first + i) * (double) scale[0];
      difference += (number - copied) * (number - copied);
      length += number * number;
    }
    double rounded = Math.sqrt(length) * (INPUT_ERROR + SUM_ERROR * columns);
    return (float) (MARGIN * (Math.sqrt(difference) + rounded));
  }

  /** The logits for an input of numbers of bfloat16. */
  Logits logits(float[] input) {
    float[] values = products.project(input, List.of(copy));
    double squares = 0;
    for (float number : input) {
      squares += (double) number * number;
    }
    float length = (float) (MARGIN * Math.sqrt(squares));
    float[] bounds = new float[errors.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = length * errors[i];
    }
    return Logits.near(values, bounds, rows -> products.project(input, weight, rows));
  }

  /** Frees the copy. */
  @Override
  public void close() {
    arena.close();
  }
}
