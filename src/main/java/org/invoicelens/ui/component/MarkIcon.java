package org.invoicelens.ui.component;

import javafx.beans.value.ObservableValue;
import javafx.scene.AccessibleRole;
import org.kordamp.ikonli.javafx.FontIcon;

/** A {@link Mark} as an icon with its word for those who do not see it. */
public final class MarkIcon extends FontIcon {

  public MarkIcon(Mark mark) {
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
    setIconCode(mark.icon());
    for (Mark other : Mark.values()) {
      getStyleClass().remove("mark-" + other.id());
    }
    getStyleClass().add("mark-" + mark.id());
    setAccessibleText(mark.word());
  }
}
