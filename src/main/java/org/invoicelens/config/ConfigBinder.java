package org.invoicelens.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.invoicelens.config.ModelConfig.Download;
import org.invoicelens.config.ModelConfig.Footprint;
import org.invoicelens.config.ModelConfig.Hardware;
import org.invoicelens.config.ModelConfig.Inference;
import org.invoicelens.config.ModelConfig.Loading;
import org.invoicelens.config.ModelConfig.Mirror;
import org.invoicelens.config.ModelConfig.Prompt;
import org.invoicelens.config.ModelConfig.Quantization;

/**
 * The keys of a configuration, their defaults and their limits. What is missing or wrong becomes
 * its default here; the faults decide whether the result is used.
 */
final class ConfigBinder {

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._ -]{0,62}[A-Za-z0-9_-])?");
  private static final Pattern WINDOWS_DEVICE =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);
  private static final int MOST_MIRRORS = 16;
  private static final long GIBIBYTE = 1L << 30;

  /** Beyond every model there will be, and small enough to calculate with. */
  private static final long LARGEST_MODEL = 1_000_000_000_000_000L;

  private final Path source;
  private final ApplicationFolders folders;

  ConfigBinder(Path source, ApplicationFolders folders) {
    this.source = source;
    this.folders = folders;
  }

  ModelConfig bind(Section root) {
    String name = root.required("name").text(ConfigBinder::refuseName).orElse("");
    String repoId = root.required("repo_id").text(HubAddress::refuseRepoId).orElse("");
    String revision = root.value("revision").text(HubAddress::refuseRevision).orElse("main");
    String endpoint =
        root.value("endpoint")
            .text(HubAddress::refuseEndpoint)
            .map(HubAddress::canonicalEndpoint)
            .orElse("https://huggingface.co");
    List<Mirror> mirrors = mirrors(root.value("mirrors"), endpoint);
    boolean remote =
        root.value("engine").choice(Map.of("local", false, "remote", true)).orElse(false);
    // Where a server answers, no files are needed here.
    Value folder = remote ? root.value("model_path") : root.required("model_path");
    Optional<Path> modelPath =
        remote && !folder.isPresent()
            ? Optional.of(resolve("models").resolve(name))
            : modelPath(folder);
    Path cachePath = cachePath(root.value("cache_path"), modelPath);
    return new ModelConfig(
        source,
        name,
        repoId,
        revision,
        endpoint,
        mirrors,
        modelPath.orElse(folders.data()),
        cachePath,
        root.section("hardware", ConfigBinder::hardware),
        root.optionalSection("footprint", ConfigBinder::footprint),
        root.section("loading", ConfigBinder::loading),
        root.section("quantization", ConfigBinder::quantization),
        root.section("download", ConfigBinder::download),
        root.section("prompt", this::prompt),
        root.section("inference", ConfigBinder::inference),
        server(root, remote, repoId));
  }

  /** The server of the section {@code remote}; where it does not answer, it is only checked. */
  private Optional<RemoteServer> server(Section root, boolean answers, String repoId) {
    Optional<RemoteServer> server =
        root.optionalSection("remote", new RemoteBinder(repoId, this::path)::bind)
            .flatMap(bound -> bound);
    if (answers && !root.value("remote").isPresent()) {
      root.value("engine").refuse(Refusal.of("engine.noServer"));
    }
    return answers ? server : Optional.empty();
  }

  private static List<Mirror> mirrors(Value value, String endpoint) {
    List<Mirror> mirrors = new ArrayList<>();
    for (Value element : value.list().orElse(List.of())) {
      Optional<Mirror> mirror = element.section(entry -> mirror(element, entry)).flatMap(m -> m);
      if (mirror.isEmpty()) {
        continue;
      }
      String address = mirror.get().address();
      if (address.equals(endpoint)
          || mirrors.stream().anyMatch(other -> other.address().equals(address))) {
        element.refuse(Refusal.of("mirror.twice", address));
      } else {
        mirrors.add(mirror.get());
      }
    }
    if (endpoint.equals(ModelConfig.BUNDLED) && !mirrors.isEmpty()) {
      value.refuse(Refusal.of("mirror.bundled"));
    } else if (mirrors.size() > MOST_MIRRORS) {
      value.refuse(Refusal.of("mirror.tooMany", MOST_MIRRORS));
    }
    return mirrors;
  }

  /** One entry of the list: {@code hub: …} or {@code folder: …}. */
  private static Optional<Mirror> mirror(Value element, Section entry) {
    Value hub = entry.value("hub");
    Value folder = entry.value("folder");
    if (hub.isPresent() == folder.isPresent()) {
      element.refuse(Refusal.of("mirror.oneOf"));
      return Optional.empty();
    }
    Mirror.Kind kind = hub.isPresent() ? Mirror.Kind.HUB : Mirror.Kind.FOLDER;
    return (hub.isPresent() ? hub : folder)
        .text(HubAddress::refuseMirror)
        .map(address -> new Mirror(kind, HubAddress.canonicalEndpoint(address)));
  }

  private static Hardware hardware(Section section) {
    return new Hardware(
        section
            .value("min_gpu_memory_gb")
            .decimal(Value.Bound.from(0), 4096)
            .map(gigabytes -> Math.round(gigabytes * GIBIBYTE))
            .orElse(0L),
        section.value("min_compute_capability").decimal(Value.Bound.from(0), 99).orElse(0.0),
        section.value("recommended_gpu").text().orElse(""),
        section.value("allow_cpu").flag().orElse(true));
  }

  private static Footprint footprint(Section section) {
    Optional<Long> bytes = section.required("download_bytes").whole(1, LARGEST_MODEL);
    Optional<Long> parameters = section.required("parameters").whole(1, LARGEST_MODEL);
    Value quantizable = section.required("quantizable_parameters");
    Optional<Long> packed = quantizable.whole(0, LARGEST_MODEL);
    if (packed.isPresent() && parameters.filter(all -> all < packed.get()).isPresent()) {
      quantizable.refuse(Refusal.of("footprint.moreThanAll"));
    }
    Optional<Long> kv = section.required("kv_bytes_per_token").whole(1, Integer.MAX_VALUE);
    return new Footprint(bytes.orElse(0L), parameters.orElse(0L), packed.orElse(0L), kv.orElse(0L));
  }

  private static Loading loading(Section section) {
    return new Loading(
        section
            .value("dtype")
            .choice(byId(Precision::id, List.of(Precision.BFLOAT16, Precision.FLOAT32)))
            .orElse(Precision.BFLOAT16),
        section.value("device_map").text(Loading::refuseDevice).orElse("auto"),
        section
            .value("attn_implementation")
            .choice(byId(AttentionVariant::id, List.of(AttentionVariant.values())))
            .orElse(AttentionVariant.SDPA));
  }

  private static Quantization quantization(Section section) {
    Precision eightBit =
        section.section(
            "int8",
            int8 ->
                int8.value("format")
                    .choice(byId(Precision::id, List.of(Precision.INT8, Precision.FP8)))
                    .orElse(Precision.INT8));
    FourBit fourBit =
        section.section(
            "int4",
            int4 ->
                new FourBit(
                    int4.value("format")
                        .choice(byId(Precision::id, List.of(Precision.NF4, Precision.INT4)))
                        .orElse(Precision.NF4),
                    groupSize(int4.value("group_size")),
                    int4.value("double_quant").flag().orElse(true)));
    Map<String, Precision> precisions = byId(Precision::id, List.of(Precision.values()));
    precisions.put(Precision.INT8.id(), eightBit);
    precisions.put(Precision.INT4.id(), fourBit.format);
    Precision preferred = section.value("default").choice(precisions).orElse(Precision.BFLOAT16);
    return new Quantization(
        preferred,
        fallback(section.value("fallback"), precisions, preferred),
        fourBit.groupSize,
        fourBit.doubleQuant,
        section
            .value("activations")
            .choice(byId(activations -> activations ? "int8" : "none", List.of(false, true)))
            .orElse(false));
  }

  private record FourBit(Precision format, int groupSize, boolean doubleQuant) {}

  private static int groupSize(Value value) {
    return value
        .whole(1, Integer.MAX_VALUE)
        .filter(size ->
            value.passes(
                List.of(32L, 64L, 128L, 256L).contains(size)
                    ? Optional.empty()
                    : Optional.of(Refusal.of("groupSize.impossible", Long.toString(size)))))
        .orElse(64L)
        .intValue();
  }

  private static List<Precision> fallback(
      Value value, Map<String, Precision> precisions, Precision preferred) {
    List<Precision> chosen = new ArrayList<>();
    for (Value element : value.list().orElse(List.of())) {
      Optional<Precision> precision = element.choice(precisions);
      if (precision.isEmpty()) {
        continue;
      }
      if (precision.get() == preferred) {
        element.refuse(Refusal.of("fallback.isDefault", precision.get().id()));
      } else if (chosen.contains(precision.get())) {
        element.refuse(Refusal.of("fallback.twice", precision.get().id()));
      } else {
        chosen.add(precision.get());
      }
    }
    return chosen;
  }

  private static Download download(Section section) {
    return new Download(
        section.value("max_retries").whole(0, 10).orElse(2L).intValue(),
        section.value("connections").whole(1, 32).orElse(8L).intValue(),
        section.section(
            "minimal", minimal -> minimal.value("connections").whole(1, 32).orElse(1L).intValue()));
  }

  private Prompt prompt(Section section) {
    return new Prompt(
        section.value("system").anyText().orElse(""),
        section
            .required("user")
            .anyText(
                text -> text.isBlank() ? Optional.of(Refusal.of("prompt.empty")) : Optional.empty())
            .orElse(""),
        schema(section.value("schema")));
  }

  /** A file of the user's own, or else one that ships. */
  private Optional<Path> schema(Value value) {
    return path(value)
        .map(own -> Files.exists(own) ? own : folders.program().resolve(value.text().orElseThrow()))
        .filter(file ->
            value.passes(
                Files.isRegularFile(file)
                    ? Optional.empty()
                    : Optional.of(Refusal.of("schema.missing", file))));
  }

  private static Inference inference(Section section) {
    return new Inference(
        section.value("max_new_tokens").whole(1, 131_072).orElse(1024L).intValue(),
        section.value("temperature").decimal(Value.Bound.from(0), 2).orElse(0.0),
        section.value("top_p").decimal(Value.Bound.above(0), 1).orElse(1.0),
        section.value("max_gpu_utilization").decimal(Value.Bound.above(0), 1).orElse(0.8));
  }

  private Optional<Path> modelPath(Value value) {
    return path(value).filter(path -> value.passes(refuseModelPath(path)));
  }

  private Optional<Refusal> refuseModelPath(Path path) {
    if (path.getParent() == null) {
      return Optional.of(Refusal.of("modelFolder.root"));
    }
    for (Path bundled : List.of(folders.bundledModels(), resolve("models/bundled"))) {
      if (path.startsWith(bundled)) {
        return Optional.of(Refusal.of("modelFolder.bundled"));
      }
    }
    for (Path taken : List.of(folders.bundledModels(), folders.data(), folders.state())) {
      if (taken.startsWith(path)) {
        return Optional.of(Refusal.of("modelFolder.taken", taken));
      }
    }
    return Optional.empty();
  }

  private Path cachePath(Value value, Optional<Path> modelPath) {
    Path path = path(value).orElseGet(() -> resolve("models/.cache"));
    if (value.isPresent() && modelPath.filter(path::startsWith).isPresent()) {
      value.refuse(Refusal.of("cache.inModelFolder"));
    }
    return path;
  }

  private Optional<Path> path(Value value) {
    return value
        .text()
        .flatMap(text -> {
          try {
            return Optional.of(resolve(text));
          } catch (InvalidPathException e) {
            value.refuse(Refusal.of("path.invalid", text, e.getReason()));
            return Optional.empty();
          }
        });
  }

  private Path resolve(String text) {
    boolean inHome = text.equals("~") || text.startsWith("~/") || text.startsWith("~\\");
    Path path =
        inHome
            ? Path.of(System.getProperty("user.home"))
                .resolve(text.substring(1).replaceFirst("^[/\\\\]+", ""))
            : folders.data().resolve(text);
    return path.toAbsolutePath().normalize();
  }

  private static Optional<Refusal> refuseName(String text) {
    return NAME.matcher(text).matches() && !WINDOWS_DEVICE.matcher(text).matches()
        ? Optional.empty()
        : Optional.of(Refusal.of("name.invalid", text));
  }

  private static <T> Map<String, T> byId(Function<T, String> id, List<T> values) {
    return values.stream()
        .collect(Collectors.toMap(id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
  }
}
