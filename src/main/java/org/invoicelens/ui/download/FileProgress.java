package org.invoicelens.ui.download;

import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;

/** One file on its way. */
public final class FileProgress {

  /** How far a file is, in the order of the rows. */
  enum Phase {
    WORKING,
    WAITING,
    COMPLETE
  }

  private final String name;
  private final ReadOnlyLongWrapper done = new ReadOnlyLongWrapper();
  private final ReadOnlyLongWrapper total = new ReadOnlyLongWrapper(-1);
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper();

  FileProgress(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  public ReadOnlyLongProperty done() {
    return done.getReadOnlyProperty();
  }

  /** The file's size in bytes; below 0 where it is not known. */
  public ReadOnlyLongProperty total() {
    return total.getReadOnlyProperty();
  }

  /** The share done, 0 to 1; below 0 where not known. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  public boolean isComplete() {
    return total.get() >= 0 && done.get() == total.get();
  }

  Phase phase() {
    if (isComplete()) {
      return Phase.COMPLETE;
    }
    return done.get() > 0 ? Phase.WORKING : Phase.WAITING;
  }

  /** The file's bytes as far as they are known. */
  long size() {
    return Math.max(done.get(), total.get());
  }

  void update(long bytes, long of) {
    total.set(of);
    done.set(bytes);
    fraction.set(of < 0 ? -1 : of == 0 ? 1 : (double) bytes / of);
  }
}
