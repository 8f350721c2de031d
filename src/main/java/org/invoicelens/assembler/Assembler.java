package org.invoicelens.assembler;

import java.io.ByteArrayOutputStream;

/**
 * A function for x86-64 processors, put together instruction by instruction.
 *
 * <p>Only what loops of products need. Vectors have 256 bits (AVX2) or 512 (AVX-512 F and BW); the
 * same method stands for the instruction of either width. Vector registers are numbered from 0 to
 * 15, or to 31 where vectors have 512 bits; places in memory are a general register and a distance
 * in bytes. Encodings are those of the Intel 64 and IA-32 Architectures Software Developer's
 * Manual, volume 2. Not thread-safe.
 */
public final class Assembler {

  /** A general register of 64 bits, in the order of its number. */
  public enum Register {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11
  }

  /** Tables of instructions. */
  private static final int MAP_0F = 1;

  private static final int MAP_0F38 = 2;

  /** Prefixes that are a part of an instruction's number. */
  private static final int NO_PREFIX = 0;

  private static final int PREFIX_66 = 1;

  /** With a bit that tells other instructions of the same number apart. For 512 bits. */
  private static final int PREFIX_66_W1 = 0x80 | PREFIX_66;

  private static final int PREFIX_F3 = 2;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final int vectorBytes;
  private final int registers;

  /**
   * An empty function.
   *
   * @param vectorBytes how wide vectors are: 32 or 64
   * @throws IllegalArgumentException for another width
   */
  public Assembler(int vectorBytes) {
    if (vectorBytes != 32 && vectorBytes != 64) {
      throw new IllegalArgumentException("no vectors of " + vectorBytes + " bytes");
    }
    this.vectorBytes = vectorBytes;
    this.registers = vectorBytes == 64 ? 32 : 16;
  }

  /** What has been put together so far. */
  public byte[] code() {
    return code.toByteArray();
  }

  // ---- general registers
  // -------------------------------------------------------------------------

  /** Sets a register to a number, at least 0. */
  public void move(Register to, int number) {
    rex(false, 0, to.ordinal());
    code.write(0xb8 | to.ordinal() & 7);
    number(number);
  }

  /** Copies a register. */
  public void move(Register to, Register from) {
    rex(true, from.ordinal(), to.ordinal());
    code.write(0x89);
    direct(from.ordinal(), to.ordinal());
  }

  /** Adds a number to a register. */
  public void add(Register to, int number) {
    rex(true, 0, to.ordinal());
    code.write(0x81);
    direct(0, to.ordinal());
    number(number);
  }

  /** A place to which {@link #repeat} returns. */
  public int here() {
    return code.size();
  }

  /** Counts a register down by one, and goes on at an earlier place unless it is 0 then. */
  public void repeat(Register count, int place) {
    rex(true, 0, count.ordinal());
    code.write(0xff);
    direct(1, count.ordinal());
    code.write(0x0f);
    code.write(0x85);
    number(place - (code.size() + Integer.BYTES));
  }

  /** Asks for a place in memory before it is read; any place may be named. */
  public void prefetch(Register base, int distance) {
    rex(false, 0, base.ordinal());
    code.write(0x0f);
    code.write(0x18);
    memory(1, base, distance);
  }

  /** Ends the function, and leaves the vector registers as others expect them. */
  public void leave() {
    // vzeroupper
    code.write(0xc5);
    code.write(0xf8);
    code.write(0x77);
    code.write(0xc3);
  }

  // ---- vectors
  // -----------------------------------------------------------------------------------

  /** Reads a vector. */
  public void load(int to, Register base, int distance) {
    vector(NO_PREFIX, MAP_0F, 0x10, to, 0, base, distance);
  }

  /** Writes a vector. */
  public void store(int from, Register base, int distance) {
    vector(NO_PREFIX, MAP_0F, 0x11, from, 0, base, distance);
  }

  /** Reads half as many bytes as a vector has, as whole numbers of 16 bits with a sign. */
  public void loadBytesAsShorts(int to, Register base, int distance) {
    vector(PREFIX_66, MAP_0F38, 0x20, to, 0, base, distance);
  }

