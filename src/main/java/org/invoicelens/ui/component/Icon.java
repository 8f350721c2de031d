package org.invoicelens.ui.component;

import javafx.scene.control.Label;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A symbol as a label, so that its size can be given in em: {@link FontIcon} counts em by its own
 * size and would grow with every pass of the style sheets.
 */
public class Icon extends Label {

  public Icon(Ikon symbol) {
    getStyleClass().add("icon");
    draw(symbol);
  }

  /** Shows another symbol. */
  protected final void draw(Ikon symbol) {
    FontIcon source = new FontIcon(symbol);
    setText(source.getText());
    setStyle("-fx-font-family: \"" + source.getFont().getFamily() + "\"");
  }
}
