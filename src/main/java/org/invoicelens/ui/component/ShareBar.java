package org.invoicelens.ui.component;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.scene.control.ProgressBar;
import org.invoicelens.ui.text.Amounts;

/** A bar for a share between 0 and 1, moving to and fro below 0, as wide as there is room. */
public final class ShareBar extends ProgressBar {

  /**
   * @param subject what the bar is about, for those who do not see it
   */
  public ShareBar(String subject, ReadOnlyDoubleProperty share, String... styleClasses) {
    getStyleClass().addAll(styleClasses);
    setMaxWidth(Double.MAX_VALUE);
    share.subscribe(value -> {
      double shown = value.doubleValue();
      setProgress(shown < 0 ? INDETERMINATE_PROGRESS : shown);
      setAccessibleText(
          shown < 0
              ? text("bar.unknown", subject)
              : text("bar.known", subject, Amounts.percent(shown)));
    });
  }
}
