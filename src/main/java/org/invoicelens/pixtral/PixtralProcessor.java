package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/** Turns text and pictures into a {@link Prompt}, by the files of a checkpoint. Thread-safe. */
public final class PixtralProcessor implements AutoCloseable {

  /**
   * Reads the tokenizer and the image processor's settings of a checkpoint.
   *
   * @throws CheckpointException where a file is missing or broken
   */
  public static PixtralProcessor open(Path folder) throws CheckpointException {
    throw new UnsupportedOperationException();
  }

  /**
   * Prepares one user turn: the images, then the text, in the chat format.
   *
   * @param system the instruction in front of the user's text; may be empty
   * @param images upright pictures, transparency allowed
   */
  public Prompt prepare(String system, String user, List<BufferedImage> images)
      throws InferenceException {
    throw new UnsupportedOperationException();
  }

  /**
   * Prepares a prompt whose ids are given; a single image token for each image is expanded, a whole
   * run is taken as it is.
   */
  public Prompt prepare(int[] tokenIds, List<BufferedImage> images) throws InferenceException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
