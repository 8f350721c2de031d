package org.invoicelens.pixtral;

/**
 * A picture as the vision tower takes it.
 *
 * @param values normalised, channels first, row-major: {@code [3, height, width]}
 * @param width in pixels, a multiple of the patch size
 * @param height in pixels, a multiple of the patch size
 */
public record ImagePixels(float[] values, int width, int height) {}
