package org.invoicelens.ui.component;

import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.value.ObservableValue;
import javafx.util.Duration;

/** Does something again and again on the UI thread, while that is of use. */
public final class Clock {

  private Clock() {}

  /**
   * Runs while a value is true, and stands still while it is false or not known.
   *
   * @param interval how long after one tick the next one comes
   */
  public static void runs(Duration interval, ObservableValue<Boolean> running, Runnable tick) {
    Timeline timeline = new Timeline(new KeyFrame(interval, e -> tick.run()));
    timeline.setCycleCount(Animation.INDEFINITE);
    running.subscribe(now -> {
      if (Boolean.TRUE.equals(now)) {
        timeline.play();
      } else {
        timeline.stop();
      }
    });
  }
}
