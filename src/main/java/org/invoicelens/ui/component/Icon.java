package org.invoicelens.ui.component;

import javafx.scene.control.Label;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A symbol whose size and colour are those of a label's text, so that both can be given in style
 * sheets: {@link FontIcon} counts em by its own size and would grow with every pass of them.
 */
public class Icon extends Label {

  private final FontIcon symbol;

  @SuppressWarnings("this-escape")
  public Icon(Ikon code) {
    symbol = new FontIcon(code);
    // Without its style class no theme's rule for such icons applies to it.
    symbol.getStyleClass().clear();
    setGraphic(symbol);
    getStyleClass().add("icon");
    setMinWidth(USE_PREF_SIZE);
    fontProperty().subscribe(font -> symbol.setIconSize((int) Math.round(font.getSize())));
    textFillProperty().subscribe(symbol::setIconColor);
  }

  /** Shows another symbol. */
  protected final void draw(Ikon code) {
    symbol.setIconCode(code);
  }
}
