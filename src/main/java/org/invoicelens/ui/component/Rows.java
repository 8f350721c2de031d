package org.invoicelens.ui.component;

import java.util.function.Function;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.layout.Pane;

/** Keeps the children of a pane in step with a list: one node for each element. */
public final class Rows {

  private static final PseudoClass FIRST = PseudoClass.getPseudoClass("first");

  private Rows() {}

  /** Tells the style sheets which child is the first, which has no line above it. */
  public static void markFirst(Pane pane) {
    for (int i = 0; i < pane.getChildren().size(); i++) {
      pane.getChildren().get(i).pseudoClassStateChanged(FIRST, i == 0);
    }
  }

  /** Fills the pane now and whenever the list changes. Nodes of elements that stay are kept. */
  public static <T> void bind(Pane pane, ObservableList<T> list, Function<T, Node> row) {
    list.forEach(element -> pane.getChildren().add(row.apply(element)));
    markFirst(pane);
    list.addListener(
        (ListChangeListener<T>)
            change -> {
              while (change.next()) {
                int from = change.getFrom();
                if (change.wasRemoved()) {
                  pane.getChildren().remove(from, from + change.getRemovedSize());
                }
                if (change.wasAdded()) {
                  pane.getChildren()
                      .addAll(from, change.getAddedSubList().stream().map(row).<Node>toList());
                }
              }
              markFirst(pane);
            });
  }
}
