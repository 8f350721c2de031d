package org.invoicelens.ui.component;

import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.layout.VBox;

/** A framed part of a screen. */
public final class Card extends VBox {

  public Card(Node... children) {
    super(children);
    getStyleClass().add("card");
  }

  /** A card with a heading. */
  public Card(String title, Node... children) {
    this(children);
    getChildren().addFirst(Labels.plain(title, "card-title"));
  }

  /** Lets the card take room only while the value is true. */
  public Card shownWhile(ObservableValue<Boolean> shown) {
    return Shown.when(shown, this);
  }
}
