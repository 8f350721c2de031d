package org.invoicelens.ui.settings;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/** A folder that the program uses, with what it is for. For the UI thread only. */
public final class ProgramPlace {

  private final String id;
  private final Path path;
  private final ReadOnlyStringWrapper size = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper there = new ReadOnlyBooleanWrapper();

  ProgramPlace(String id, Path path) {
    this.id = id;
    this.path = path;
  }

  /** Its name in ids of nodes. */
  public String id() {
    return id;
  }

  /** Its name for the user. */
  public String name() {
    return text("places." + id);
  }

  /** What it is for. */
  public String purpose() {
    return text("places." + id + ".about");
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** How large it is, in words; empty until that is known. */
  public ReadOnlyStringProperty size() {
    return size.getReadOnlyProperty();
  }

  /** Whether the folder is there, as far as is known. */
  public ReadOnlyBooleanProperty there() {
    return there.getReadOnlyProperty();
  }

  void show(boolean isThere, String words) {
    there.set(isThere);
    size.set(words);
  }
}
