package org.invoicelens.pixtral;

import java.lang.foreign.MemorySegment;

/**
 * What {@link MatrixProducts} multiplies tokens and rows of a weight with: how both lie in memory
 * for machine code, and the code.
 *
 * <p>A word is what one instruction takes of a row, 32 bits. A panel has the words of some tokens,
 * those of the same columns beside each other; a tile is some rows of a weight. Columns are taken a
 * part at a time, so that what is multiplied stays near. Calls may come from several threads.
 */
sealed interface MatrixKernel extends AutoCloseable permits NumberKernel, ByteKernel {

  /** Whether it multiplies such a weight. */
  boolean takes(PackedForm form);

  /** The code, which tells how many tokens a panel has, and how many rows a tile. */
  MatrixMachineCode code();

  /** Rows that are unpacked at a time: whole tiles. */
  int blockRows();

  /** The most columns of a part. */
  int partColumns();

  /** Words that each token has in a panel. */
  int panelWords(int columns);

  /** Words from one row of a part to the next: not a power of two, or they drive each other out. */
  int rowWords();

  /**
   * Puts a part of some tokens into their panel.
   *
   * @param input {@code [tokens][columns]} of bfloat16 or float32, as the kernel was made for
   * @param count how many there are from {@code first} on; those missing become 0
   * @param panel {@link #panelWords} times its tokens words
   */
  void arrange(MemorySegment input, int first, int count, Part part, MemorySegment panel);

  /**
   * Puts a part of some rows where the code finds them.
   *
   * @param block {@code count} times {@link #rowWords} words
   */
  void fill(PackedWeight weight, int row, int count, Part part, MemorySegment block);

  /**
   * Adds the products of a panel with tiles to sums.
   *
   * @param block {@code [tiles][rows][rowWords]}
   * @param sums {@code [tiles][rows][tokens]} of float32
   */
  void multiply(MemorySegment panel, MemorySegment block, MemorySegment sums, int tiles, Part part);

  /** By what the sums of a row have to be multiplied. */
  float scale(PackedWeight weight, int row);

  /** Frees the code; no product may be under way. */
  @Override
  void close();

  /**
   * Columns that are multiplied at once.
   *
   * @param from the first
   * @param columns how many they are
   * @param all how many a row has
   */
  record Part(int from, int columns, int all) {}
}
