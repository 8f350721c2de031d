package org.invoicelens.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything a configuration file says about one model; complete, valid and with absolute paths.
 *
 * <p>Written in {@code config/models/*.yaml}, described for editors by {@code
 * assets/schema/model-config.schema.json}. Immutable.
 *
 * @param source the file it was read from
 * @param name the model's name, as shown to the user and used in file names
 * @param repoId the repository on the Hub, {@code owner/name}
 * @param revision a branch, tag or commit of that repository
 * @param endpoint {@code https://…} or {@link #BUNDLED}
 * @param mirrors further servers that files may come from; what they are is the endpoint's word
 * @param modelPath where the repository's files lie, absolute
 * @param cachePath where what can be made again is kept, absolute
 * @param hardware what the model asks of the computer
 * @param footprint how large the model is, where the file says so
 * @param loading how it is put into memory
 * @param quantization which precisions may be used, in which order
 * @param download how the files are fetched
 * @param prompt what the model is asked
 * @param inference how the answer is generated
 * @param server the server that answers; empty where this computer does
 */
public record ModelConfig(
    Path source,
    String name,
    String repoId,
    String revision,
    String endpoint,
    List<Mirror> mirrors,
    Path modelPath,
    Path cachePath,
    Hardware hardware,
    Optional<Footprint> footprint,
    Loading loading,
    Quantization quantization,
    Download download,
    Prompt prompt,
    Inference inference,
    Optional<RemoteServer> server) {

  /** The endpoint of a model that ships with the application. */
  public static final String BUNDLED = "bundled";

  public ModelConfig {
    mirrors = List.copyOf(mirrors);
  }

  /** A model that runs on this computer. */
  public ModelConfig(
      Path source,
      String name,
      String repoId,
      String revision,
      String endpoint,
      List<Mirror> mirrors,
      Path modelPath,
      Path cachePath,
      Hardware hardware,
      Optional<Footprint> footprint,
      Loading loading,
      Quantization quantization,
      Download download,
      Prompt prompt,
      Inference inference) {
    this(
        source,
        name,
        repoId,
        revision,
        endpoint,
        mirrors,
        modelPath,
        cachePath,
        hardware,
        footprint,
        loading,
        quantization,
        download,
        prompt,
        inference,
        Optional.empty());
  }

  /** Whether the model's files come from the application itself and not from a network. */
  public boolean isBundled() {
    return endpoint.equals(BUNDLED);
  }

  /** Whether a server answers, so that this computer needs neither the model nor a card for it. */
  public boolean isRemote() {
    return server.isPresent();
  }

  /** The same, answered by a server; empty for this computer. */
  public ModelConfig withServer(Optional<RemoteServer> other) {
    return new ModelConfig(
        source,
        name,
        repoId,
        revision,
        endpoint,
        mirrors,
        modelPath,
        cachePath,
        hardware,
        footprint,
        loading,
        quantization,
        download,
        prompt,
        inference,
        other);
  }

  /** The same with the repository's files in another folder. */
  public ModelConfig withModelPath(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    return with(repoId, revision, endpoint, mirrors, absolute, footprint, loading, quantization);
  }

  /**
   * The same for another repository. How large that one is, is not known, and a folder of the files
   * of this one does not serve it.
   *
   * @throws IllegalArgumentException with a text for the user, where it is no repository's name
   */
  public ModelConfig withRepository(String repository) {
    Refusal.throwIfPresent(HubAddress.refuseRepoId(repository));
    Optional<Footprint> known = repository.equals(repoId) ? footprint : Optional.empty();
    return with(
        repository,
        revision,
        endpoint,
        mirrorsOf(repository),
        modelPath,
        known,
        loading,
        quantization);
  }

  /** The mirrors that can serve a repository: all for this one, only Hubs for another. */
  public List<Mirror> mirrorsOf(String repository) {
    return repository.equals(repoId)
        ? mirrors
        : mirrors.stream().filter(mirror -> mirror.kind() == Mirror.Kind.HUB).toList();
  }

  /**
   * The same at another branch, tag or commit.
   *
   * @throws IllegalArgumentException with a text for the user, where it cannot be one
   */
  public ModelConfig withRevision(String other) {
    Refusal.throwIfPresent(HubAddress.refuseRevision(other));
    return with(repoId, other, endpoint, mirrors, modelPath, footprint, loading, quantization);
  }

  /**
   * The same from another Hub; a slash at the end is dropped.
   *
   * @param address {@code https://…}, {@code http://…} of this computer, or {@link #BUNDLED}
   * @throws IllegalArgumentException with a text for the user, where it is none of these
   */
  public ModelConfig withEndpoint(String address) {
    Refusal.throwIfPresent(HubAddress.refuseEndpoint(address));
    String canonical = HubAddress.canonicalEndpoint(address);
    return with(repoId, revision, canonical, mirrors, modelPath, footprint, loading, quantization);
  }

  /**
   * The same with another precision to start with, which leaves the fallbacks if it was among them.
   * Where nothing is packed in that precision, all other weights and the activations take it too.
   */
  public ModelConfig withPrecision(Precision precision) {
    Loading matching =
        precision.isQuantized()
            ? loading
            : new Loading(precision, loading.deviceMap, loading.attention);
    Quantization other =
        new Quantization(
            precision,
            quantization.fallback.stream().filter(fallback -> fallback != precision).toList(),
            quantization.groupSize,
            quantization.doubleQuant,
            quantization.int8Activations);
    return with(repoId, revision, endpoint, mirrors, modelPath, footprint, matching, other);
  }

  /**
   * The same on another device.
   *
   * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
   * @throws IllegalArgumentException with a text for the user, where it is none of these
   */
  public ModelConfig withDevice(String device) {
    Refusal.throwIfPresent(Loading.refuseDevice(device));
    Loading other = new Loading(loading.dtype, device, loading.attention);
    return with(repoId, revision, endpoint, mirrors, modelPath, footprint, other, quantization);
  }

  private ModelConfig with(
      String newRepoId,
      String newRevision,
      String newEndpoint,
      List<Mirror> newMirrors,
      Path newModelPath,
      Optional<Footprint> newFootprint,
      Loading newLoading,
      Quantization newQuantization) {
    return new ModelConfig(
        source,
        name,
        newRepoId,
        newRevision,
        newEndpoint,
        newMirrors,
        newModelPath,
        cachePath,
        hardware,
        newFootprint,
        newLoading,
        newQuantization,
        download,
        prompt,
        inference,
        server);
  }

  /**
   * A server beside the endpoint that serves the same files.
   *
   * @param kind how its addresses are made
   * @param address {@code http://…} or {@code https://…}, without a slash at the end
   */
  public record Mirror(Kind kind, String address) {

    /** How a mirror's addresses are made. */
    public enum Kind {
      /** As the Hub's: {@code address/owner/name/resolve/commit/path}. */
      HUB,
      /** A plain folder of the repository's files: {@code address/path}. */
      FOLDER
    }
  }

  /**
   * What the model asks of the computer.
   *
   * @param minGpuMemory memory of the graphics card in bytes below which the default precision is
   *     not offered; nominal, in units of 1024³: a card sold with that much passes although it
   *     reports a little less
   * @param minComputeCapability CUDA compute capability, such as 7.5; 0 where none is needed
   * @param recommendedGpu a card that serves well, for the user; may be empty
   * @param allowCpu whether the processor may do the work where no graphics card can
   */
  public record Hardware(
      long minGpuMemory, double minComputeCapability, String recommendedGpu, boolean allowCpu) {}

  /**
   * How large the model is, known before it is there.
   *
   * @param downloadBytes all files of the repository together, in bytes
   * @param parameters the number of weights
   * @param quantizableParameters how many of them are in linear layers that quantisation packs
   * @param kvBytesPerToken keys and values of one token in 16 bit, in bytes
   */
  public record Footprint(
      long downloadBytes, long parameters, long quantizableParameters, long kvBytesPerToken) {}

  /**
   * How the model is put into memory.
   *
   * @param dtype the type of weights that are not quantised and of activations: {@link
   *     Precision#FLOAT32} or {@link Precision#BFLOAT16}
   * @param deviceMap {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
   * @param attention the attention variant to start with
   */
  public record Loading(Precision dtype, String deviceMap, AttentionVariant attention) {

    private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda(:[0-9]{1,2})?");

    static Optional<Refusal> refuseDevice(String text) {
      return DEVICE.matcher(text).matches()
          ? Optional.empty()
          : Optional.of(Refusal.of("device.unknown", text));
    }
  }

  /**
   * Which precisions may be used.
   *
   * @param preferred the one to start with
   * @param fallback the ones to go to, in order, where memory does not suffice
   * @param groupSize weights that share a scale in 4-bit precisions: 32, 64, 128 or 256
   * @param doubleQuant whether the scales of nf4 are quantised as well
   * @param int8Activations whether the activations of prompts are quantised, to int8
   */
  public record Quantization(
      Precision preferred,
      List<Precision> fallback,
      int groupSize,
      boolean doubleQuant,
      boolean int8Activations) {
    public Quantization {
      fallback = List.copyOf(fallback);
    }

    /** Precisions of weights; activations are not quantised. */
    public Quantization(
        Precision preferred, List<Precision> fallback, int groupSize, boolean doubleQuant) {
      this(preferred, fallback, groupSize, doubleQuant, false);
    }
  }

  /**
   * How the files are fetched.
   *
   * @param maxRetries further attempts for each file after the first one failed
   * @param connections connections open at once, 1 to 32
   * @param minimalConnections connections of the last pass, after the retries failed
   */
  public record Download(int maxRetries, int connections, int minimalConnections) {}

  /**
   * What the model is asked.
   *
   * @param system the instruction in front of the user's turn; may be empty
   * @param user the text of the user's turn beside the image
   * @param schema the file with the JSON Schema that the answer is held to; empty where it is free
   */
  public record Prompt(String system, String user, Optional<Path> schema) {

    /** A prompt whose answer is free. */
    public Prompt(String system, String user) {
      this(system, user, Optional.empty());
    }
  }

  /**
   * How the answer is generated.
   *
   * @param maxNewTokens the longest answer, in tokens
   * @param temperature 0 for greedy decoding
   * @param topP the probability mass sampled from, above 0 up to 1; unused where greedy
   * @param maxGpuUtilization the share of the graphics card's time to stay under, above 0 up to 1
   */
  public record Inference(
      int maxNewTokens, double temperature, double topP, double maxGpuUtilization) {}
}
