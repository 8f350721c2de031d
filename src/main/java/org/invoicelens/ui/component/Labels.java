package org.invoicelens.ui.component;

import javafx.beans.value.ObservableValue;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;

/** The kinds of labels the screens are made of. */
public final class Labels {

  private Labels() {}

  /** A label in one line. */
  public static Label plain(String text, String... styleClasses) {
    Label label = new Label(text);
    label.getStyleClass().addAll(styleClasses);
    return label;
  }

  /** A text of as many lines as it needs, never cut off. */
  public static Label wrapped(String text, String... styleClasses) {
    Label label = plain(text, styleClasses);
    label.setWrapText(true);
    label.setMinHeight(Region.USE_PREF_SIZE);
    return label;
  }

  /** A text of as many lines as it needs, to be filled later. */
  public static Label wrapped() {
    return wrapped("");
  }

  /** A wrapped text that follows a value. */
  public static Label wrapped(ObservableValue<String> text, String... styleClasses) {
    Label label = wrapped("", styleClasses);
    label.textProperty().bind(text);
    return label;
  }

  /** A short word in a frame of its own, never cut off. */
  public static Label tag(String text, String styleClass) {
    Label label = plain(text, "tag", styleClass);
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  /** A label in one line that follows a value; whole in its tooltip where there is no room. */
  public static Label bound(ObservableValue<String> text, String... styleClasses) {
    Label label = plain("", styleClasses);
    label.textProperty().bind(text);
    label.setMinWidth(0);
    Tooltip whole = new Tooltip();
    whole.textProperty().bind(text);
    label.setTooltip(whole);
    return label;
  }

  /** A name in one line, cut in the middle where there is no room, whole in its tooltip. */
  public static Label name(String text, String... styleClasses) {
    Label label = plain(text, styleClasses);
    label.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
    label.setMinWidth(0);
    label.setTooltip(new Tooltip(text));
    return label;
  }
}
