package org.invoicelens.train;

import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * A slip as a scanner might have seen it.
 *
 * @param width in pixels as the model sees it
 * @param height the same
 * @param grey as the model sees it, {@code [height, width]}
 * @param picture as it would lie in a file: the same, or twice as large and in colour
 * @param fields what is printed; nothing on a page of mere letters
 * @param text every row, from top to bottom
 * @param wear how much the scan suffered
 */
record Slip(
    int width,
    int height,
    byte[] grey,
    BufferedImage picture,
    Optional<SlipFields> fields,
    String text,
    Wear wear) {}
