package org.invoicelens.ui.component;

import javafx.beans.value.ObservableValue;
import javafx.scene.Node;

/** Shows a node only at times; while it is not shown it takes no room. */
public final class Shown {

  private Shown() {}

  /** Shows a node while a value is true. */
  public static <N extends Node> N when(ObservableValue<Boolean> shown, N node) {
    node.visibleProperty().bind(shown);
    node.managedProperty().bind(node.visibleProperty());
    return node;
  }

  /** Shows a node while there is a text. */
  public static <N extends Node> N whileSaid(ObservableValue<String> words, N node) {
    return when(words.map(text -> !text.isEmpty()), node);
  }
}
