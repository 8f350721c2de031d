package org.invoicelens.ui;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import atlantafx.base.theme.Theme;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.css.PseudoClass;
import javafx.scene.Scene;

/** The application's looks, light or dark as the system has them. */
final class Appearance {

  private static final PseudoClass DARK = PseudoClass.getPseudoClass("dark");

  private Appearance() {}

  /** Follows the system's colour scheme from now on. */
  static void follow(Scene scene) {
    Platform.getPreferences().colorSchemeProperty().subscribe(scheme -> apply(scene, scheme));
  }

  /** Dresses the scene in one colour scheme. */
  static void apply(Scene scene, ColorScheme scheme) {
    boolean dark = scheme == ColorScheme.DARK;
    Theme theme = dark ? new PrimerDark() : new PrimerLight();
    Application.setUserAgentStylesheet(theme.getUserAgentStylesheet());
    scene.getRoot().pseudoClassStateChanged(DARK, dark);
  }
}
