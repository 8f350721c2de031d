package org.invoicelens.ui;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import atlantafx.base.theme.Theme;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.css.PseudoClass;
import javafx.scene.Parent;
import javafx.scene.Scene;
import org.invoicelens.settings.Looks;
import org.invoicelens.settings.Looks.Motion;

/** The application's looks: light or dark, its size, and how much moves. For the UI thread only. */
final class Appearance {

  /** The theme's own size of text at 100 %, in pixels; everything else is measured in it. */
  private static final double TEXT = 14;

  private static final PseudoClass DARK = PseudoClass.getPseudoClass("dark");
  private static final PseudoClass STILL = PseudoClass.getPseudoClass("still");

  private Appearance() {}

  /** Dresses the scene as chosen, and follows the choice and the system from now on. */
  static void follow(Scene scene, ObservableValue<Looks> looks) {
    Platform.Preferences system = Platform.getPreferences();
    Runnable dress = () -> apply(scene, looks.getValue());
    looks.subscribe(dress);
    system.colorSchemeProperty().subscribe(dress);
    system.reducedMotionProperty().subscribe(dress);
    dress.run();
  }

  /** Dresses the scene. */
  static void apply(Scene scene, Looks looks) {
    boolean dark =
        switch (looks.theme()) {
          case SYSTEM -> Platform.getPreferences().getColorScheme() == ColorScheme.DARK;
          case LIGHT -> false;
          case DARK -> true;
        };
    boolean still =
        looks.motion() == Motion.REDUCED
            || (looks.motion() == Motion.SYSTEM && Platform.getPreferences().isReducedMotion());
    Theme theme = dark ? new PrimerDark() : new PrimerLight();
    Application.setUserAgentStylesheet(theme.getUserAgentStylesheet());
    Parent root = scene.getRoot();
    root.pseudoClassStateChanged(DARK, dark);
    root.pseudoClassStateChanged(STILL, still);
    root.setStyle("-fx-font-size: " + TEXT * looks.scale() / 100 + "px;");
  }
}
