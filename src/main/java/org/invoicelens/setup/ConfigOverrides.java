package org.invoicelens.setup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;

/**
 * What one run wants otherwise than the configuration file says.
 *
 * @param repoId another repository; the model's size is then not known
 * @param revision another revision
 * @param endpoint another address of the Hub, or {@link ModelConfig#BUNDLED}
 * @param modelPath another model folder
 * @param precision the precision to start with
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param attention the attention variant to start with
 */
public record ConfigOverrides(
    Optional<String> repoId,
    Optional<String> revision,
    Optional<String> endpoint,
    Optional<Path> modelPath,
    Optional<Precision> precision,
    Optional<String> device,
    Optional<AttentionVariant> attention) {

  /** Everything as the file says. */
  public static final ConfigOverrides NONE = ofLoading(Optional.empty(), Optional.empty());

  /** Where the model's files come from and where they lie. */
  public static ConfigOverrides ofSource(
      Optional<String> repoId,
      Optional<String> revision,
      Optional<String> endpoint,
      Optional<Path> modelPath) {
    return new ConfigOverrides(
        repoId,
        revision,
        endpoint,
        modelPath,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** How the model is put into memory. */
  public static ConfigOverrides ofLoading(Optional<Precision> precision, Optional<String> device) {
    return new ConfigOverrides(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        precision,
        device,
        Optional.empty());
  }

  static ConfigOverrides ofStart(Precision precision, String device, AttentionVariant attention) {
    return new ConfigOverrides(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(precision),
        Optional.of(device),
        Optional.of(attention));
  }

  /** The configuration as this run wants it. */
  public ModelConfig applyTo(ModelConfig config) {
    boolean otherModel = repoId.isPresent() && !repoId.get().equals(config.repoId());
    return new ModelConfig(
        config.source(),
        otherModel ? repoId.get().substring(repoId.get().indexOf('/') + 1) : config.name(),
        repoId.orElse(config.repoId()),
        revision.orElse(config.revision()),
        endpoint.orElse(config.endpoint()),
        config.mirrorsOf(repoId.orElse(config.repoId())),
        modelPath.orElse(config.modelPath()).toAbsolutePath().normalize(),
        config.cachePath(),
        config.hardware(),
        otherModel ? Optional.empty() : config.footprint(),
        loading(config.loading()),
        quantization(config.quantization()),
        config.download(),
        config.prompt(),
        config.inference(),
        config.server());
  }

  private ModelConfig.Loading loading(ModelConfig.Loading loading) {
    return new ModelConfig.Loading(
        precision.filter(p -> !p.isQuantized()).orElse(loading.dtype()),
        device.orElse(loading.deviceMap()),
        attention.orElse(loading.attention()));
  }

  private ModelConfig.Quantization quantization(ModelConfig.Quantization quantization) {
    if (precision.isEmpty()) {
      return quantization;
    }
    // A fallback is for lack of memory: none that takes as much helps.
    List<Precision> smaller =
        quantization.fallback().stream().filter(p -> p.bits() < precision.get().bits()).toList();
    return new ModelConfig.Quantization(
        precision.get(),
        smaller,
        quantization.groupSize(),
        quantization.doubleQuant(),
        quantization.int8Activations());
  }
}
