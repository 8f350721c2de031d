package org.invoicelens.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.LoadOptions;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.setup.StoredPrecision;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import picocli.CommandLine.Option;

/** Which checkpoint is loaded, and how. */
final class LoadingOptions {

  private static final int GROUP_SIZE = 64;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the checkpoint.")
  private Path model;

  @Option(
      names = "--dtype",
      paramLabel = "T",
      converter = Choices.Dtype.class,
      completionCandidates = Choices.Dtype.class,
      description = "${COMPLETION-CANDIDATES}; as the checkpoint is stored unless given.")
  private Precision dtype;

  @Option(
      names = "--quantization",
      paramLabel = "Q",
      converter = Choices.Quantization.class,
      completionCandidates = Choices.Quantization.class,
      defaultValue = "none",
      description = "How weights are packed: ${COMPLETION-CANDIDATES}.")
  private Choices.QuantizationChoice quantization;

  @Option(
      names = "--activations",
      paramLabel = "A",
      converter = Choices.Activations.class,
      completionCandidates = Choices.Activations.class,
      defaultValue = "none",
      description = {
        "How the activations of a prompt are rounded on a processor: ${COMPLETION-CANDIDATES}.",
        "int8 is faster where weights are packed in int8, nf4 or int4."
      })
  private Choices.ActivationsChoice activations;

  @Option(
      names = "--attention",
      paramLabel = "A",
      converter = Choices.Attention.class,
      completionCandidates = Choices.Attention.class,
      defaultValue = "eager",
      description = "${COMPLETION-CANDIDATES}.")
  private AttentionVariant attention;

  @Option(
      names = "--device",
      paramLabel = "D",
      converter = Choices.Device.class,
      completionCandidates = Choices.Device.class,
      defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N.")
  private String device;

  Path folder() {
    return model;
  }

  PixtralModel load(
      PixtralProcessor processor, ProgressListener listener, Cancellation cancellation)
      throws CheckpointException, CancelledException {
    Precision type =
        Optional.ofNullable(dtype).or(() -> StoredPrecision.of(model)).orElse(Precision.BFLOAT16);
    LoadOptions options =
        new LoadOptions(quantization.or(type), type, attention, device, GROUP_SIZE, true);
    PixtralModel loaded = PixtralModel.load(model, processor, options, listener, cancellation);
    loaded.quantizeActivations(activations == Choices.ActivationsChoice.INT8);
    return loaded;
  }
}
