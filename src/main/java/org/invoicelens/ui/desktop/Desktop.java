package org.invoicelens.ui.desktop;

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

  /** Asks and waits for the answer; returns the answer's index, the last one where dismissed. */
  int ask(Question question);

  /** Says something in passing. */
  void tell(String text);
}
