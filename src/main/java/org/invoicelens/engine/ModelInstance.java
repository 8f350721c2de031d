package org.invoicelens.engine;

import java.util.List;
import java.util.Optional;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.DeviceProof;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;

/**
 * A model in memory.
 *
 * @param model the model
 * @param processor what prepares its prompts
 * @param device where it is: {@code cpu} or {@code cuda:N}
 * @param dtype the precision it was loaded in, after all fallbacks
 * @param notes what was tried and chosen, and why, for the user, in order
 * @param proof what shows that it is there; empty where it was not asked
 */
public record ModelInstance(
    PixtralModel model,
    PixtralProcessor processor,
    String device,
    Precision dtype,
    List<String> notes,
    Optional<DeviceProof> proof)
    implements AutoCloseable {

  public ModelInstance {
    notes = List.copyOf(notes);
  }

  @Override
  public void close() {
    model.close();
    processor.close();
  }
}
