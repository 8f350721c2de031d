package org.invoicelens.engine;

import java.util.List;
import org.invoicelens.config.Precision;
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
 */
public record ModelInstance(
    PixtralModel model,
    PixtralProcessor processor,
    String device,
    Precision dtype,
    List<String> notes)
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
