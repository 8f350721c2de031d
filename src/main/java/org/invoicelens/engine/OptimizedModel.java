package org.invoicelens.engine;

import java.time.Duration;
import java.util.List;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;

/**
 * A model that passed its test and is ready to read.
 *
 * @param model the model
 * @param processor what prepares its prompts
 * @param device where it is: {@code cpu} or {@code cuda:N}
 * @param dtype the precision in use
 * @param memoryUsage bytes the model and its caches hold
 * @param gpuUtilization the share of the card's time used in the test, 0 to 1; negative where not
 *     measured
 * @param inferenceTime how long the test's answer took after the warm-up
 * @param attention the attention variant chosen
 * @param criteria the conditions of success, one by one
 * @param notes what was tried and chosen, and why, for the user, in order
 */
public record OptimizedModel(
    PixtralModel model,
    PixtralProcessor processor,
    String device,
    Precision dtype,
    long memoryUsage,
    double gpuUtilization,
    Duration inferenceTime,
    AttentionVariant attention,
    List<Criterion> criteria,
    List<String> notes)
    implements EngineFacts, AutoCloseable {

  public OptimizedModel {
    criteria = List.copyOf(criteria);
    notes = List.copyOf(notes);
  }

  /**
   * One condition of success.
   *
   * @param name what must hold
   * @param met whether it does
   * @param found what was found
   */
  public record Criterion(String name, boolean met, String found) {}

  /**
   * A model that is not tested, since it was before or there is no time for it.
   *
   * @param inferenceTime how long the answer of an earlier test took
   */
  public static OptimizedModel untested(ModelInstance instance, Duration inferenceTime) {
    return new OptimizedModel(
        instance.model(),
        instance.processor(),
        instance.device(),
        instance.dtype(),
        instance.model().memory(),
        -1,
        inferenceTime,
        instance.model().options().attention(),
        instance.proof().map(ProofOfDevice::criterion).stream().toList(),
        instance.notes());
  }

  @Override
  public String variant() {
    return dtype.title();
  }

  @Override
  public void close() {
    model.close();
    processor.close();
  }
}
