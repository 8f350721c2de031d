package org.invoicelens.ui.verification;

import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.ui.component.Mark;

/** One file under the check. */
public final class CheckedFile {

  private final String name;
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper();
  private final ReadOnlyObjectWrapper<Mark> mark = new ReadOnlyObjectWrapper<>(Mark.WORKING);
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper("");

  CheckedFile(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Mark> mark() {
    return mark.getReadOnlyProperty();
  }

  /** The file's size, or what is wrong with it. */
  public ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  void update(double share, Mark state, String text) {
    fraction.set(share);
    mark.set(state);
    words.set(text);
  }
}
