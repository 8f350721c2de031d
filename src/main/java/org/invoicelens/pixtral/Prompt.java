package org.invoicelens.pixtral;

import java.util.List;

/**
 * What the model is given: token ids with every image's run of image tokens in its place, and the
 * images' pixels.
 *
 * @param tokenIds the whole prompt, image tokens expanded
 * @param images the pixels, in the order of their runs
 */
public record Prompt(int[] tokenIds, List<ImagePixels> images) {
  public Prompt {
    images = List.copyOf(images);
  }
}
