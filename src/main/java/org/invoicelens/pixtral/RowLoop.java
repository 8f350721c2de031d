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

import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.invoicelens.assembler.Assembler;

/**
 * The loop of {@link RowMachineCode} over rows of a weight, put together for one form of weights.
 *
 * <p>Several rows are multiplied at a time: the processor fetches each of them ahead by itself, and
 * memory answers many requests at once faster than one after the other. What is read of the input
 * serves all of them.
 *
 * <p>Codes are in RDI, scales in RSI, the input's numbers in RDX and its scales in RCX, sums go to
 * R8, and R9 counts how many times so many rows there are.
 */
final class RowLoop {

  /** Bytes of a row ahead of those in use that are asked for: about as far as memory is away. */
  private static final int AHEAD = 512;

  /** Bytes that memory gives at a time. */
  private static final int LINE = 64;

  private final PackedForm form;
  private final int vectorBytes;
  private final int rows;
  private final int rowBytes;

  /** 0 where rows have a scale each, which is left to the caller, or none. */
  private final int rowScaleBytes;

  private final Assembler to;

  private RowLoop(PackedForm form, int vectorBytes, int rows) {
    this.form = form;
    this.vectorBytes = vectorBytes;
    this.rows = rows;
    this.rowBytes = Math.toIntExact(form.columns() * form.precision().bits() / Byte.SIZE);
    this.rowScaleBytes =
        form.precision().bits() == 4
            ? Math.toIntExact(form.columns() / form.group() * Float.BYTES)
            : 0;
    this.to = new Assembler(vectorBytes);
  }

  /** How many rows are multiplied at a time, where there are so many. */
  static int rows(int vectorBytes) {
    return vectorBytes == 64 ? 8 : 4;
  }

  /** The loop for so many rows at a time. */
  static byte[] code(PackedForm form, int vectorBytes, int rows) {
    RowLoop loop = new RowLoop(form, vectorBytes, rows);
    switch (form.precision()) {
      case BFLOAT16 -> loop.halfFloats();
      case INT8 -> loop.bytes();
      case FP8 -> loop.quarterFloats();
      case NF4, INT4 -> loop.halfBytes();
      case FLOAT32 -> throw new IllegalArgumentException("for " + form.precision());
    }
    return loop.to.code();
  }

  /** Values that are multiplied at a time. */
  static int block(int vectorBytes) {
    return 2 * vectorBytes;
  }

  /** For numbers of bfloat16, which are the upper half of a float32: two in each lane. */
  private void halfFloats() {
    floats(
        2,
        (number, codes, mask, place) -> {
          if (place == 0) {
            to.shiftIntsLeft(number, codes, Short.SIZE);
          } else {
            to.and(number, codes, mask);
          }
        });
  }

  /** For numbers of e4m3, moved to where {@link RowKernel.Fp8} says: four in each lane. */
  private void quarterFloats() {
    floats(
        4,
        (number, codes, mask, place) -> {
          int top = 24 - 8 * place;
          if (top > 0) {
            to.shiftIntsLeft(number, codes, top);
          }
          to.shiftSignedIntsRight(number, top > 0 ? number : codes, 4);
          to.and(number, number, mask);
        });
  }

  /** Makes float32 of the codes at one place of a lane. */
  @FunctionalInterface
  private interface Widening {
    void widen(int number, int codes, int mask, int place);
  }

  private void floats(int perLane, Widening widening) {
    int mask = rows;
    int input = rows + 1;
    int codes = input + perLane;
    int number = codes + 1;
    loop(
        1,
        vectorBytes,
        ahead -> {
          load(input, perLane, R10, 0);
          for (int row = 0; row < rows; row++) {
            prefetch(row * rowBytes + ahead, vectorBytes);
            to.load(codes, RDI, row * rowBytes);
            for (int place = 0; place < perLane; place++) {
              widening.widen(number, codes, mask, place);
              to.addProducts(row, number, input + place);
            }
          }
          to.add(RDI, vectorBytes);
          to.add(R10, perLane * vectorBytes);
        });
  }

  /** For codes of eight bits. */
  private void bytes() {
    int input = 2 * rows;
    int numbers = input + 1;
    loop(
        0,
        2 * vectorBytes,
        ahead -> {
          for (int part = 0; part < 4; part++) {
            to.load(input, R10, part * vectorBytes);
            for (int row = 0; row < rows; row++) {
              int products = rows + row;
              to.loadBytesAsShorts(numbers, RDI, row * rowBytes + part * vectorBytes / 2);
              if (part == 0) {
                prefetch(row * rowBytes + ahead, 2 * vectorBytes);
                to.multiplyShorts(products, numbers, input);
              } else {
                addProducts(products, numbers, input);
              }
            }
          }
          to.load(input, R11, 0);
          for (int row = 0; row < rows; row++) {
            int products = rows + row;
            to.intsToFloats(products, products);
            to.multiply(products, products, input);
            to.add(row, row, products);
          }
          to.add(RDI, 2 * vectorBytes);
          to.add(R10, 4 * vectorBytes);
          to.add(R11, vectorBytes);
        });
  }

