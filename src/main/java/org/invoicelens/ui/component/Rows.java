package org.invoicelens.ui.component;

import java.util.function.Function;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.scene.Node;
import javafx.scene.layout.Pane;

/** Keeps the children of a pane in step with a list: one node for each element. */
public final class Rows {

  private Rows() {}

  /** Fills the pane now and whenever the list changes. Nodes of elements that stay are kept. */
  public static <T> void bind(Pane pane, ObservableList<T> list, Function<T, Node> row) {
    list.forEach(element -> pane.getChildren().add(row.apply(element)));
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
                      .addAll(
                          from, change.getAddedSubList().stream().map(row).<Node>toList());
                }
              }
            });
  }
}
