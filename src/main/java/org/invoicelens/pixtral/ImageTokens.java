package org.invoicelens.pixtral;

import java.util.Arrays;

/**
 * The tokens that hold a picture's place in a prompt: each row of patches is as many image tokens
 * as it has patches, then a break token; the last break is the end token instead.
 *
 * @param image holds the place of one patch
 * @param rowBreak ends a row
 * @param end ends the picture
 */
record ImageTokens(int image, int rowBreak, int end) {

  /** The run of a picture of the given grid: {@code (columns + 1) * rows} tokens. */
  int[] run(int columns, int rows) {
    int[] run = new int[(columns + 1) * rows];
    Arrays.fill(run, image);
    for (int row = 1; row <= rows; row++) {
      run[row * (columns + 1) - 1] = row == rows ? end : rowBreak;
    }
    return run;
  }
}