  /** For codes of four bits. */
  private void halfBytes() {
    CodeWay way = CodeWay.of(form.precision(), vectorBytes);
    int constants = rows;
    int input = constants + way.constants();
    int products = input + way.vectors();
    int scale = products + 1;
    int block = block(vectorBytes);
    boolean twoScales = form.group() < block;
    int blocks = Math.toIntExact(Math.max(1, form.group() / block));
    if (twoScales) {
      to.selectUpperHalf(RAX);
    }
    loop(
        way.constants(),
        blocks * vectorBytes,
        ahead -> {
          for (int i = 0; i < blocks; i++) {
            load(input, way.vectors(), R10, i * way.vectors() * vectorBytes);
            for (int row = 0; row < rows; row++) {
              int codes = row * rowBytes + i * vectorBytes;
              prefetch(codes + ahead, vectorBytes);
              switch (way) {
                case COUNT, LOOK_SHORTS_UP -> takeApart(way, codes, constants, input, products);
                case LOOK_BYTES_UP -> lookBytesUp(codes, constants, input, products);
                case WIDEN -> throw new IllegalStateException("codes have eight bits");
              }
              to.intsToFloats(products, products);
              to.broadcast(scale, RSI, row * rowScaleBytes);
              if (twoScales) {
                to.broadcastToUpperHalf(scale, RSI, row * rowScaleBytes + Float.BYTES);
              }
              to.multiply(scale, scale, R11, i * vectorBytes);
              to.multiply(products, products, scale);
              to.add(row, row, products);
            }
          }
          to.add(RDI, blocks * vectorBytes);
          to.add(RSI, (twoScales ? 2 : 1) * Float.BYTES);
          to.add(R10, blocks * way.vectors() * vectorBytes);
          to.add(R11, blocks * vectorBytes);
        });
  }

  private void load(int first, int count, Assembler.Register base, int distance) {
    for (int i = 0; i < count; i++) {
      to.load(first + i, base, distance + i * vectorBytes);
    }
  }

  /** Takes the four codes in 16 bits apart, which are numbers or are looked up. */
  private void takeApart(CodeWay way, int at, int constant, int input, int products) {
    int codes = products + 1;
    to.load(codes, RDI, at);
    for (int part = 0; part < 4; part++) {
      int numbers = part == 0 ? products : products + 2;
      int from = part == 0 ? codes : numbers;
      if (part > 0) {
        to.shiftShortsRight(numbers, codes, 4 * part);
      }
      if (way == CodeWay.LOOK_SHORTS_UP) {
        to.lookShorts(numbers, constant, from);
      } else if (part < 3) {
        to.and(numbers, from, constant);
      }
      if (part == 0) {
        to.multiplyShorts(products, numbers, input);
      } else {
        addProducts(products, numbers, input + part);
      }
    }
    if (way == CodeWay.COUNT) {
      to.addInts(products, products, input + 4);
    }
  }

  private void lookBytesUp(int at, int tables, int input, int products) {
    int mask = tables + 2;
    int second = products + 1;
    int first = products + 2;
    int low = products + 3;
    int high = products + 4;
    to.load(second, RDI, at);
    to.shiftShortsRight(first, second, 4);
    to.and(first, first, mask);
    to.and(second, second, mask);
    to.zero(products);
    for (int half = 0; half < 2; half++) {
      int codes = half == 0 ? first : second;
      to.look(low, tables, codes);
      to.look(high, tables + 1, codes);
      to.pairFirst(codes, low, high);
      to.pairLast(high, low, high);
      addProducts(products, codes, input + 2 * half);
      addProducts(products, high, input + 2 * half + 1);
    }
  }

  /** Adds the products of numbers with some of the input to others. */
  private void addProducts(int products, int numbers, int input) {
    to.multiplyShorts(numbers, numbers, input);
    to.addInts(products, products, numbers);
  }

  /**
   * The frame of all loops: sums of rows are in the first registers.
   *
   * @param constants vectors before the input that are kept in the registers behind the sums
   * @param stepBytes bytes of a row that a step takes
   * @param step goes over all rows at hand once, and is told how far ahead to ask for memory
   */
  private void loop(int constants, int stepBytes, IntConsumer step) {
    load(rows, constants, RDX, 0);
    int begin = to.here();
    IntStream.range(0, rows).forEach(to::zero);
    to.move(R10, RDX);
    to.add(R10, constants * vectorBytes);
    to.move(R11, RCX);
    // rows of scales are short: those of the next rows are asked for at once
    for (int at = 0; at < rows * rowScaleBytes; at += LINE) {
      to.prefetch(RSI, rows * rowScaleBytes + at);
    }
    int steps = rowBytes / stepBytes;
    int last = Math.min(AHEAD / stepBytes, steps);
    repeat(steps - last, () -> step.accept(AHEAD));
    // behind a row's end is the next one at hand, which has been read: the next rows begin later
    repeat(last, () -> step.accept(AHEAD + (rows - 1) * rowBytes));
    for (int row = 0; row < rows; row++) {
      to.store(row, R8, row * vectorBytes);
    }
    to.add(R8, rows * vectorBytes);
    to.add(RDI, (rows - 1) * rowBytes);
    to.add(RSI, (rows - 1) * rowScaleBytes);
    to.repeat(R9, begin);
    to.leave();
  }

  private void repeat(int times, Runnable body) {
    if (times > 0) {
      to.move(RAX, times);
      int next = to.here();
      body.run();
      to.repeat(RAX, next);
    }
  }

  private void prefetch(int distance, int bytes) {
    for (int at = 0; at < bytes; at += LINE) {
      to.prefetch(RDI, distance + at);
    }
  }
}
