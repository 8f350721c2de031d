package org.invoicelens.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ConfigException.Fault;
import org.invoicelens.config.ConfigException.Reason;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;
import org.yaml.snakeyaml.nodes.MappingNode;

/**
 * The first stage: reads a model's configuration from YAML. Thread-safe.
 *
 * <p>A key that is left out has the default that {@code assets/schema/model-config.schema.json}
 * names; {@code name}, {@code repo_id}, {@code model_path} and {@code prompt.user} have none.
 * Relative paths start at {@link ApplicationFolders#data()}, {@code ~} is the user's home. A file
 * has at most 64 KiB, is UTF-8 and holds one document.
 */
public final class ConfigLoader {

  private static final Words WORDS = Words.of(ConfigLoader.class);
  private static final int LARGEST = 64 * 1024;

  private final ApplicationFolders folders;

  public ConfigLoader(ApplicationFolders folders) {
    this.folders = folders;
  }

  /**
   * Reads a configuration completely.
   *
   * @throws ConfigException with all faults, where the file is missing, unreadable or not valid; of
   *     faults in the YAML itself only the first is known
   */
  public ModelConfig load(Path file) throws ConfigException {
    Path source = file.toAbsolutePath().normalize();
    Faults faults = new Faults(source);
    String text = read(source);
    Optional<ModelConfig> config =
        YamlDocument.parse(text, faults).map(document -> bind(document, source, faults));
    if (!faults.isEmpty()) {
      throw invalid(source, faults.all());
    }
    return config.orElseThrow();
  }

  /**
   * Reads the description of a PyTorch build.
   *
   * @throws ConfigException as for a configuration
   */
  public TorchBuild loadTorchBuild(Path file) throws ConfigException {
    Path source = file.toAbsolutePath().normalize();
    Faults faults = new Faults(source);
    Optional<TorchBuild> build =
        YamlDocument.parse(read(source), faults)
            .map(document -> Section.read(document, faults, TorchBuildBinder::bind));
    if (!faults.isEmpty()) {
      throw invalid(source, faults.all());
    }
    return build.orElseThrow();
  }

  /** Binds what it can and notes the rest among the faults. */
  ModelConfig bind(MappingNode document, Path source, Faults faults) {
    return Section.read(document, faults, new ConfigBinder(source, folders)::bind);
  }

  private static String read(Path file) throws ConfigException {
    if (Files.isDirectory(file)) {
      throw unreadable(file, WORDS.text("unreadable.folder"), null);
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException e) {
      throw new ConfigException(Reason.MISSING, List.of(), WORDS.problem("missing", file), e);
    } catch (AccessDeniedException e) {
      throw unreadable(file, WORDS.text("unreadable.permission"), e);
    } catch (IOException e) {
      throw unreadable(file, WORDS.text("unreadable.disk"), e);
    }
    if (bytes.length > LARGEST) {
      throw unreadable(file, WORDS.text("unreadable.tooLarge"), null);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw unreadable(file, WORDS.text("unreadable.encoding"), e);
    }
  }

  private static ConfigException unreadable(Path file, String why, Exception cause) {
    return new ConfigException(
        Reason.UNREADABLE, List.of(), WORDS.problem("unreadable", file, why), cause);
  }

  private static ConfigException invalid(Path file, List<Fault> faults) {
    Fault first = faults.getFirst();
    String line = String.valueOf(first.line());
    String place = first.path().isEmpty() ? line : line + ", " + first.path();
    return new ConfigException(
        Reason.INVALID,
        faults,
        new Problem(
            WORDS.text("invalid.what", file, faults.size()),
            WORDS.text("invalid.meaning", faults.size(), place, first.message()),
            WORDS.text("invalid.remedy", first.suggestion()).strip()),
        null);
  }
}
