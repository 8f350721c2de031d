package org.invoicelens;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javafx.application.Application;
import org.invoicelens.cli.CommandLineDoor;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.ui.InvoiceLensApplication;
import org.invoicelens.ui.instance.OnlyWindow;
import org.slf4j.LoggerFactory;

/** Picks the door: the window, or the command line where there are arguments or no display. */
public final class Main {

  private static final String NO_WINDOW =
      "No display was found, so no window can open. Running \"invoicelens demo\" instead;"
          + " \"invoicelens --help\" lists every command.";

  private Main() {}

  public static void main(String[] arguments) {
    ApplicationFolders folders = ApplicationFolders.current();
    prepare(folders);
    Optional<List<Path>> documents = documents(arguments);
    if (documents.isEmpty() || !hasDisplay(System.getProperty("os.name"), System.getenv())) {
      if (arguments.length == 0) {
        System.err.println(NO_WINDOW);
      }
      exit(commandLine(folders, arguments.length == 0 ? new String[] {"demo"} : arguments));
    }
    if (OnlyWindow.handOver(folders.state(), documents.get())) {
      exit(0);
    }
    try {
      if (openWindow(documents.get())) {
        exit(0);
      }
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(Main.class).error("the window failed", e);
      System.err.println(
          "The window failed. What is known of it stands in "
              + folders.logs().resolve("invoicelens.log")
              + ".");
      exit(1);
    }
    System.err.println(NO_WINDOW);
    exit(commandLine(folders, "demo"));
  }

  /**
   * The command line speaks English everywhere, since scripts and instructions rely on its words.
   */
  private static int commandLine(ApplicationFolders folders, String... arguments) {
    Locale.setDefault(Locale.ENGLISH);
    return CommandLineDoor.run(() -> OnlyWindow.handOver(folders.state(), List.of()), arguments);
  }

  /**
   * Tells the log and the PDF library where to write, before either is first used. Neither is worth
   * refusing to start for: without its folder each does without its file.
   */
  private static void prepare(ApplicationFolders folders) {
    System.setProperty("invoicelens.logs", folders.logs().toString());
    System.setProperty("pdfbox.fontcache", folders.state().toString());
    try {
      Files.createDirectories(folders.logs());
      Files.createDirectories(folders.state());
    } catch (IOException e) {
      System.err.println("No log is kept: " + folders.logs() + " cannot be written.");
    }
  }

  /**
   * What is to be opened in the window: what follows {@code open}, or paths alone, as Windows gives
   * them for a document that is opened with the program. Empty for every other command.
   */
  static Optional<List<Path>> documents(String[] arguments) {
    List<String> words = List.of(arguments);
    if (words.isEmpty()) {
      return Optional.of(List.of());
    }
    boolean named = words.getFirst().equals("open");
    List<String> names = named ? words.subList(1, words.size()) : words;
    if (named && names.stream().anyMatch(name -> name.startsWith("-"))) {
      return Optional.empty();
    }
    try {
      List<Path> paths = names.stream().map(Path::of).toList();
      return named || paths.stream().allMatch(path -> path.isAbsolute() && Files.exists(path))
          ? Optional.of(paths.stream().map(Path::toAbsolutePath).toList())
          : Optional.empty();
    } catch (InvalidPathException e) {
      // No path on this system, such as "a?b" on Windows: the command line says so.
      return Optional.empty();
    }
  }

  /** Where X and Wayland are used, a display has a name; elsewhere there is always one. */
  static boolean hasDisplay(String system, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    return name.startsWith("windows")
        || name.startsWith("mac")
        || !environment.getOrDefault("DISPLAY", "").isEmpty()
        || !environment.getOrDefault("WAYLAND_DISPLAY", "").isEmpty();
  }

  /** Runs the window until it is closed; false where the display cannot be opened after all. */
  private static boolean openWindow(List<Path> documents) {
    try {
      Application.launch(
          InvoiceLensApplication.class,
          documents.stream().map(Path::toString).toArray(String[]::new));
      return true;
    } catch (UnsupportedOperationException | UnsatisfiedLinkError e) {
      // What the toolkit throws where the display's name leads nowhere or its libraries are not
      // installed; what the application throws comes wrapped in another exception.
      LoggerFactory.getLogger(Main.class).warn("no window", e);
      return false;
    }
  }

  private static void exit(int code) {
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }
}
