package org.invoicelens.pixtral;

/**
 * How a checkpoint wants its pictures prepared.
 *
 * @param longestEdge the longest side allowed, in pixels
 * @param patchSize the side of a patch in pixels; both sides become multiples of it
 * @param resize whether pictures are brought to such a size; where not, they must have it
 * @param rescaleFactor what 8-bit values are multiplied by, 1 for nothing
 * @param mean what is then subtracted, for red, green and blue
 * @param deviation what the difference is then divided by
 */
record ImageSettings(
    int longestEdge,
    int patchSize,
    boolean resize,
    double rescaleFactor,
    double[] mean,
    double[] deviation) {

  /** Pixtral's own, with another limit. */
  static ImageSettings pixtral(int longestEdge, int patchSize) {
    return new ImageSettings(
        longestEdge,
        patchSize,
        true,
        1.0 / 255,
        new double[] {0.48145466, 0.4578275, 0.40821073},
        new double[] {0.26862954, 0.26130258, 0.27577711});
  }
}
