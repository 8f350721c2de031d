package org.invoicelens.pixtral;

import java.nio.file.Path;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/**
 * A checkpoint in memory, ready to answer prompts.
 *
 * <p>One prompt at a time: calls from several threads wait for each other.
 */
public final class PixtralModel implements AutoCloseable {

  /**
   * Loads a checkpoint in Hugging Face or native layout, quantising on the way. Leaves nothing in
   * memory when it fails.
   */
  public static PixtralModel load(
      Path folder,
      PixtralProcessor processor,
      LoadOptions options,
      ProgressListener listener,
      Cancellation cancellation)
      throws CheckpointException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** Answers a prompt, telling of every token as it comes. */
  public GenerationResult generate(
      Prompt prompt, GenerationOptions options, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** The logits after every token of the prompt, {@code [positions][vocabulary]}. */
  public float[][] logits(Prompt prompt, Cancellation cancellation)
      throws InferenceException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** How the model was loaded, {@code auto} resolved. */
  public LoadOptions options() {
    throw new UnsupportedOperationException();
  }

  /** Bytes that the weights and caches hold now. */
  public long memory() {
    throw new UnsupportedOperationException();
  }

  /** Frees all native memory; waits for a prompt that is being answered. */
  @Override
  public void close() {}
}