  /** Reads a number of 32 bits into each lane. */
  public void broadcast(int to, Register base, int distance) {
    vector(PREFIX_66, MAP_0F38, 0x18, to, 0, base, distance);
  }

  /**
   * Reads a number of 32 bits into the upper half of the lanes. For 512 bits, after {@link
   * #selectUpperHalf}.
   */
  public void broadcastToUpperHalf(int to, Register base, int distance) {
    require(vectorBytes == 64);
    evex(PREFIX_66, MAP_0F38, 0x18, to, 0, base.ordinal(), 1);
    memory(to, base, distance);
  }

  /** Sets the mask of {@link #broadcastToUpperHalf}, of 16 lanes. For 512 bits. */
  public void selectUpperHalf(Register scratch) {
    require(vectorBytes == 64);
    move(scratch, 0xff00);
    // kmovw k1, scratch
    vex(NO_PREFIX, MAP_0F, 0x92, 1, 0, scratch.ordinal(), false);
    direct(1, scratch.ordinal());
  }

  /** Sets all bits to 0. */
  public void zero(int to) {
    differ(to, to, to);
  }

  /** Keeps the bits that both have. */
  public void and(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0xdb, to, left, right);
  }

  /** Takes the bits that either has. */
  public void or(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0xeb, to, left, right);
  }

  /** Takes the bits that one has and the other has not. */
  public void differ(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0xef, to, left, right);
  }

  /** Moves the bits of each 16 to the right. */
  public void shiftShortsRight(int to, int from, int bits) {
    // the target stands where others have their first source
    vector(PREFIX_66, MAP_0F, 0x71, 2, to, from);
    code.write(bits);
  }

  /** Moves the bits of each 16 to the left. */
  public void shiftShortsLeft(int to, int from, int bits) {
    vector(PREFIX_66, MAP_0F, 0x71, 6, to, from);
    code.write(bits);
  }

  /** Moves the bits of each 32 to the left. */
  public void shiftIntsLeft(int to, int from, int bits) {
    vector(PREFIX_66, MAP_0F, 0x72, 6, to, from);
    code.write(bits);
  }

  /** Moves the bits of each 32 to the right, and fills up with the first of them. */
  public void shiftSignedIntsRight(int to, int from, int bits) {
    vector(PREFIX_66, MAP_0F, 0x72, 4, to, from);
    code.write(bits);
  }

  /** Looks bytes up in the sixteen of a table, which stands in each 128 bits. */
  public void look(int to, int table, int bytes) {
    vector(PREFIX_66, MAP_0F38, 0x00, to, table, bytes);
  }

  /** Looks whole numbers of 16 bits up in the 32 of a table, by their last five. For 512 bits. */
  public void lookShorts(int to, int table, int shorts) {
    require(vectorBytes == 64);
    vector(PREFIX_66_W1, MAP_0F38, 0x8d, to, shorts, table);
  }

  /** Puts the first eight bytes of each 128 bits side by side: a low one, a high one. */
  public void pairFirst(int to, int low, int high) {
    vector(PREFIX_66, MAP_0F, 0x60, to, low, high);
  }

  /** Puts the last eight bytes of each 128 bits side by side: a low one, a high one. */
  public void pairLast(int to, int low, int high) {
    vector(PREFIX_66, MAP_0F, 0x68, to, low, high);
  }

  /** Multiplies whole numbers of 16 bits, and adds neighbours in 32 bits. */
  public void multiplyShorts(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0xf5, to, left, right);
  }

  /** Adds whole numbers of 32 bits. */
  public void addInts(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0xfe, to, left, right);
  }

  /** Turns whole numbers of 32 bits into float32. */
  public void intsToFloats(int to, int from) {
    vector(NO_PREFIX, MAP_0F, 0x5b, to, 0, from);
  }

  /** Rounds numbers of float32 to whole ones of 32 bits, of two as near to the even one. */
  public void floatsToInts(int to, int from) {
    vector(PREFIX_66, MAP_0F, 0x5b, to, 0, from);
  }

  /**
   * Turns whole numbers of 32 bits into ones of 16, the nearest there are: in each 128 bits four
   * from the left, then four from the right.
   */
  public void packInts(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0x6b, to, left, right);
  }

  /** Turns whole numbers of 16 bits into ones of eight, likewise. */
  public void packShorts(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F, 0x63, to, left, right);
  }

  /** Takes for each lane of 32 bits the one that an order names. */
  public void order(int to, int order, int from) {
    vector(PREFIX_66, MAP_0F38, 0x36, to, order, from);
  }

  /** Multiplies numbers of float32 with those in memory. */
  public void multiply(int to, int left, Register base, int distance) {
    vector(NO_PREFIX, MAP_0F, 0x59, to, left, base, distance);
  }

  /** Multiplies numbers of float32. */
  public void multiply(int to, int left, int right) {
    vector(NO_PREFIX, MAP_0F, 0x59, to, left, right);
  }

  /** Adds numbers of float32. */
  public void add(int to, int left, int right) {
    vector(NO_PREFIX, MAP_0F, 0x58, to, left, right);
  }

  /** Adds products of numbers of float32, each rounded once with its sum. For FMA or 512 bits. */
  public void addProducts(int to, int left, int right) {
    vector(PREFIX_66, MAP_0F38, 0xb8, to, left, right);
  }

  /**
   * Adds products of numbers of bfloat16 to those of float32, two to each. For 512 bits, with
   * AVX512_BF16.
   */
  public void addPairProducts(int to, int left, int right) {
    require(vectorBytes == 64);
    vector(PREFIX_F3, MAP_0F38, 0x52, to, left, right);
  }

  /**
   * Adds products of bytes to whole numbers of 32 bits, four to each. With AVX_VNNI, for 512 bits
   * with AVX512_VNNI.
   *
   * @param unsigned bytes from 0 to 255
   * @param signed bytes from -128 to 127
   */
  public void addByteProducts(int to, int unsigned, int signed) {
    vector(PREFIX_66, MAP_0F38, 0x50, to, unsigned, signed);
  }

  // ---- encodings
  // ---------------------------------------------------------------------------------

  private void vector(int prefix, int map, int number, int to, int left, int right) {
    require(right < registers);
    begin(prefix, map, number, to, left, right);
    direct(to, right);
  }

  private void vector(
      int prefix, int map, int number, int to, int left, Register base, int distance) {
    begin(prefix, map, number, to, left, base.ordinal());
    memory(to, base, distance);
  }

  private void begin(int prefix, int map, int number, int to, int left, int right) {
    require(to < registers && left < registers);
    if (vectorBytes == 64) {
      evex(prefix, map, number, to, left, right, 0);
    } else {
      vex(prefix, map, number, to, left, right, true);
    }
  }

  /** The prefix of instructions for up to 256 bits; registers' fourth bits are kept inverted. */
  private void vex(int prefix, int map, int number, int to, int left, int right, boolean wide) {
    code.write(0xc4);
    code.write((~to & 8) << 4 | 0x40 | (~right & 8) << 2 | map);
    code.write((~left & 0xf) << 3 | (wide ? 4 : 0) | prefix);
    code.write(number);
  }

  /**
   * The prefix of instructions for 512 bits; the mask is 0 for all lanes. Registers' fourth and
   * fifth bits are kept inverted.
   */
  private void evex(int prefix, int map, int number, int to, int left, int right, int mask) {
    code.write(0x62);
    code.write((~to & 8) << 4 | (~right & 16) << 2 | (~right & 8) << 2 | ~to & 16 | map);
    code.write((~left & 0xf) << 3 | 4 | prefix);
    code.write(0x40 | (~left & 16) >> 1 | mask);
    code.write(number);
  }

  private void rex(boolean wide, int register, int base) {
    int bits = (wide ? 8 : 0) | (register & 8) >> 1 | (base & 8) >> 3;
    if (bits != 0) {
      code.write(0x40 | bits);
    }
  }

  private void direct(int register, int other) {
    code.write(0xc0 | (register & 7) << 3 | other & 7);
  }

  /** A distance has 32 bits always: one of 8 bits would be counted in vectors. */
  private void memory(int register, Register base, int distance) {
    // its number means something else here
    require((base.ordinal() & 7) != Register.RSP.ordinal());
    code.write(0x80 | (register & 7) << 3 | base.ordinal() & 7);
    number(distance);
  }

  private void number(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      code.write(value >> shift);
    }
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("there is no such instruction");
    }
  }
}
