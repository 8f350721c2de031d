package org.invoicelens.config;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Where the application finds what it ships with and keeps what it makes.
 *
 * <p>Installed, it keeps everything in the folders the platform gives each user: on Linux those of
 * the XDG Base Directory Specification, on Windows {@code %LOCALAPPDATA%} and on macOS {@code
 * ~/Library}. A checkout keeps models and the state of the setup in itself, so that several
 * checkouts do not disturb each other.
 *
 * @param program what ships: {@code config/}, {@code assets/}, {@code models/bundled/}; read-only
 *     when installed
 * @param data the base of relative paths in configurations: the checkout, or the user's data folder
 *     when installed
 * @param state settings and the state of the setup
 * @param logs the rotating log
 * @param site what the administrator of this computer prescribed for all its users: {@code
 *     settings.json} and {@code models/*.yaml}; read-only, and mostly not there at all
 */
public record ApplicationFolders(
    Path program, Path data, Path state, Path logs, Optional<Path> site) {

  /** The system property that names the program folder. */
  public static final String HOME_PROPERTY = "invoicelens.home";

  /** The system property that names one folder for data, state and logs. */
  public static final String DATA_PROPERTY = "invoicelens.data";

  /** The environment variable that does the same, where the property is not set. */
  public static final String DATA_VARIABLE = "INVOICELENS_DATA";

  /** The environment variable that names another folder of the administrator. */
  public static final String SITE_VARIABLE = "INVOICELENS_SITE";

  /** Folders of a computer for which nothing is prescribed. */
  public ApplicationFolders(Path program, Path data, Path state, Path logs) {
    this(program, data, state, logs, Optional.empty());
  }

  /** The folder that holds one repository for each bundled model. */
  public Path bundledModels() {
    return program.resolve("models").resolve("bundled");
  }

  /** The configurations that ship. */
  public Path modelConfigs() {
    return configsIn(program);
  }

  /**
   * The configuration of a name: the administrator's where there is one, else the one that ships,
   * whether that exists or not.
   *
   * @param name the file's name, such as {@code pixtral.yaml}
   */
  public Path modelConfig(String name) {
    return site.map(folder -> folder.resolve("models").resolve(name))
        .filter(Files::isRegularFile)
        .orElseGet(() -> modelConfigs().resolve(name));
  }

  /**
   * The description of PyTorch for graphics cards: the administrator's, else the one that ships.
   */
  public Path torchBuild() {
    return site.map(folder -> folder.resolve("runtimes").resolve(TorchBuild.FILE))
        .filter(Files::isRegularFile)
        .orElseGet(() -> program.resolve("config").resolve("runtimes").resolve(TorchBuild.FILE));
  }

  /** Where libraries lie that were fetched for the user; each has a folder in it. */
  public Path runtimes() {
    return data.resolve("runtimes");
  }

  /**
   * Every configuration, by its file's name: the administrator's, and of those that ship the ones
   * he did not replace.
   *
   * @throws IOException where a folder of them cannot be listed
   */
  public List<Path> allModelConfigs() throws IOException {
    Map<String, Path> byName = new TreeMap<>();
    List<Path> places = new ArrayList<>(List.of(modelConfigs()));
    site.map(folder -> folder.resolve("models")).filter(Files::isDirectory).ifPresent(places::add);
    for (Path place : places) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "*.yaml")) {
        files.forEach(file -> byName.put(file.getFileName().toString(), file));
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return List.copyOf(byName.values());
  }

  /** The folders of the running application, from where it was started and the platform's rules. */
  public static ApplicationFolders current() {
    return of(System::getProperty, System.getenv(), codeLocation());
  }

  /**
   * The folders an application would have.
   *
   * @param properties the value of a system property, or null
   * @param environment the environment variables
   * @param code the jar or the folder the classes were loaded from
   */
  static ApplicationFolders of(
      UnaryOperator<String> properties, Map<String, String> environment, Optional<Path> code) {
    Path program =
        folder(properties.apply(HOME_PROPERTY))
            .or(() -> code.flatMap(ApplicationFolders::shippedAbove))
            .orElseGet(() -> absolute(properties.apply("user.dir")));
    ApplicationFolders installed = installed(program, properties, environment);
    Optional<Path> everything =
        folder(properties.apply(DATA_PROPERTY)).or(() -> folder(environment.get(DATA_VARIABLE)));
    if (everything.isPresent()) {
      Path data = everything.get();
      return new ApplicationFolders(
          program, data, data.resolve("state"), data.resolve("logs"), installed.site);
    }
    // Who may only read a checkout uses it as if it were installed.
    return Files.isRegularFile(program.resolve("pom.xml")) && Files.isWritable(program)
        ? new ApplicationFolders(
            program,
            program,
            program.resolve("models").resolve(".invoicelens-state"),
            installed.logs,
            installed.site)
        : installed;
  }

  private static ApplicationFolders installed(
      Path program, UnaryOperator<String> properties, Map<String, String> environment) {
    Path home = absolute(properties.apply("user.home"));
    Optional<Path> named = folder(environment.get(SITE_VARIABLE));
    String system =
        Optional.ofNullable(properties.apply("os.name")).orElse("").toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      Path local =
          folder(environment.get("LOCALAPPDATA"))
              .orElseGet(() -> home.resolve("AppData").resolve("Local"))
              .resolve("InvoiceLens");
      return new ApplicationFolders(
          program,
          local.resolve("Data"),
          local.resolve("State"),
          local.resolve("Logs"),
          // Any user may make folders in %ProgramData%, so only the variable, which an
          // administrator
          // sets for the whole computer, can name one.
          named);
    }
    if (system.startsWith("mac")) {
      Path library = home.resolve("Library");
      Path support = library.resolve("Application Support").resolve("InvoiceLens");
      return new ApplicationFolders(
          program,
          support,
          support.resolve("State"),
          library.resolve("Logs").resolve("InvoiceLens"),
          named.or(() -> Optional.of(Path.of("/Library/Application Support/InvoiceLens"))));
    }
    Path data =
        xdg(environment, "XDG_DATA_HOME").orElseGet(() -> home.resolve(".local").resolve("share"));
    Path state =
        xdg(environment, "XDG_STATE_HOME")
            .orElseGet(() -> home.resolve(".local").resolve("state"))
            .resolve("invoicelens");
    return new ApplicationFolders(
        program,
        data.resolve("invoicelens"),
        state,
        state.resolve("logs"),
        named.or(() -> Optional.of(Path.of("/etc/invoicelens"))));
  }

  /** The specification has relative values ignored. */
  private static Optional<Path> xdg(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> value.startsWith("/"))
        .flatMap(ApplicationFolders::folder);
  }

  private static Optional<Path> shippedAbove(Path code) {
    for (Path folder = code; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(configsIn(folder))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static Path configsIn(Path program) {
    return program.resolve("config").resolve("models");
  }

  private static Optional<Path> folder(String text) {
    return text == null || text.isBlank() ? Optional.empty() : Optional.of(absolute(text));
  }

  private static Path absolute(String text) {
    return Path.of(text == null ? "" : text).toAbsolutePath().normalize();
  }

  private static Optional<Path> codeLocation() {
    try {
      CodeSource source = ApplicationFolders.class.getProtectionDomain().getCodeSource();
      return source == null || source.getLocation() == null
          ? Optional.empty()
          : Optional.of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | FileSystemNotFoundException e) {
      return Optional.empty();
    }
  }
}
