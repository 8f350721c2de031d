package org.invoicelens.ui.desktop;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the window asks of the desktop and the user. For the UI thread only. */
public interface Desktop {

  /** Puts a text on the clipboard. */
  void copy(String text);

  /** Lets the user choose documents; empty where none was chosen. */
  List<Path> chooseDocuments();

  /** Lets the user choose where to save; empty where the user thought better of it. */
  Optional<Path> chooseTarget(String suggestedName);

  /**
   * Lets the user choose a folder; empty where none was chosen.
   *
   * @param title what the folder is for
   * @param start where to begin looking; need not exist
   */
  Optional<Path> chooseFolder(String title, Path start);

  /**
   * Lets the user choose one file; empty where none was chosen.
   *
   * @param title what the file is for
   * @param endings the endings of files that can be chosen, such as {@code pem}; empty for all
   */
  Optional<Path> chooseFile(String title, List<String> endings);

  /** Shows a folder, or opens a file, in the program that the desktop has for it. */
  void show(Path path);

  /** Opens a page in the user's browser. */
  void browse(URI page);

  /** Asks and waits for the answer; returns the answer's index, the last one where dismissed. */
  int ask(Question question);

  /** Says something in passing. */
  void tell(String text);
}
