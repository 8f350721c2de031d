package org.invoicelens.ui.start;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Locale;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.component.Mark;

/** One phase of the model's start. */
public final class Phase {

  private final Stage stage;
  private final ReadOnlyObjectWrapper<Mark> mark = new ReadOnlyObjectWrapper<>(Mark.WAITING);
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper();
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper("");

  Phase(Stage stage) {
    this.stage = stage;
  }

  Stage stage() {
    return stage;
  }

  public String title() {
    return text("start.phase." + stage.name().toLowerCase(Locale.ROOT));
  }

  public ReadOnlyObjectProperty<Mark> mark() {
    return mark.getReadOnlyProperty();
  }

  /** The share done, 0 to 1; below 0 where not known. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  /** What happens in it now, or how long it took. */
  public ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  void update(Mark state, double share, String text) {
    mark.set(state);
    fraction.set(share);
    words.set(text);
  }
}
