package org.invoicelens.ui.component;

import javafx.beans.value.ObservableValue;
import javafx.scene.AccessibleRole;

/** A {@link Mark} as an icon with its word for those who do not see it. */
public final class MarkIcon extends Icon {

  public MarkIcon(Mark mark) {
    super(mark.icon());
    getStyleClass().add("mark");
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    show(mark);
  }

  /** An icon that follows a value. */
  public MarkIcon(ObservableValue<Mark> mark) {
    this(mark.getValue());
    mark.subscribe(this::show);
  }

  private void show(Mark mark) {
    draw(mark.icon());
    for (Mark other : Mark.values()) {
      getStyleClass().remove("mark-" + other.id());
    }
    getStyleClass().add("mark-" + mark.id());
    setAccessibleText(mark.word());
  }
}
