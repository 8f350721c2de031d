package org.invoicelens.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ConfigException.Fault;
import org.invoicelens.config.ConfigException.Reason;
import org.invoicelens.config.ModelConfig.Mirror;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {

  private static final String HOUSE_PLAN =
      """
      name: pixtral-12b
      repo_id: mistral-community/pixtral-12b
      revision: main                  # resolved once to a commit, which is recorded and pinned
      endpoint: https://huggingface.co   # or: bundled
      model_path: models/pixtral-12b
      cache_path: models/.cache
      hardware: {min_gpu_memory_gb: 24, min_compute_capability: 7.5, recommended_gpu: NVIDIA RTX A4000, allow_cpu: true}
      loading: {dtype: bfloat16, device_map: auto, attn_implementation: eager}   # eager | sdpa | flash_attention_2
      quantization: {default: bfloat16, int8: {format: fp8}, int4: {format: nf4, group_size: 64, double_quant: true}, fallback: [int8, int4]}
      download: {max_retries: 2, connections: 8, minimal: {connections: 1}}
      prompt: {system: …, user: …}
      inference: {max_new_tokens: 1024, temperature: 0.0, max_gpu_utilization: 0.80}
      """;

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void prepare() {
    files = new ConfigFiles(folder);
  }

  @Test
  void readsEveryKeyOfTheHousePlan() throws Exception {
    ModelConfig config = files.load(HOUSE_PLAN);

    assertThat(config)
        .isEqualTo(
            new ModelConfig(
                folder.resolve("model.yaml"),
                "pixtral-12b",
                "mistral-community/pixtral-12b",
                "main",
                "https://huggingface.co",
                List.of(),
                folder.resolve("models/pixtral-12b"),
                folder.resolve("models/.cache"),
                new ModelConfig.Hardware(24L << 30, 7.5, "NVIDIA RTX A4000", true),
                Optional.empty(),
                new ModelConfig.Loading(Precision.BFLOAT16, "auto", AttentionVariant.EAGER),
                new ModelConfig.Quantization(
                    Precision.BFLOAT16, List.of(Precision.FP8, Precision.NF4), 64, true),
                new ModelConfig.Download(2, 8, 1),
                new ModelConfig.Prompt("…", "…"),
                new ModelConfig.Inference(1024, 0, 1, 0.8)));
  }

  @Test
  void aServerAnswersWhereTheEngineIsRemote() throws Exception {
    String server =
        """
        remote:
          url: https://vllm.example.com/v1/
          model: mistralai/Pixtral-12B-2409
          key_file: keys/vllm.key
          connections: 8
          max_retries: 0
          timeouts: {connect: 5, first_token: 30, idle: 10}
        """;

    ModelConfig remote = files.load(ConfigFiles.MINIMAL + "engine: remote\n" + server);

    assertThat(remote.server())
        .contains(
            new RemoteServer(
                URI.create("https://vllm.example.com/v1"),
                "mistralai/Pixtral-12B-2409",
                Optional.empty(),
                Optional.of(folder.resolve("keys/vllm.key")),
                8,
                0,
                new RemoteServer.Timeouts(
                    Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(10))));
    assertThat(files.load(ConfigFiles.MINIMAL + "engine: local\n" + server).isRemote()).isFalse();
    assertThat(files.load(ConfigFiles.MINIMAL + server).isRemote()).isFalse();
  }

  @Test
  void whereAServerAnswersNoFolderOfTheModelIsNeeded() throws Exception {
    ModelConfig config =
        files.load(
            """
            name: ours
            repo_id: owner/name
            engine: remote
            remote: {url: "https://vllm.example.com", key_env: VLLM_API_KEY}
            prompt: {user: Read this.}
            """);

    assertThat(config.modelPath()).isEqualTo(folder.resolve("models/ours"));
    assertThat(config.server().orElseThrow().address())
        .isEqualTo(URI.create("https://vllm.example.com/v1"));
    assertThat(config.server().orElseThrow().model()).isEqualTo("owner/name");
    assertThat(config.server().orElseThrow().keyVariable()).contains("VLLM_API_KEY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "engine: remote| Which server",
        "engine: elsewhere| not possible here",
        "engine: remote, remote: {model: m}| This key is missing",
        "remote: {url: vllm}| not the address of a server",
        "remote: {url: http://vllm.example.com/v1}| not encrypted",
        "remote: {url: http://8.8.8.8/v1}| not encrypted",
        "remote: {url: https://user:word@vllm.example.com}| not the address of a server",
        "remote: {url: http://10.0.0.5, key_env: K}| anyone on the way",
        "remote: {url: http://192.168.1.2, key_file: k}| anyone on the way",
        "remote: {url: https://s, key_env: K, key_file: k}| not from both",
        "remote: {url: https://s, key_env: sk-1234}| not the name of a variable",
        "remote: {url: https://s, key: sk-1234}| no such key",
        "remote: {url: https://s, connections: 0}| not possible here",
        "remote: {url: https://s, timeouts: {idle: 0}}| not possible here"
      })
  void refusesAServerThatCannotBeOrWouldNotBeSafe(String line, String message) {
    String yaml = ConfigFiles.MINIMAL + line.replace(", remote:", "\nremote:") + "\n";

    ConfigException e = catchThrowableOfType(ConfigException.class, () -> files.load(yaml));

    assertThat(e.faults()).hasSize(1);
    assertThat(e.faults().getFirst().message()).contains(message);
    assertThat(e.faults().getFirst().line()).isEqualTo(line.contains(", remote:") ? 6 : 5);
    assertThat(e.getMessage()).doesNotContain("sk-1234");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8000/v1",
        "http://127.0.0.1:8000/v1",
        "http://10.1.2.3:8000/v1",
        "http://172.16.0.9/v1",
        "http://192.168.1.2/v1",
        "http://[fd00::1]:8000/v1"
      })
  void aServerNearbyNeedsNoEncryption(String address) throws Exception {
    ModelConfig config =
        files.load(ConfigFiles.MINIMAL + "engine: remote\nremote: {url: '" + address + "'}\n");

    assertThat(config.server().orElseThrow().address()).isEqualTo(URI.create(address));
  }

  @ParameterizedTest
  @CsvSource({
    "https://s/v1/chat/completions, https://s/v1",
    "https://s/v1/models/, https://s/v1",
    "https://s, https://s/v1",
    "https://s/, https://s/v1",
    "https://s/tenant/v1/, https://s/tenant/v1"
  })
  void theAddressOfARequestStandsForThatOfItsServer(String written, String meant) {
    assertThat(RemoteServer.entered(written, "m", Optional.empty(), Optional.empty()).address())
        .isEqualTo(URI.create(meant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixtral.yaml", "pixtral-mini.yaml"})
  void readsTheConfigurationsThatShip(String name) throws Exception {
    ApplicationFolders shipped = ApplicationFolders.current();

    ModelConfig config = new ConfigLoader(shipped).load(shipped.modelConfigs().resolve(name));

    assertThat(config.footprint()).isPresent();
    assertThat(config.modelPath()).startsWithRaw(shipped.data().resolve("models"));
  }

  @Test
  void theSmallModelIsAsLargeAsItsConfigurationSays() throws Exception {
    ApplicationFolders shipped = ApplicationFolders.current();
    ModelConfig config =
        new ConfigLoader(shipped).load(shipped.modelConfigs().resolve("pixtral-mini.yaml"));
    long bytes = 0;
    try (var bundled = Files.list(shipped.bundledModels().resolve("pixtral-mini"))) {
      for (Path file : bundled.filter(f -> !f.endsWith("README.md")).toList()) {
        bytes += Files.size(file);
      }
    }

    assertThat(config.isBundled()).isTrue();
    assertThat(config.footprint().orElseThrow().downloadBytes()).isEqualTo(bytes);
  }

  @Test
  void saysInGermanWhatIsWrong() throws Exception {
    ConfigException e =
        InGerman.of(
            () -> failure(ConfigFiles.MINIMAL + "revison: main\ndownload: {connections: 99}\n"));

    assertThat(e.faults())
        .extracting(Fault::message, Fault::suggestion)
        .containsExactly(
            tuple("Diesen Schlüssel gibt es nicht.", "Meinten Sie revision?"),
            tuple("99 ist hier nicht möglich.", "Schreiben Sie eine ganze Zahl von 1 bis 32."));
    assertThat(e.problem().what()).endsWith(" enthält 2 Fehler.");
    assertThat(e.problem().meaning())
        .isEqualTo("Der erste steht in Zeile 5, $.revison: Diesen Schlüssel gibt es nicht.");
    assertThat(e.problem().remedy()).isEqualTo("Meinten Sie revision? Es wurde nichts gestartet.");
  }

  @Test
  void reportsEveryFaultAtOnceInTheOrderOfTheFile() {
    ConfigException e =
        failure(
            """
            name: small
            repo_id: just-a-name
            model_path: models/small
            download:
              connexions: 8
              max_retries: two
            prompt: {user: Read this.}
            inference: {temperature: 3}
            """);

    assertThat(e.reason()).isEqualTo(Reason.INVALID);
    assertThat(e.faults())
        .extracting(Fault::line, Fault::column, Fault::path)
        .containsExactly(
            tuple(2, 10, "$.repo_id"),
            tuple(5, 3, "$.download.connexions"),
            tuple(6, 16, "$.download.max_retries"),
            tuple(8, 26, "$.inference.temperature"));
    assertThat(e.faults().get(1).suggestion()).isEqualTo("Did you mean connections?");
    assertThat(e.problem().text()).contains("has 4 mistakes").contains("line 2");
    assertThat(e.faults()).allSatisfy(f -> assertThat(f.file()).isEqualTo(file()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "revison: main                          | $.revison                      | Did you mean"
            + " revision?",
        "colour: red                            | $.colour                       | Possible here:"
            + " name,",
        "name: other                            | $.name                         | Keep one of the"
            + " two.",
        "<<: {a: b}                             | $.<<                           | Possible here",
        "revision:                              | $.revision                     | remove the line",
        "revision: yes                          | $.revision                     | in quotes",
        "revision: [main]                       | $.revision                     | ``",
        "revision: ../main                      | $.revision                     | such as main",
        "revision: -x                           | $.revision                     | such as main",
        "endpoint: http://example.org           | $.endpoint                     | https://",
        "endpoint: ftp://example.org            | $.endpoint                     |"
            + " https://huggingface.co",
        "endpoint: https://me:secret@example.org| $.endpoint                     |"
            + " https://huggingface.co",
        "endpoint: huggingface.co               | $.endpoint                     |"
            + " https://huggingface.co",
        "mirrors: http://share/a                | $.mirrors                      | in brackets",
        "mirrors: [http://share/a]              | $.mirrors[0]                   | indented",
        "mirrors: [{hub: ftp://share/a}]        | $.mirrors[0].hub               | http:// or",
        "mirrors: [{folder: 'http://me:x@a/b'}] | $.mirrors[0].folder            | without a user",
        "mirrors: [{folder: 'http://a/b?c'}]    | $.mirrors[0].folder            | http:// or",
        "mirrors: [{}]                          | $.mirrors[0]                   | - hub:",
        "mirrors: [{hub: 'http://a', folder: 'http://b'}] | $.mirrors[0]         | - hub:",
        "mirrors: [{hub: 'http://a'}, {folder: 'http://a/'}] | $.mirrors[1]      | Remove it",
        "mirrors: [{hub: 'https://huggingface.co'}] | $.mirrors[0]               | Remove it",
        "mirrors: [{hub: 'http://a', token: x}] | $.mirrors[0].token             | Possible here:"
            + " hub",
        "cache_path: models/small/cache         | $.cache_path                   | models/.cache",
        "download: 8                            | $.download                     | indented",
        "download: {connections: 0}             | $.download.connections         | from 1 to 32",
        "download: {connections: 33}            | $.download.connections         | from 1 to 32",
        "download: {connections: 8.5}           | $.download.connections         | digits only",
        "download: {connections: 010}           | $.download.connections         | digits only",
        "download: {connections: '8'}           | $.download.connections         | digits only",
        "download: {max_retries: -1}            | $.download.max_retries         | from 0 to 10",
        "download: {minimal: {connections: x}}  | $.download.minimal.connections | digits only",
        "hardware: {allow_cpu: yes}             | $.hardware.allow_cpu           | true or false",
        "hardware: {min_gpu_memory_gb: -1}      | $.hardware.min_gpu_memory_gb   | at least 0",
        "hardware: {min_gpu_memory_gb: 24 GB}   | $.hardware.min_gpu_memory_gb   | with a point",
        "hardware: {min_gpu_memory_gb: .inf}    | $.hardware.min_gpu_memory_gb   | with a point",
        "loading: {dtype: float16}              | $.loading.dtype                | Did you mean"
            + " bfloat16?",
        "loading: {attn_implementation: flash}  | $.loading.attn_implementation  | eager, sdpa,"
            + " flash_attention_2",
        "loading: {device_map: gpu}             | $.loading.device_map           | cuda:0",
        "quantization: {default: Int8}          | $.quantization.default         | Did you mean"
            + " int8?",
        "quantization: {int8: {format: nf4}}    | $.quantization.int8.format     | int8, fp8",
        "quantization: {int4: {group_size: 48}} | $.quantization.int4.group_size | 32, 64, 128 or"
            + " 256",
        "quantization: {activations: half}      | $.quantization.activations     | none, int8",
        "quantization: {fallback: int8}         | $.quantization.fallback        | in brackets",
        "quantization: {fallback: [int8, int8]} | $.quantization.fallback[1]     | Remove it",
        "quantization: {fallback: [bfloat16]}   | $.quantization.fallback[0]     | Remove it",
        "quantization: {int8: {format: fp8}, fallback: [fp8, int8]} | $.quantization.fallback[1] |"
            + " Remove it",
        "inference: {max_new_tokens: 0}         | $.inference.max_new_tokens     | from 1 to",
        "inference: {temperature: -0.1}         | $.inference.temperature        | at least 0",
        "inference: {temperature: 2.1}          | $.inference.temperature        | at most 2",
        "inference: {top_p: 0}                  | $.inference.top_p              | above 0",
        "inference: {max_gpu_utilization: 0}    | $.inference.max_gpu_utilization| above 0 and at"
            + " most 1",
        "inference: {max_gpu_utilization: 1.01} | $.inference.max_gpu_utilization| above 0 and at"
            + " most 1",
      })
  void pointsAtAFault(String line, String path, String suggestion) {
    ConfigException e = failure(ConfigFiles.MINIMAL + line + "\n");

    assertThat(e.faults()).hasSize(1);
    Fault fault = e.faults().getFirst();
    assertThat(fault.path()).isEqualTo(path);
    assertThat(fault.line()).isEqualTo(5);
    assertThat(fault.message()).isNotBlank().endsWith(".");
    assertThat(fault.suggestion()).contains(suggestion);
    assertThat(fault.toString()).startsWith(file() + ":5:");
  }

  @Test
  void namesEveryKeyThatIsMissing() {
    assertThat(failure("revision: main").faults())
        .extracting(Fault::path)
        .containsExactly("$.name", "$.repo_id", "$.model_path", "$.prompt.user");
  }

  @Test
  void aFootprintIsCompleteAndPlausible() {
    assertThat(failure(ConfigFiles.MINIMAL + "footprint: {parameters: 5}").faults())
        .extracting(Fault::path)
        .containsExactly(
            "$.footprint.download_bytes",
            "$.footprint.quantizable_parameters",
            "$.footprint.kv_bytes_per_token");
    assertThat(
            failure(
                    ConfigFiles.MINIMAL
                        + "footprint: {download_bytes: 9, parameters: 5,"
                        + " quantizable_parameters: 6, kv_bytes_per_token: 1}")
                .faults())
        .extracting(Fault::path)
        .containsExactly("$.footprint.quantizable_parameters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/bundled",
        "models/bundled/pixtral-mini",
        "models/../models/bundled/x",
        "models",
        ".",
        "/",
        "\"a\\0b\"",
      })
  void refusesAModelFolderThatWouldDoHarm(String path) {
    String text = ConfigFiles.MINIMAL.replace("models/small", path);

    assertThat(failure(text).faults()).extracting(Fault::path).containsExactly("$.model_path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "a/b/c",
        "/name",
        "owner/",
        "own er/name",
        "owner/na..me",
        "owner/na--me",
        "owner/.name",
        "owner/name-",
        "owner/name.git",
        "owner/näme",
        "../name",
      })
  void refusesWhatIsNoRepository(String repository) {
    String text = ConfigFiles.MINIMAL.replace("owner/name", "\"" + repository + "\"");

    assertThat(failure(text).faults()).extracting(Fault::path).containsExactly("$.repo_id");
  }

  @ParameterizedTest
  @CsvSource({
    "https://huggingface.co/, https://huggingface.co",
    "https://mirror.example.org/hub//, https://mirror.example.org/hub",
    "http://127.0.0.1:8080, http://127.0.0.1:8080",
    "http://localhost, http://localhost",
    "'http://[::1]:99/', 'http://[::1]:99'",
    "bundled, bundled",
  })
  void acceptsAnEndpoint(String written, String meant) throws Exception {
    assertThat(files.load(ConfigFiles.MINIMAL + "endpoint: \"" + written + "\"").endpoint())
        .isEqualTo(meant);
  }

  @Test
  void pathsStartAtTheDataFolderOrTheHome() throws Exception {
    String home = System.getProperty("user.home");

    assertThat(files.load(ConfigFiles.MINIMAL.replace("models/small", "a/../b")).modelPath())
        .isEqualTo(folder.resolve("b"));
    assertThat(files.load(ConfigFiles.MINIMAL.replace("models/small", "~/m")).modelPath())
        .isEqualTo(Path.of(home, "m"));
  }

  @Test
  void aNumberMayStandWhereTextIsExpected() throws Exception {
    assertThat(files.load(ConfigFiles.MINIMAL + "revision: 20240911").revision())
        .isEqualTo("20240911");
  }

  @Test
  void shortNamesOfPrecisionsFollowTheirFormat() throws Exception {
    ModelConfig config =
        files.load(
            ConfigFiles.MINIMAL
                + "quantization: {int8: {format: fp8}, int4: {format: int4, group_size: 128},"
                + " default: int4, fallback: [int8, nf4]}");

    assertThat(config.quantization().preferred()).isEqualTo(Precision.INT4);
    assertThat(config.quantization().fallback()).containsExactly(Precision.FP8, Precision.NF4);
    assertThat(config.quantization().groupSize()).isEqualTo(128);
    assertThat(config.quantization().int8Activations()).isFalse();
  }

  @Test
  void activationsAreRoundedWhereTheFileSaysSo() throws Exception {
    ModelConfig config =
        files.load(ConfigFiles.MINIMAL + "quantization: {default: nf4, activations: int8}");

    assertThat(config.quantization().int8Activations()).isTrue();
    assertThat(config.withPrecision(Precision.INT8).quantization().int8Activations()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'name: a: b'                     | 1",
        "'name: [a'                       | 1",
        "'name: \"a'                      | 1",
        "'\tname: a'                      | 1",
        "'name: a\n--- \nname: b'         | 2",
        "'name: !!javax.script.X [a]'     | 1",
        "'name: !local a'                 | 1",
        "'name: *nowhere'                 | 1",
        "'name: a\nrepo_id: b\u0007c'     | 2",
        "'- name'                         | 1",
        "'just words'                     | 1",
        "'[[[[[[[[[[[[[[[[[[[[[[[[1'       | 1",
        "'# only a comment'               | 1",
        "''                               | 1",
      })
  void saysWhereTheYamlIsBroken(String text, int line) {
    ConfigException e = failure(text);

    assertThat(e.reason()).isEqualTo(Reason.INVALID);
    assertThat(e.faults()).isNotEmpty();
    assertThat(e.faults().getFirst().line()).isBetween(1, line + 1);
    assertThat(e.problem().text()).contains("Nothing was started");
  }

  @Test
  void aliasesAreLimitedSoThatTheyCannotMultiply() {
    String bomb = "a: &a [x]\nb: &b [" + "*a,".repeat(11) + "]\n";

    assertThat(failure(bomb).faults())
        .singleElement()
        .satisfies(f -> assertThat(f.message()).contains("more than 10 aliases"));
  }

  @Test
  void anAliasOfItselfIsAFaultAndNotALoop() {
    ConfigException e = failure(ConfigFiles.MINIMAL + "download: &d {minimal: *d}\n");

    assertThat(e.faults()).isNotEmpty();
  }

  @Test
  void saysThatAFileIsMissing() {
    ConfigException e = failureOf(folder.resolve("nowhere.yaml"));

    assertThat(e.reason()).isEqualTo(Reason.MISSING);
    assertThat(e.problem().text()).contains("nowhere.yaml").contains("does not exist");
  }

  @Test
  void saysWhyAFileCannotBeRead() throws Exception {
    assertThat(failureOf(folder).problem().text()).contains("a folder");
    assertThat(failureOf(Files.write(file(), new byte[70_000])).problem().text())
        .contains("64 KiB");
    assertThat(failureOf(Files.write(file(), new byte[] {'a', (byte) 0xE4})).problem().text())
        .contains("UTF-8");
    assertThat(failureOf(folder).reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(failureOf(file().resolve("below-a-file.yaml")).reason())
        .isEqualTo(Reason.UNREADABLE);
  }

  @Test
  void saysThatPermissionIsLacking() throws Exception {
    Files.writeString(file(), ConfigFiles.MINIMAL);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file()), "the superuser reads everything");

    assertThat(failureOf(file()).problem().text()).contains("no permission");
  }

  @Test
  void aByteOrderMarkDoesNoHarm() throws Exception {
    assertThat(files.load("\uFEFF" + ConfigFiles.MINIMAL).name()).isEqualTo("small");
  }

  @Test
  void theCommandLineMayReplaceSomeValues() throws Exception {
    ModelConfig config = files.load(HOUSE_PLAN);

    assertThat(config.withModelPath(folder.resolve("x/../y")).modelPath())
        .isEqualTo(folder.resolve("y"));
    assertThat(config.withRevision("v1").revision()).isEqualTo("v1");
    assertThat(config.withEndpoint("https://a.org/").endpoint()).isEqualTo("https://a.org");
    assertThat(config.withDevice("cuda:1").loading().deviceMap()).isEqualTo("cuda:1");
    assertThat(config.withPrecision(Precision.NF4).quantization())
        .isEqualTo(new ModelConfig.Quantization(Precision.NF4, List.of(Precision.FP8), 64, true));
    assertThat(config.withPrecision(Precision.NF4).loading().dtype()).isEqualTo(Precision.BFLOAT16);
    assertThat(config.withPrecision(Precision.FLOAT32).loading().dtype())
        .isEqualTo(Precision.FLOAT32);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> config.withRepository("no"))
        .withMessageContaining("owner/name");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> config.withEndpoint("http://a.org"));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> config.withDevice("gpu"));
  }

  @Test
  void anotherRepositoryIsNotKnownToBeAsLarge() throws Exception {
    ModelConfig config =
        files.load(
            ConfigFiles.MINIMAL
                + "footprint: {download_bytes: 9, parameters: 5, quantizable_parameters: 1,"
                + " kv_bytes_per_token: 1}");

    assertThat(config.withRepository("owner/name").footprint()).isPresent();
    assertThat(config.withRepository("other/name").footprint()).isEmpty();
  }

  private Path file() {
    return folder.resolve("model.yaml");
  }

  private ConfigException failure(String text) {
    return catchThrowableOfType(ConfigException.class, () -> files.load(text));
  }

  private ConfigException failureOf(Path file) {
    return catchThrowableOfType(ConfigException.class, () -> files.loader().load(file));
  }

  @Test
  void mirrorsAreHubsOrFoldersAndNeedNotBeEncrypted() throws Exception {
    ModelConfig config =
        files.load(
            ConfigFiles.MINIMAL
                + """
                mirrors:
                  - hub: https://hub.example.com/mirror/
                  - folder: http://share:8080/pixtral-12b/
                """);

    assertThat(config.mirrors())
        .containsExactly(
            new Mirror(Mirror.Kind.HUB, "https://hub.example.com/mirror"),
            new Mirror(Mirror.Kind.FOLDER, "http://share:8080/pixtral-12b"));
    assertThat(config.withRevision("v2").mirrors()).hasSize(2);
    assertThat(config.withRepository("another/model").mirrors())
        .containsExactly(new Mirror(Mirror.Kind.HUB, "https://hub.example.com/mirror"));
  }

  @Test
  void aBundledModelHasNoMirrors() {
    ConfigException failure =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                files.load(
                    ConfigFiles.MINIMAL + "endpoint: bundled\nmirrors: [{hub: 'http://a'}]"));

    assertThat(failure.faults()).hasSize(1);
    assertThat(failure.faults().getFirst().path()).isEqualTo("$.mirrors");
  }

  @Test
  void theFormOfAnswersIsAFileOfTheUsersOrOneThatShips() throws Exception {
    String prompt = "prompt: {system: …, user: …}";
    String withForm = HOUSE_PLAN.replace(prompt, "prompt: {user: Read., schema: own.json}");
    assertThat(files.load(HOUSE_PLAN).prompt().schema()).isEmpty();
    ConfigException missing =
        catchThrowableOfType(ConfigException.class, () -> files.load(withForm));
    assertThat(missing.faults()).extracting(Fault::path).containsExactly("$.prompt.schema");
    Path own = folder.resolve("own.json");
    Files.writeString(own, "{}");
    assertThat(files.load(withForm).prompt().schema()).contains(own);
  }
}
